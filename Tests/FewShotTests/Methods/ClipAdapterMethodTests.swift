import Tensors
import TestSupport
import Testing

@testable import FewShot

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
