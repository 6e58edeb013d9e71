import Tensors
import TestSupport
import Testing

@testable import FewShot

@Suite struct LPPlusPlusTests {
    private let features: Tensor<Double> = randomTensor([10, 6], seed: 1)
    private let text: Tensor<Double> = randomTensor([4, 6], seed: 2)
    private let labels: [Int32] = [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]

    private func method(labels: [Int32]? = nil) -> LPPlusPlus<Double> {
        LPPlusPlus(
            features: features, labels: labels ?? self.labels, textFeatures: text, bias: [0.1, -0.2, 0.3, 0])
    }

    @Test func gradientsAgreeWithFiniteDifferences() {
        let method = method()
        let pairs = [
            (method.prototypes, method.prototypeGradient), (method.bias, method.biasGradient),
            (method.multipliers, method.multiplierGradient),
        ]
        // Away from the start, where α is far larger than anything else.
        method.multipliers.assign(randomTensor([1, 4], seed: 5))
        _ = method.lossAndGradients()
        let gradients = pairs.map { Matrix($0.1.tensor) }
        for ((parameter, _), gradient) in zip(pairs, gradients) {
            #expect(gradientMismatch(of: gradient, at: parameter) { method.lossAndGradients() } == nil)
        }
    }

    /// docs/methods.md#presets: without prototypes and with one positive α for all, classes rank as in zero-shot.
    @Test func withoutPrototypesItRanksAsZeroShot() throws {
        let method = method()
        method.prototypes.assign(Tensor(shape: [4, 6]))
        method.bias.assign(Tensor(shape: [1, 4]))
        method.multipliers.assign(Tensor(repeating: 7, shape: [1, 4]))
        let zeroShot = features.normalisedRows().product(text.normalisedRows(), transposeOther: true, alpha: 7)
        #expect(method.logits(features).largestDifference(from: zeroShot) < 1e-12)
    }

    @Test func itLearns() {
        let method = method()
        let first = method.step()
        for _ in 0..<60 { _ = method.step() }
        #expect(method.lossAndGradients() < 0.2 * first)
    }

    @Test func aClassWithoutPicturesDoesNoHarm() {
        let method = method(labels: [0, 1, 2, 0, 1, 2, 0, 1, 2, 0])
        #expect(method.multipliers.tensor.values.allSatisfy { $0.isFinite })
        for _ in 0..<20 { #expect(method.step().isFinite) }
        #expect(method.prototypes.tensor.values.allSatisfy { $0.isFinite })
    }

    @Test func aStepOnANonFiniteLossChangesNothing() {
        let method = LPPlusPlus<Float>(
            features: Tensor(repeating: .nan, shape: [2, 3]), labels: [0, 1],
            textFeatures: randomTensor([2, 3], seed: 1),
            bias: [0.5, 0.25])
        #expect(!method.step().isFinite)
        #expect(method.bias.tensor.values == [0.5, 0.25] && method.steps == 0)
    }

    @Test func onePictureIsEnough() {
        let method = LPPlusPlus<Double>(
            features: randomTensor([1, 6], seed: 1), labels: [2], textFeatures: text, bias: [0, 0, 0, 0])
        // FᵀF of one unit row has the eigenvalue 1.
        #expect(abs(method.largestEigenvalue - 1) < 1e-5)
        #expect(method.step().isFinite)
    }

    private func trained(_ epochs: Int) -> (method: LPPlusPlusMethod, validation: LabelledFeatures) {
        let train = LabelledFeatures(features: features.converted(to: Float.self), labels: labels)
        let validation = LabelledFeatures(
            features: randomTensor([30, 6], seed: 9), labels: (0..<30).map { Int32($0 % 4) })
        let texts = text.converted(to: Float.self).normalisedRows()
        let method = LPPlusPlusMethod(
            configuration: LPPlusPlusConfiguration(),
            inputs: MethodInputs(
                train: train, validation: validation, textFeatures: texts, meanTextFeatures: texts, logitScale: 10,
                batchSize: 10, seed: 1))
        for step in 1...epochs {
            _ = method.trainBatch(
                features: train.features, rows: Array(0..<10)[...], labels: labels, learningRate: 1, step: step)
            method.endEpoch()
        }
        return (method, validation)
    }

    @Test func theEndOfTrainingGoesBackToTheSelectedEpoch() throws {
        let (method, validation) = trained(40)
        let last = method.parameters()
        let outcome = try #require(method.selectHyperparameters(validation: validation))
        let top1 = ClassificationMetrics(logits: method.logits(validation.features), labels: validation.labels)?.top1
        #expect(top1 == outcome.validationTop1)
        // Restored weights are somebody else's choice.
        method.restore(last)
        #expect(method.selectHyperparameters(validation: validation) == nil)
        #expect(method.parameters() == last)
    }
}
