import CLIP
import FewShot
import Foundation
import Pictures
import Tensors
import TestSupport
import Testing

@Suite struct AugmentedViewsTests {
    /// All views of two epochs, made by `workers` threads, taken batch by batch.
    private func views(workers: Int, seed: Int = 1) throws -> [Tensor<Float>] {
        let model = try CLIPModel(directory: Fixtures.samples.appending(path: "Model"))
        let dataset = try DatasetReader.read(Fixtures.samples.appending(path: "Images"))
        let arrived = DispatchSemaphore(value: 0)
        let views = AugmentedViews(
            model: model, pictures: Array(dataset.items.prefix(11)), decoding: DecodingOptions(), seed: seed,
            batchSize: 9, workers: workers,
            order: { epoch in
                var generator = SeededGenerator(seed: seed, purpose: "order", epoch)
                return generator.permutation(11)
            }, onReady: { arrived.signal() })
        defer { views.stop() }
        var batches: [Tensor<Float>] = []
        for epoch in 1...2 {
            for batch in [0..<9, 9..<11] {
                while true {
                    if let features = views.take(epoch: epoch, batch: batch) {
                        batches.append(features)
                        break
                    }
                    try #require(arrived.wait(timeout: .now() + 60) == .success)
                    #expect(views.failure == nil)
                }
            }
        }
        return batches
    }

    @Test func valuesDoNotDependOnTheNumberOfThreads() throws {
        let alone = try views(workers: 1)
        #expect(alone.map(\.rows) == [9, 2, 9, 2])
        #expect(try views(workers: 3) == alone)
        #expect(try views(workers: 2, seed: 2) != alone)
    }
}
