import Tensors
import TestSupport
import Testing

@testable import FewShot

@Suite struct ClipAdapterTests {
    private func adapter(
        _ configuration: ClipAdapterConfiguration, width: Int = 12, hidden: Int = 3, classes: Int = 7, batch: Int = 5
    ) -> ClipAdapter<Double> {
        ClipAdapter(
            configuration: configuration, first: randomTensor([hidden, width], seed: 1),
            second: randomTensor([width, hidden], seed: 2), textFeatures: randomTensor([classes, width], seed: 3),
            logitScale: 10, batchCapacity: batch)
    }

    @Test(arguments: [0.0, 0.3, 1.0], [true, false])
    func gradientsAgreeWithFiniteDifferences(ratio: Double, secondReLU: Bool) {
        let adapter = adapter(ClipAdapterConfiguration(residualRatio: ratio, secondReLU: secondReLU))
        let features: Tensor<Double> = randomTensor([5, 12], seed: 4)
        let labels: [Int32] = [0, 3, 6, 2, 2]
        let mask = Matrix<Double>(Tensor((0..<60).map { $0 % 4 == 0 ? 0 : 1.25 }, shape: [5, 12]))
        func loss() -> Double {
            adapter.lossAndGradients(features, rows: Array(0..<5)[...], labels: labels, mask: mask)
        }
        _ = loss()
        let (first, second) = (Matrix(adapter.firstGradient.tensor), Matrix(adapter.secondGradient.tensor))
        #expect(gradientMismatch(of: first, at: adapter.first, loss: loss) == nil)
        #expect(gradientMismatch(of: second, at: adapter.second, loss: loss) == nil)
        if ratio > 0 { #expect(second.tensor.values.contains { $0 != 0 }) }
    }

    @Test func ratioZeroIsZeroShot() {
        let adapter = adapter(ClipAdapterConfiguration(residualRatio: 0))
        let features: Tensor<Double> = randomTensor([9, 12], seed: 4)
        let text: Tensor<Double> = randomTensor([7, 12], seed: 3)
        let zeroShot = features.normalisedRows().product(text.normalisedRows(), transposeOther: true, alpha: 10)
        #expect(adapter.logits(features).largestDifference(from: zeroShot) < 1e-12)
    }

    /// Spec 7.2: the adapter is homogeneous, so the norm of a feature does not matter.
    @Test func theNormOfAFeatureDoesNotMatter() {
        let adapter = adapter(ClipAdapterConfiguration(residualRatio: 0.6))
        let features: Tensor<Double> = randomTensor([4, 12], seed: 4)
        let longer = Tensor(features.values.map { $0 * 7 }, shape: [4, 12])
        #expect(adapter.logits(features).largestDifference(from: adapter.logits(longer)) < 1e-12)
    }

    /// One row leaves the second half of the batch empty.
    @Test func aBatchOfOneIsABatch() {
        let adapter = adapter(ClipAdapterConfiguration(residualRatio: 0.5))
        let features: Tensor<Double> = randomTensor([5, 12], seed: 4)
        _ = adapter.lossAndGradients(features, rows: [0, 1, 2, 3, 4], labels: [0, 3, 6, 2, 2])
        func loss() -> Double { adapter.lossAndGradients(features, rows: [3], labels: [2]) }
        _ = loss()
        let gradient = Matrix(adapter.firstGradient.tensor)
        #expect(gradientMismatch(of: gradient, at: adapter.first, loss: loss) == nil)
    }

    @Test func moreRowsThanTheBatchAreAnsweredInPieces() {
        let adapter = adapter(ClipAdapterConfiguration(residualRatio: 0.6))
        let features: Tensor<Double> = randomTensor([13, 12], seed: 4)
        let all = adapter.logits(features)
        #expect(all.shape == [13, 7])
        for row in 0..<13 {
            let alone = adapter.logits(features.gatheringRows([row]))
            #expect(alone.largestDifference(from: Tensor(Array(all.row(row)), shape: [1, 7])) < 1e-12)
        }
        #expect(adapter.logits(Tensor(shape: [0, 12])).shape == [0, 7])
    }
}

@Suite struct ClipAdapterMethodTests {
    private func trained(dropout: Double, steps: Int, rate: Double = 1e-2) -> ClipAdapterMethod {
        let method = ClipAdapterMethod(
            configuration: ClipAdapterConfiguration(residualRatio: 0.5, dropout: dropout), optimiser: .adam(),
            textFeatures: randomTensor([4, 16], seed: 3), logitScale: 10, batchSize: 8, seed: 5)
        let features: Tensor<Float> = randomTensor([8, 16], seed: 6)
        let labels: [Int32] = [0, 1, 2, 3, 0, 1, 2, 3]
        for step in 0..<steps {
            _ = method.trainBatch(
                features: features, rows: Array(0..<8)[...], labels: labels, learningRate: rate, step: step + 1)
        }
        return method
    }

    @Test(arguments: [0, 0.3]) func theSameSeedGivesTheSameBits(dropout: Double) {
        #expect(trained(dropout: dropout, steps: 20).parameters() == trained(dropout: dropout, steps: 20).parameters())
    }

    @Test func itLearns() {
        let features: Tensor<Float> = randomTensor([8, 16], seed: 6)
        let labels: [Int32] = [0, 1, 2, 3, 0, 1, 2, 3]
        func loss(_ steps: Int) -> Double {
            ClassificationMetrics(logits: trained(dropout: 0, steps: steps).logits(features), labels: labels)?.loss
                ?? .nan
        }
        #expect(loss(100) < 0.2 * loss(0))
    }

    @Test func aStepOnANonFiniteLossChangesNothing() {
        let method = trained(dropout: 0, steps: 3)
        let before = method.parameters()
        let bad = Tensor<Float>(repeating: .nan, shape: [8, 16])
        let loss = method.trainBatch(
            features: bad, rows: Array(0..<8)[...], labels: [0, 1, 2, 3, 0, 1, 2, 3], learningRate: 1e-2, step: 4)
        #expect(!loss.isFinite)
        #expect(method.parameters() == before)
    }

    @Test func restoringGoesBack() {
        let method = trained(dropout: 0, steps: 3)
        let before = method.parameters()
        let later = trained(dropout: 0, steps: 9)
        later.restore(before)
        #expect(later.parameters() == before)
    }
}
