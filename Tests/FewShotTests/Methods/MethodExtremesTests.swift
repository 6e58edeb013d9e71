import Tensors
import TestSupport
import Testing

@testable import FewShot

/// Every method where there is next to nothing to learn from: no answer may be NaN.
@Suite struct MethodExtremesTests {
    private func inputs(_ features: Tensor<Float>, _ labels: [Int32], classes: Int) -> MethodInputs {
        let text = (randomTensor([classes, 6], seed: 3) as Tensor<Float>).normalisedRows()
        return MethodInputs(
            train: LabelledFeatures(features: features, labels: labels),
            validation: LabelledFeatures(
                features: randomTensor([5, 6], seed: 2), labels: (0..<5).map { Int32($0 % classes) }),
            textFeatures: text, meanTextFeatures: text, logitScale: 10, batchSize: 64, seed: 1)
    }

    private func expectFinite(_ name: MethodName, _ inputs: MethodInputs) throws {
        var configuration = MethodConfiguration(name)
        if name == .clipAdapter { configuration["ratio"] = 1 }
        let method = try MethodRegistry.make(configuration, inputs)
        for step in 1...3 {
            let result = method.trainBatch(
                features: inputs.train.features, rows: Array(0..<inputs.train.labels.count)[...],
                labels: inputs.train.labels, learningRate: 1e-3, step: step)
            #expect(result.loss.isFinite)
            method.endEpoch()
        }
        _ = method.selectHyperparameters(validation: inputs.validation)
        #expect(method.parameters().values.allSatisfy { $0.values.allSatisfy { $0.isFinite } })
        let logits = method.logits(inputs.validation.features)
        #expect(logits.shape == [5, inputs.textFeatures.rows])
        #expect(logits.values.allSatisfy { $0.isFinite })
    }

    /// One picture: of the only class, of one of two, of one of three.
    @Test(arguments: MethodName.allCases, [1, 2, 3]) func onePicture(name: MethodName, classes: Int) throws {
        try expectFinite(name, inputs(randomTensor([1, 6], seed: 1), [Int32(classes - 1)], classes: classes))
    }

    /// Features of zeros, with a residual ratio of 1: nothing is left to normalise.
    @Test(arguments: MethodName.allCases) func featuresOfZeros(name: MethodName) throws {
        try expectFinite(name, inputs(Tensor(shape: [4, 6]), [0, 1, 2, 0], classes: 3))
    }
}
