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
        let result = method.trainBatch(
            features: bad, rows: Array(0..<8)[...], labels: [0, 1, 2, 3, 0, 1, 2, 3], learningRate: 1e-2, step: 4)
        #expect(!result.loss.isFinite && result.gradientNorm == nil)
        #expect(method.parameters() == before)
    }

    /// The norm of a step is that of the gradient itself, although blocks of it are used up one by one.
    @Test(arguments: ["fixed", "learnable", "hyper"]) func theGradientNormIsTheGradients(mode: HyperValue) throws {
        let configuration = ClipAdapterConfiguration(["branch": "both", "ratio-mode": mode])
        let text: Tensor<Float> = randomTensor([4, 16], seed: 5)
        let method = ClipAdapterMethod(
            configuration: configuration, optimiser: .adam(), textFeatures: text, logitScale: 20, batchSize: 8, seed: 1)
        let features: Tensor<Float> = randomTensor([8, 16], seed: 6)
        let (rows, labels): ([Int], [Int32]) = (Array(0..<8), [0, 1, 2, 3, 0, 1, 2, 3])
        _ = method.adapter.lossAndGradients(features, rows: rows[...], labels: labels)
        let expected = method.parameterTree.gradientNorm
        let result = method.trainBatch(features: features, rows: rows[...], labels: labels, learningRate: 0.1, step: 1)
        #expect(expected > 0 && abs((result.gradientNorm ?? 0) / expected - 1) < 1e-5)
    }

    @Test func restoringGoesBack() {
        let method = trained(dropout: 0, steps: 3)
        let before = method.parameters()
        let later = trained(dropout: 0, steps: 9)
        later.restore(before)
        #expect(later.parameters() == before)
    }
}
