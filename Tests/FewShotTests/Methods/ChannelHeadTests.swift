import Tensors
import TestSupport
import Testing

@testable import FewShot

@Suite struct ChannelHeadTests {
    private let text: Tensor<Double> = randomTensor([4, 6], seed: 1)
    private let features: Tensor<Double> = randomTensor([5, 6], seed: 2)
    private let labels: [Int32] = [3, 0, 2, 1, 1]

    private func head(
        _ loss: ChannelHead<Double>.Loss, text: Tensor<Double>? = nil, fusion: Double = 0.7
    ) -> ChannelHead<Double> {
        ChannelHead(
            textFeatures: text ?? self.text, logitScale: 10, weight: randomTensor([4, 6], seed: 3),
            bias: [0.1, 0.2, -0.1, 0], loss: loss, fusion: fusion, batchCapacity: 5)
    }

    @Test(arguments: [ChannelHead<Double>.Loss.standalone, .joint], [1, 5])
    func gradientsAgreeWithFiniteDifferences(loss: ChannelHead<Double>.Loss, batch: Int) {
        let head = head(loss)
        let start: Tensor<Double> = randomTensor([4, 6], seed: 7)
        for (row, matrix) in head.parameters.all.prefix(4).enumerated() {
            matrix.assign(Tensor(Array(start.row(row)), shape: [1, 6]))
        }
        func value() -> Double {
            head.lossAndGradients(features, rows: Array(0..<batch)[...], labels: Array(labels.prefix(batch)))
        }
        _ = value()
        let gradients = head.gradients.all.map { Matrix($0.tensor) }
        for (parameter, gradient) in zip(head.parameters.all, gradients) {
            #expect(gradient.tensor.values.contains { $0 != 0 })
            #expect(gradientMismatch(of: gradient, at: parameter, loss: value) == nil)
        }
    }

    @Test func theTextGradientOfAJointLossAgreesWithFiniteDifferences() {
        let head = head(.joint)
        _ = head.lossAndGradients(features, rows: [0, 1, 2, 3, 4], labels: labels)
        let text = Matrix(text)
        let mismatch = gradientMismatch(of: Matrix(head.textGradient.tensor), at: text) {
            self.head(.joint, text: text.tensor).lossAndGradients(features, rows: [0, 1, 2, 3, 4], labels: labels)
        }
        #expect(mismatch == nil)
    }

    @Test func fusionZeroIsZeroShotAndOneIsTheHeadAlone() {
        let zeroShot = features.normalisedRows().product(text.normalisedRows(), transposeOther: true, alpha: 10)
        #expect(head(.standalone, fusion: 0).logits(features) == zeroShot)
        let alone = head(.standalone, fusion: 1)
        #expect(alone.logits(features) == alone.headLogits(features))
    }
}

@Suite struct ChannelHeadMethodTests {
    private let inputs = MethodInputs(
        train: LabelledFeatures(features: randomTensor([8, 6], seed: 1), labels: [0, 1, 2, 3, 0, 1, 2, 3]),
        validation: LabelledFeatures(features: randomTensor([20, 6], seed: 2), labels: (0..<20).map { Int32($0 % 4) }),
        textFeatures: (randomTensor([4, 6], seed: 3) as Tensor<Float>).normalisedRows(),
        meanTextFeatures: randomTensor([4, 6], seed: 3), logitScale: 10, batchSize: 4, seed: 1)

    private func train(_ method: ChannelHeadMethod, steps: Int) -> Double {
        (1...steps).reduce(0) { _, step in
            method.trainBatch(
                features: inputs.train.features, rows: [0, 1, 2, 3], labels: inputs.train.labels, learningRate: 0.1,
                step: step
            ).loss
        }
    }

    @Test func itLearnsAndTheSeedDecides() {
        let rule = OptimiserRule.sgd(momentum: 0.9, weightDecay: 5e-4)
        func make() -> ChannelHeadMethod {
            ChannelHeadMethod(configuration: ChannelHeadConfiguration(), optimiser: rule, inputs: inputs)
        }
        let (a, b) = (make(), make())
        let first = train(a, steps: 1)
        #expect(train(a, steps: 200) < 0.5 * first)
        _ = train(b, steps: 1)
        _ = train(b, steps: 200)
        #expect(a.parameters() == b.parameters())
    }

    @Test func theShareIsSearchedOnValidationAndRestoredWithTheWeights() throws {
        let method = ChannelHeadMethod(
            configuration: ChannelHeadConfiguration(), optimiser: .sgd(momentum: 0.9), inputs: inputs)
        let before = method.parameters()
        let outcome = try #require(method.selectHyperparameters(validation: inputs.validation))
        let top1 = ClassificationMetrics(
            logits: method.logits(inputs.validation.features), labels: inputs.validation.labels)?.top1
        #expect(top1 == outcome.validationTop1 && outcome.tried == 21)
        method.restore(before)
        #expect(method.parameters() == before)
        let fixed = ChannelHeadMethod(
            configuration: ChannelHeadConfiguration(fusion: 0.3), optimiser: .sgd(momentum: 0.9), inputs: inputs)
        #expect(fixed.selectHyperparameters(validation: inputs.validation) == nil)
    }

    @Test func itCanBeginWithThePrototypesOfLPPlusPlus() {
        func make() -> ChannelHeadMethod {
            ChannelHeadMethod(
                configuration: ChannelHeadConfiguration(start: .lpPlusPlus), optimiser: .sgd(momentum: 0.9),
                inputs: inputs)
        }
        let (method, other) = (make(), LPPlusPlusMethod(configuration: LPPlusPlusConfiguration(), inputs: inputs))
        for step in 1...300 {
            _ = other.trainBatch(
                features: inputs.train.features, rows: Array(0..<8)[...], labels: inputs.train.labels, learningRate: 0,
                step: step)
        }
        let (start, learned) = (method.parameters(), other.parameters())
        #expect(start["linear_probe_proj.weight"] == learned["classifier.weight"])
        #expect(start["linear_probe_proj.bias"] == learned["classifier.bias"])
        #expect(start["film_lp_img.scale"]?.values == Array(repeating: 1, count: 6))
        #expect(method.hyperParameters.text("start") == "lp++")
        #expect(make().parameters() == start)
    }

    /// A class nobody has a picture of has a prototype of zeros.
    @Test func aClassWithoutPicturesIsNoNaN() {
        var inputs = inputs
        inputs.train = LabelledFeatures(features: randomTensor([3, 6], seed: 1), labels: [0, 2, 2])
        let method = ChannelHeadMethod(
            configuration: ChannelHeadConfiguration(start: .lpPlusPlus), optimiser: .sgd(momentum: 0.9), inputs: inputs)
        #expect(method.parameters().values.allSatisfy { $0.values.allSatisfy { $0.isFinite } })
        #expect(method.logits(inputs.validation.features).values.allSatisfy { $0.isFinite })
    }
}
