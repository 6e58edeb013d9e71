import FewShot
import Foundation
import Tensors

/// One training epoch of a CLIP-Adapter on cached features at the competition's size, here and in PyTorch.
///
/// Both sides run in turns, so that what else the machine does falls on both.
struct ClipAdapterEpoch {
    let samples = 1496
    let classes = 374
    let width = 512
    let batchSize = 64
    let rounds = 9
    let epochsPerRound = 10

    func measure(into figures: inout Figures, python: String?) throws {
        let peer = try python.map { try PythonPeer(python: $0, script: Self.script(self)) }
        defer { peer?.stop() }
        let epoch = makeEpoch()
        epoch()
        var (ours, theirs): ([Double], [Double]) = ([], [])
        for _ in 0..<rounds {
            ours.append(milliseconds { for _ in 0..<epochsPerRound { epoch() } } / Double(epochsPerRound))
            if let peer { theirs.append(try peer.measure()) }
        }
        let products = matrixProductMilliseconds()
        figures["clip_adapter_epoch_ms"] = .number(median(ours))
        figures["clip_adapter_epoch_matrix_products_ms"] = .number(products)
        figures["clip_adapter_epoch_matrix_product_share"] = .number(products / median(ours))
        if peer != nil {
            figures["clip_adapter_epoch_pytorch_ms"] = .number(median(theirs))
            figures["clip_adapter_epoch_vs_pytorch"] = .number(median(theirs) / median(ours))
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
            configuration: ClipAdapterConfiguration(residualRatio: 0.4), optimiser: .adam(),
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

    /// The seven matrix products of a step, for one half of a batch.
    private final class Products {
        let f, h, z, g, first, second, text, firstGradient, secondGradient: Matrix<Float>

        init(_ size: ClipAdapterEpoch) {
            let (rows, hidden) = (size.batchSize / 2, size.width / 4)
            f = Matrix(size.random([rows, size.width], "f"))
            h = Matrix(rows: rows, columns: hidden)
            z = Matrix(rows: rows, columns: size.classes)
            g = Matrix(rows: rows, columns: size.width)
            first = Matrix(size.random([hidden, size.width], "first"))
            second = Matrix(size.random([size.width, hidden], "second"))
            text = Matrix(size.random([size.classes, size.width], "text"))
            firstGradient = Matrix(rows: hidden, columns: size.width)
            secondGradient = Matrix(rows: size.width, columns: hidden)
        }

        func run() {
            h.setProduct(f, first, transposeB: true)
            g.setProduct(h, second, transposeB: true)
            z.setProduct(f, text, transposeB: true)
            g.setProduct(z, text)
            secondGradient.setProduct(g, transposeA: true, h)
            h.setProduct(g, second)
            firstGradient.setProduct(h, transposeA: true, f)
        }
    }

    /// The time of an epoch's matrix products alone, both halves of every batch at once as in training.
    private func matrixProductMilliseconds() -> Double {
        let companion = Companion()
        let (own, others) = (Products(self), Products(self))
        let repeats = 200
        let times = (0..<rounds).map { _ in
            milliseconds { for _ in 0..<repeats { companion.run({ own.run() }, { others.run() }) } }
        }
        return median(times) / Double(repeats) * Double(samples) / Double(batchSize)
    }

    /// The same loop in PyTorch; prints the milliseconds of an epoch for each line it reads.
    private static func script(_ size: ClipAdapterEpoch) -> String {
        """
        import sys, time, torch
        import torch.nn.functional as F
        N, K, D, B, E = \(size.samples), \(size.classes), \(size.width), \(size.batchSize), \(size.epochsPerRound)
        torch.manual_seed(1)
        features = F.normalize(torch.rand(N, D) - 0.5, dim=1)
        text = F.normalize(torch.rand(K, D) - 0.5, dim=1)
        labels = torch.arange(N) // 4
        fc = torch.nn.Sequential(torch.nn.Linear(D, D // 4, bias=False), torch.nn.ReLU(),
                                 torch.nn.Linear(D // 4, D, bias=False), torch.nn.ReLU())
        optimiser = torch.optim.Adam(fc.parameters(), lr=1e-3)
        def epoch():
            order = torch.randperm(N)
            for start in range(0, N, B):
                rows = order[start:start + B]
                f = features[rows]
                g = 0.4 * fc(f) + 0.6 * f
                loss = F.cross_entropy(100.0 * F.normalize(g, dim=1) @ text.T, labels[rows])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        epoch()
        print('ready', flush=True)
        for line in sys.stdin:
            start = time.perf_counter()
            for _ in range(E): epoch()
            print((time.perf_counter() - start) * 1000 / E, flush=True)
        """
    }
}
