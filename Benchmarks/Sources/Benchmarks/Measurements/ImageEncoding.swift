import CLIP
import FewShot
import Foundation
import Tensors

/// Pictures a second through an image tower, pixels to features, on all cores; here, in PyTorch and in ONNX Runtime.
struct ImageEncoding: Measurement {
    let name: String
    let purpose: String
    private let model: BenchmarkModel
    /// What the figures' names begin with.
    private let key: String
    /// Pictures that a side encodes in one turn.
    private let count = 96

    static let visionTransformer = ImageEncoding(
        name: "vit-b32-images", purpose: "ViT-B/32, pictures a second", model: .vitB32, key: "vit_b32_images")
    static let residualNetwork = ImageEncoding(
        name: "rn50-images", purpose: "RN50, pictures a second", model: .rn50, key: "rn50_images")

    func measure(on bench: Workbench, into figures: inout Figures) throws {
        let directory = try model.directory(in: bench.models)
        let clip = try CLIPModel(directory: directory)
        let pixels = SamplePixels.tensor(count: count)
        let few = SamplePixels.tensor(count: 4)
        let features = clip.encodeImages(few)
        let product = SampleProduct()
        let threads = MatrixProductSpeed.cores
        var contestants: [(name: String, run: () throws -> Double)] = [
            ("fp32", { milliseconds { _ = clip.encodeOnAllCores(pixels) } }),
            ("sgemm", { product.milliseconds(threads: threads) }),
        ]
        var reduced: [Precision] = []
        for precision in Precision.allCases where precision != .fp32 {
            do {
                let model = try CLIPModel(directory: directory, precision: precision)
                figures["\(key)_\(precision)_cosine_to_fp32"] = .number(
                    smallestCosine(features, model.encodeImages(few)))
                contestants.append((precision.rawValue, { milliseconds { _ = model.encodeOnAllCores(pixels) } }))
                reduced.append(precision)
            } catch { print("  without \(precision): \(error.localizedDescription)") }
        }
        let peer = try bench.peer(.clip, [directory.path(percentEncoded: false), "\(threads)"])
        defer { peer?.stop() }
        var engines: [PeerEngine] = []
        for name in peer == nil ? [] : PeerEngine.names {
            do {
                guard let peer else { continue }
                let engine = try PeerEngine(name, peer: peer, features: features)
                engines.append(engine)
                contestants.append((name, { try engine.milliseconds(count: count) }))
                print("  \(name) runs in batches of \(engine.batch), its fastest")
            } catch { print("  without \(name): \(error.localizedDescription)") }
        }
        let contest = try Contest(rounds: bench.rounds, contestants)

        func perSecond(_ name: String) -> Double { Double(count) / contest.milliseconds(name) * 1000 }
        for precision in [.fp32] + reduced {
            figures["\(key)_per_second_\(precision)"] = .number(perSecond(precision.rawValue))
        }
        for precision in reduced {
            figures["\(key)_\(precision)_vs_fp32"] = .number(contest.ratio(of: precision.rawValue, to: "fp32"))
        }
        // How much of the machine's speed in matrix products the tower reaches, by the arithmetic that it does.
        let cost = try ModelInspection(directory: directory).pictureCost
        figures["\(key)_fp32_of_sgemm_speed"] = .number(
            contest.ratio(of: "fp32", to: "sgemm") * Double(count) * Double(cost.computed) / product.operations)
        for engine in engines {
            let name = engine.name.replacing("-", with: "_")
            figures["\(key)_per_second_\(name)"] = .number(perSecond(engine.name))
            figures["\(key)_cosine_to_\(name)"] = .number(engine.cosine)
            // Each precision with what others have for it: bf16 has to beat their fp32.
            for precision in [.fp32] + reduced where engine.isInteger == (precision == .int8) {
                let theirs = precision == .bf16 ? "\(name)_fp32" : name
                figures["\(key)_\(precision)_vs_\(theirs)"] = .number(
                    contest.ratio(of: precision.rawValue, to: engine.name))
            }
        }
    }
}

/// One of the peer's engines for the image tower.
struct PeerEngine {
    static let names = ["pytorch", "onnxruntime", "onnxruntime-int8"]

    let name: String
    /// Whether it computes with integers of eight bits.
    var isInteger: Bool { name.hasSuffix("int8") }
    /// The smallest cosine of its features with ours in fp32.
    let cosine: Double
    /// The batch in which it is fastest.
    let batch: Int
    private let peer: PythonPeer

    /// - Parameter features: ours, of the first few sample pictures, `[pictures, E]`.
    /// - Throws: `PythonPeer.Failure` if the peer cannot, or if it computes something else.
    init(_ name: String, peer: PythonPeer, features: Tensor<Float>) throws {
        self.name = name
        self.peer = peer
        let theirs = Tensor(try peer.floats("image-features \(name) \(features.rows)"), shape: features.shape)
        cosine = smallestCosine(features, theirs)
        // Eight bits lose something; anything else must be the same function.
        guard cosine > (name.hasSuffix("int8") ? 0.9 : 0.9999) else {
            throw PythonPeer.Failure(errorDescription: "its features have only cosine \(cosine) with ours")
        }
        let timed = try [8, 32].map { batch in (batch, try peer.measure("images \(name) \(batch) 32")) }
        batch = timed.min { $0.1 < $1.1 }?.0 ?? 32
    }

    func milliseconds(count: Int) throws -> Double { try peer.measure("images \(name) \(batch) \(count)") }
}

/// The smallest cosine between rows that belong together.
func smallestCosine(_ a: Tensor<Float>, _ b: Tensor<Float>) -> Double {
    let (a, b) = (a.normalisedRows(), b.normalisedRows())
    let cosines = (0..<a.rows).map { row in zip(a.row(row), b.row(row)).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
    return cosines.min() ?? .nan
}

/// Pixels that both sides can make from the same formula.
enum SamplePixels {
    /// Numbers in -2..<2 from a hash of their index, `[count, 3, 224, 224]`.
    static func tensor(count: Int) -> Tensor<Float> {
        let values = (0..<UInt32(count * 3 * 224 * 224)).map { index in
            var h = index
            h ^= h >> 16
            h = h &* 0x85EB_CA6B
            h ^= h >> 13
            h = h &* 0xC2B2_AE35
            h ^= h >> 16
            return Float(h >> 8) * 0x1p-22 - 2
        }
        return Tensor(values, shape: [count, 3, 224, 224])
    }
}

/// Pictures that a worker takes at a time, as many as in `FeatureEncoder`.
private let picturesPerPiece = 12

extension CLIPModel {
    /// As `FeatureEncoder` does it, without its files: workers that each take a few pictures at a time.
    func encodeOnAllCores(_ pixels: Tensor<Float>) -> Tensor<Float> {
        let (each, piece) = (pixels.columns, picturesPerPiece)
        var features = Tensor<Float>(shape: [pixels.rows, embeddingWidth])
        features.values.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let features = buffer  // every piece writes rows of its own
            DispatchQueue.concurrentPerform(iterations: (pixels.rows + piece - 1) / piece) { index in
                let rows = index * piece..<min((index + 1) * piece, pixels.rows)
                let part = Tensor(
                    Array(pixels.values[rows.lowerBound * each..<rows.upperBound * each]),
                    shape: [rows.count] + pixels.shape.dropFirst())
                let encoded = encodeImages(part)
                for (offset, value) in encoded.values.enumerated() {
                    features[rows.lowerBound * embeddingWidth + offset] = value
                }
            }
        }
        return features
    }
}
