import Tensors
import TestSupport
import Testing

@testable import FewShot

@Suite struct TaskResTests {
    private let text: Tensor<Double> = randomTensor([4, 6], seed: 1)
    private let features: Tensor<Double> = randomTensor([5, 6], seed: 2)
    private let labels: [Int32] = [3, 0, 2, 1, 1]

    @Test(arguments: [0.5, 1], [1, 5]) func theGradientAgreesWithFiniteDifferences(alpha: Double, batch: Int) {
        let model = TaskRes(textFeatures: text, alpha: alpha, logitScale: 10, batchCapacity: 5)
        model.residuals.assign(randomTensor([4, 6], seed: 3))
        func value() -> Double {
            model.lossAndGradient(features, rows: Array(0..<batch)[...], labels: Array(labels.prefix(batch)))
        }
        _ = value()
        let gradient = Matrix(model.residualGradient.tensor)
        #expect(gradientMismatch(of: gradient, at: model.residuals, loss: value) == nil)
    }

    @Test func itBeginsAsZeroShot() {
        let model = TaskRes(textFeatures: text, alpha: 0.5, logitScale: 10, batchCapacity: 5)
        let zeroShot = features.normalisedRows().product(text.normalisedRows(), transposeOther: true, alpha: 10)
        #expect(model.logits(features).largestDifference(from: zeroShot) < 1e-14)
    }

    /// The text features' common length is a setting; the logits do not depend on it.
    @Test(arguments: [(0.1, nil, 10), (8, nil, 8), (40, nil, 10), (8, 2, 2)] as [(Double, Double?, Double)])
    func textFeaturesAreScaledTogether(length: Double, wanted: Double?, result: Double) {
        let unit = (randomTensor([4, 6], seed: 3) as Tensor<Float>).normalisedRows()
        let given = Tensor(unit.values.map { $0 * Float(length) }, shape: unit.shape)
        var configuration = TaskResConfiguration()
        configuration.prototypeLength = wanted
        let expected = Tensor(unit.values.map { $0 * Float(result) }, shape: unit.shape)
        #expect(configuration.scaled(given).largestDifference(from: expected) < 1e-5)
    }
}
