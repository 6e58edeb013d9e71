import CLIP
import Foundation
import Safetensors
import Tensors
import TestSupport
import Testing

/// Every model directory of the reference, against what its library computed in double precision.
@Suite("Reference models")
struct ModelTests {
    /// A model directory, and where its inputs, outputs and tolerances are.
    struct Case: CustomTestStringConvertible, Sendable {
        let directory: URL
        /// The directory itself, or the one with the same configuration whose weights were only cut into shards.
        let expectations: URL
        var testDescription: String { directory.lastPathComponent }
    }

    private struct Precision: Decodable {
        struct Tolerance: Decodable {
            let features_max_abs: Float
            let features_min_cosine: Double
            let logits_max_abs: Float
        }
        let tolerance: Tolerance
    }

    private struct Texts: Decodable {
        let texts: [String]
        let ids: [[Int]]
        let context_length: Int
    }

    static let folder = Fixtures.reference.appending(path: "models")

    static let cases: [Case] = {
        let configurations = ["open_clip_config.json", "config.json"]
        func configuration(_ directory: URL) -> Data? {
            configurations.lazy.compactMap { try? Data(contentsOf: directory.appending(path: $0)) }.first
        }
        let contents = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        let directories = contents.filter { configuration($0) != nil }.sorted { $0.path < $1.path }
        func hasExpectations(_ directory: URL) -> Bool {
            FileManager.default.fileExists(atPath: directory.appending(path: "expected.safetensors").path)
        }
        return directories.map { directory in
            let expectations =
                hasExpectations(directory)
                ? directory
                : directories.first { hasExpectations($0) && configuration($0) == configuration(directory) }
            return Case(directory: directory, expectations: expectations ?? directory)
        }
    }()

    @Test("There are models to test")
    func presence() { #expect(!Self.cases.isEmpty) }

    @Test("Features and logits are the reference's", arguments: cases)
    func features(_ example: Case) throws {
        let inputs = try SafetensorsFile(example.expectations.appending(path: "inputs.safetensors"))
        let expected = try SafetensorsFile(example.expectations.appending(path: "expected.safetensors"))
        let tolerance = try tolerance(example)
        let model = try CLIPModel(directory: example.directory)
        func check(_ actual: Tensor<Float>, _ name: String) throws {
            let reference = try expected.tensor(name)
            try #require(actual.shape == reference.shape)
            let comparison = FeatureComparison(actual, reference)
            #expect(comparison.largestDifference <= tolerance.features_max_abs, "\(name): \(comparison)")
            #expect(comparison.smallestCosine >= tolerance.features_min_cosine, "\(name): \(comparison)")
        }

        // Every further "pixel_values_x" has its "image_features_x".
        let pixelNames = inputs.names.filter { $0.hasPrefix("pixel_values") }
        #expect(!pixelNames.isEmpty)
        for name in pixelNames {
            let features = model.encodeImages(try inputs.tensor(name))
            try check(features, "image_features" + name.dropFirst("pixel_values".count))
        }
        let ids = try tokenRows(inputs)
        let textFeatures = try model.encodeTokens(ids)
        try check(textFeatures, "text_features")

        let imageFeatures = model.encodeImages(try inputs.tensor("pixel_values"))
        let logits = cosines(imageFeatures, textFeatures).map { $0 * model.logitScale }
        let differences = zip(logits, try expected.tensor("logits_per_image").values).map { abs($0 - $1) }
        #expect(differences.allSatisfy { $0 <= tolerance.logits_max_abs }, "\(differences.max() ?? 0)")
    }

    @Test("Texts get the reference's ids, cut to the context with the end token kept", arguments: cases)
    func tokens(_ example: Case) throws {
        let texts = try JSONDecoder().decode(
            Texts.self, from: Data(contentsOf: example.expectations.appending(path: "texts.json")))
        let rows = try tokenRows(SafetensorsFile(example.expectations.appending(path: "inputs.safetensors")))
        let tokenizer = try Tokenizer(directory: example.directory)
        let sequences = tokenizer.sequences(texts.texts, contextLength: texts.context_length)
        #expect(!sequences.isEmpty && sequences.count == rows.count)
        for ((sequence, ids), row) in zip(zip(sequences, texts.ids), rows) {
            #expect(sequence.ids == Array(row.prefix(sequence.ids.count)))
            #expect(sequence.droppedTokens == max(0, ids.count - texts.context_length))
            if sequence.droppedTokens == 0 { #expect(sequence.ids == ids) }
        }
    }

    @Test("A batch gives what its pictures give one by one", arguments: cases)
    func batches(_ example: Case) throws {
        let model = try CLIPModel(directory: example.directory)
        let pixels = try SafetensorsFile(example.expectations.appending(path: "inputs.safetensors"))
            .tensor("pixel_values")
        let together = model.encodeImages(pixels)
        for index in 0..<pixels.rows {
            let alone = model.encodeImages(pixels.gatheringRows([index]))
            let comparison = FeatureComparison(alone, together.gatheringRows([index]))
            #expect(comparison.largestDifference < 2e-5, "\(comparison)")
        }
    }

    private func tolerance(_ example: Case) throws -> Precision.Tolerance {
        let data = try Data(contentsOf: Self.folder.appending(path: "reference_precision.json"))
        let precisions = try JSONDecoder().decode([String: Precision].self, from: data)
        return try #require(precisions[example.expectations.lastPathComponent]).tolerance
    }

    private func tokenRows(_ inputs: SafetensorsFile) throws -> [[Int]] {
        let ids = try inputs.integers("input_ids")
        let width = try #require(inputs.info("input_ids")?.shape.last)
        return stride(from: 0, to: ids.count, by: width).map { Array(ids[$0..<$0 + width]) }
    }

    private func cosines(_ images: Tensor<Float>, _ texts: Tensor<Float>) -> [Float] {
        func unit(_ row: ArraySlice<Float>) -> [Double] {
            let length = row.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            return row.map { Double($0) / length }
        }
        return (0..<images.rows).flatMap { image in
            (0..<texts.rows).map { text in
                Float(zip(unit(images.row(image)), unit(texts.row(text))).reduce(0) { $0 + $1.0 * $1.1 })
            }
        }
    }
}
