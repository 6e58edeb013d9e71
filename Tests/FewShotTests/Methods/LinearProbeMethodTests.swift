import Tensors
import TestSupport
import Testing

@testable import FewShot

@Suite struct LinearProbeMethodTests {
    private let inputs: MethodInputs

    init() {
        let text = (randomTensor([4, 6], seed: 3) as Tensor<Float>).normalisedRows()
        inputs = MethodInputs(
            train: LabelledFeatures(features: randomTensor([8, 6], seed: 1), labels: [0, 1, 2, 3, 0, 1, 2, 3]),
            validation: LabelledFeatures(
                features: randomTensor([20, 6], seed: 2), labels: (0..<20).map { Int32($0 % 4) }),
            textFeatures: text, meanTextFeatures: text, logitScale: 10, batchSize: 8, seed: 1)
    }

    private func trained(_ configuration: LinearProbeConfiguration) -> LinearProbeMethod {
        let method = LinearProbeMethod(configuration: configuration, inputs: inputs)
        for step in 1...1000 where !method.isConverged {
            _ = method.trainBatch(
                features: inputs.train.features, rows: Array(0..<8)[...], labels: inputs.train.labels, learningRate: 0,
                step: step)
        }
        return method
    }

    @Test func theLossFallsFromThatOfNoKnowledge() {
        let method = LinearProbeMethod(configuration: LinearProbeConfiguration(), inputs: inputs)
        var losses: [Double] = []
        for step in 1...6 {
            losses.append(
                method.trainBatch(
                    features: inputs.train.features, rows: Array(0..<8)[...], labels: inputs.train.labels,
                    learningRate: 0, step: step
                ).loss)
        }
        // Zero weights give every one of four classes a quarter.
        #expect(abs(losses[0] - 1.3862944) < 1e-6)
        #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 })
    }

    @Test func aGivenCIsNotSearchedFor() {
        let method = trained(LinearProbeConfiguration(inverseRegularisation: 3))
        #expect(method.isConverged)
        #expect(method.selectHyperparameters(validation: inputs.validation) == nil)
        #expect(method.hyperParameters.number("C") == 3)
    }

    @Test func withoutValidationTheUsualCIsUsed() {
        let method = trained(LinearProbeConfiguration())
        #expect(method.selectHyperparameters(validation: nil) == nil)
        #expect(method.hyperParameters.number("C") == 8.96)
    }

    @Test func theSearchIsAdopted() throws {
        let method = trained(LinearProbeConfiguration())
        let outcome = try #require(method.selectHyperparameters(validation: inputs.validation))
        #expect(outcome.found["C"] == method.hyperParameters.number("C"))
        let top1 = ClassificationMetrics(
            logits: method.logits(inputs.validation.features), labels: inputs.validation.labels)?.top1
        #expect(top1 == outcome.validationTop1)
    }

    /// A share of nothing is zero-shot (docs/methods.md#weight-space-ensembling).
    @Test func aShareOfZeroIsZeroShot() {
        let method = trained(LinearProbeConfiguration(inverseRegularisation: 3, ensemble: .fixed(0)))
        _ = method.selectHyperparameters(validation: nil)
        let zeroShot = ZeroShotMethod(textFeatures: inputs.textFeatures, logitScale: 10)
        let features = inputs.validation.features
        #expect(method.logits(features).largestDifference(from: zeroShot.logits(features)) < 1e-5)
    }

    @Test func theShareIsSearchedOnValidation() throws {
        let configuration = LinearProbeConfiguration(inverseRegularisation: 3, ensemble: .searched)
        let method = trained(configuration)
        let fitted = ClassificationMetrics(
            logits: method.logits(inputs.validation.features), labels: inputs.validation.labels)
        let outcome = try #require(method.selectHyperparameters(validation: inputs.validation))
        #expect(outcome.validationTop1 >= (fitted?.top1 ?? 1))
        guard case .numbers(let curve) = method.hyperParameters["ensemble_validation_top1"] else {
            Issue.record("the curve is missing")
            return
        }
        #expect(curve.count == 11)
    }

    /// The weights of an epoch on the way belong to the fit that was watched, those at the end to the search.
    @Test func restoredWeightsKnowTheirC() throws {
        let method = LinearProbeMethod(configuration: LinearProbeConfiguration(), inputs: inputs)
        func step(_ number: Int) {
            _ = method.trainBatch(
                features: inputs.train.features, rows: Array(0..<8)[...], labels: inputs.train.labels, learningRate: 0,
                step: number)
        }
        step(1)
        let early = method.parameters()
        for number in 2...1000 where !method.isConverged { step(number) }
        let found = try #require(method.selectHyperparameters(validation: inputs.validation)?.found["C"])
        #expect(found != LinearProbeConfiguration.defaultInverseRegularisation)
        let (final, hyper) = (method.parameters(), method.hyperParameters)
        method.restore(early)
        #expect(method.hyperParameters.number("C") == LinearProbeConfiguration.defaultInverseRegularisation)
        #expect(method.hyperParameters.number("iterations") == nil)
        method.restore(final)
        #expect(method.hyperParameters == hyper)
        #expect(hyper.number("C") == found)
    }

    @Test func restoredWeightsStayAsTheyAre() throws {
        let method = trained(LinearProbeConfiguration(ensemble: .searched))
        let fitted = method.parameters()
        #expect(method.selectHyperparameters(validation: inputs.validation) != nil)
        method.restore(fitted)
        #expect(method.selectHyperparameters(validation: inputs.validation) == nil)
        #expect(method.parameters() == fitted)
    }

    /// The optimum is unique, so both starts end there.
    @Test func aZeroShotStartEndsAtTheSameOptimum() {
        let zero = trained(LinearProbeConfiguration(inverseRegularisation: 1))
        let zeroShot = trained(LinearProbeConfiguration(inverseRegularisation: 1, start: .zeroShot))
        let features = inputs.validation.features.normalisedRows()
        let (a, b) = (zero.logits(features).softmaxRows(), zeroShot.logits(features).softmaxRows())
        #expect(a.largestDifference(from: b) < 1e-3)
    }
}
