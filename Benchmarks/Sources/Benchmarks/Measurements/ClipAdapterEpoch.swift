import FewShot
import Foundation
import Tensors

/// One training epoch of a CLIP-Adapter on cached features at the competition's size, here and in PyTorch.
struct ClipAdapterEpoch: Measurement {
    let name = "clip-adapter-epoch"
    let purpose = "an epoch of CLIP-Adapter on 1,496 cached features, 374 classes"
    let samples = 1496
    let classes = 374
    let width = 512
    let batchSize = 64
    let epochsPerTurn = 10

    func measure(on bench: Workbench, into figures: inout Figures) throws {
        let peer = try bench.peer(
            .clipAdapter, [samples, classes, width, batchSize, epochsPerTurn].map(String.init))
        defer { peer?.stop() }
        let epoch = makeEpoch()
        let (own, others) = (Products(self), Products(self))
        let companion = WorkerThread()
        let steps = samples * epochsPerTurn / batchSize
        var contestants: [(name: String, run: () throws -> Double)] = [
            ("ours", { milliseconds { for _ in 0..<epochsPerTurn { epoch() } } / Double(epochsPerTurn) }),
            // Both halves of every batch at once, as in training.
            (
                "products",
                {
                    milliseconds { for _ in 0..<steps { companion.run({ own.run() }, { others.run() }) } }
                        / Double(epochsPerTurn)
                }
            ),
        ]
        if let peer { contestants.append(("pytorch", { try peer.measure("go") })) }
        let contest = try Contest(rounds: bench.rounds, contestants)
        figures["clip_adapter_epoch_ms"] = .number(contest.milliseconds("ours"))
        figures["clip_adapter_epoch_matrix_product_share"] = .number(contest.ratio(of: "ours", to: "products"))
        if peer != nil {
            figures["clip_adapter_epoch_pytorch_ms"] = .number(contest.milliseconds("pytorch"))
            figures["clip_adapter_epoch_vs_pytorch"] = .number(contest.ratio(of: "ours", to: "pytorch"))
        }
    }

    private func random(_ shape: [Int], _ purpose: String) -> Tensor<Float> {
        var generator = SeededGenerator(seed: 1, purpose: purpose)
        return Tensor((0..<shape.reduce(1, *)).map { _ in Float(generator.uniform() - 0.5) }, shape: shape)
    }

    private func makeEpoch() -> () -> Void {
        let features = random([samples, width], "features")
        let labels = (0..<samples).map { Int32($0 / 4) }
        let method = ClipAdapterMethod(
            configuration: ClipAdapterConfiguration(["ratio": 0.4]), optimiser: .adam(),
            textFeatures: random([classes, width], "text"), logitScale: 100, batchSize: batchSize, seed: 1)
        var step = 0
        var generator = SeededGenerator(seed: 1, purpose: "shuffle")
        return {
            let order = generator.permutation(samples)
            for start in stride(from: 0, to: samples, by: batchSize) {
                step += 1
                _ = method.trainBatch(
                    features: features, rows: order[start..<min(start + batchSize, samples)], labels: labels,
                    learningRate: 1e-3, step: step)
            }
        }
    }

    /// The seven matrix products of a step and nothing else, for one half of a batch.
    private final class Products {
        let f, h, z, g: BlockedMatrix<Float>
        let featureRows, hiddenRows, first, second, text, firstGradient, secondGradient: Matrix<Float>

        init(_ size: ClipAdapterEpoch) {
            let (pictures, hidden) = (size.batchSize / 2, size.width / 4)
            featureRows = Matrix(size.random([pictures, size.width], "f"))
            hiddenRows = Matrix(size.random([pictures, hidden], "h"))
            f = BlockedMatrix(rows: size.width, columns: pictures)
            f.setTransposed(featureRows)
            h = BlockedMatrix(rows: hidden, columns: pictures)
            z = BlockedMatrix(rows: size.classes, columns: pictures)
            g = BlockedMatrix(rows: size.width, columns: pictures)
            first = Matrix(size.random([hidden, size.width], "first"))
            second = Matrix(size.random([size.width, hidden], "second"))
            text = Matrix(size.random([size.classes, size.width], "text"))
            firstGradient = Matrix(rows: hidden, columns: size.width)
            secondGradient = Matrix(rows: size.width, columns: hidden)
        }

        func run() {
            h.setProduct(first, f)
            g.setProduct(second, h)
            z.setProduct(text, f)
            g.setProduct(text, transposeA: true, z)
            secondGradient.setProduct(g, rows: 0..<g.rows, times: hiddenRows)
            h.setProduct(second, transposeA: true, g)
            firstGradient.setProduct(h, rows: 0..<h.rows, times: featureRows)
        }
    }
}
