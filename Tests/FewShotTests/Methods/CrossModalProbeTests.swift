import Tensors
import TestSupport
import Testing

@testable import FewShot

@Suite struct CrossModalProbeTests {
    @Test(arguments: [0, 1, 3]) func theGradientAgreesWithFiniteDifferences(prompts: Int) {
        let text: Tensor<Double> = randomTensor([4, 6], seed: 1)
        let features: Tensor<Double> = randomTensor([5, 6], seed: 2)
        let probe = CrossModalProbe(
            textFeatures: text, prompts: randomTensor([6, 6], seed: 4), promptLabels: [0, 1, 2, 3, 0, 1],
            batchCapacity: 8)
        // Smaller weights keep the softmax away from 0 and 1, where differences say nothing.
        for i in 0..<probe.weight.count { probe.weight.elements[i] *= 0.02 }
        func value() -> Double {
            probe.lossAndGradient(
                features, rows: [0, 2, 3], labels: [3, 2, 1], prompts: Array([1, 5, 4].prefix(prompts)))
        }
        _ = value()
        let gradient = Matrix(probe.weightGradient.tensor)
        #expect(gradientMismatch(of: gradient, at: probe.weight, loss: value) == nil)
    }

    private func inputs(prompts: Int) -> MethodInputs {
        let text: Tensor<Float> = randomTensor([4, 6], seed: 3)
        var inputs = MethodInputs(
            train: LabelledFeatures(features: randomTensor([8, 6], seed: 1), labels: [0, 1, 2, 3, 0, 1, 2, 3]),
            validation: LabelledFeatures(features: randomTensor([4, 6], seed: 2), labels: [0, 1, 2, 3]),
            textFeatures: text.normalisedRows(), meanTextFeatures: text, logitScale: 10, batchSize: 4, seed: 1)
        inputs.prompts = LabelledFeatures(
            features: randomTensor([prompts, 6], seed: 5), labels: (0..<prompts).map { Int32($0 % 4) })
        return inputs
    }

    @Test func itBeginsWithTheAnswersOfZeroShot() {
        let inputs = inputs(prompts: 12)
        let method = CrossModalProbeMethod(optimiser: .adamW(), inputs: inputs)
        let features: Tensor<Float> = randomTensor([9, 6], seed: 6)
        let zeroShot = ZeroShotMethod(textFeatures: inputs.textFeatures, logitScale: 100)
        #expect(method.logits(features).largestDifference(from: zeroShot.logits(features)) < 1e-4)
    }

    /// Every prompt comes once in a pass, in another order each time; too few of them are all in every batch.
    @Test func promptsAreShuffledPassByPass() {
        let method = CrossModalProbeMethod(optimiser: .adamW(), inputs: inputs(prompts: 13))
        let passes = [1...3, 4...6].map { steps in steps.flatMap { method.prompts(step: $0) } }
        for pass in passes { #expect(pass.count == 12 && Set(pass).count == 12) }
        #expect(passes[0] != passes[1])
        #expect(passes[0] == (1...3).flatMap { method.prompts(step: $0) })
        let few = CrossModalProbeMethod(optimiser: .adamW(), inputs: inputs(prompts: 3))
        #expect(few.prompts(step: 7).sorted() == [0, 1, 2])
    }
}
