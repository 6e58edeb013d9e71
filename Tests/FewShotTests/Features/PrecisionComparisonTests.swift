import Tensors
import Testing

@testable import FewShot

@Suite("What a precision loses")
struct PrecisionComparisonTests {
    private let classifier = Tensor<Float>([1, 0, 0, 1], shape: [2, 2])

    @Test("Cosines, answers and changes are counted on made-up features")
    func counts() throws {
        let reference = Tensor<Float>([2, 0, 3, 1, 0, 5, 1, 0.9], shape: [4, 2])
        let reduced = Tensor<Float>([4, 0, 3, 1, 5, 0, 0.9, 1], shape: [4, 2])
        let comparison = PrecisionComparison(
            reference: reference, features: reduced, labels: [0, 0, 1, nil], classifier: classifier)
        #expect(comparison.pictures == 4)
        #expect(abs(comparison.leastCosine) < 1e-6)  // the third turned by a right angle
        let last = 1.8 / 1.81
        #expect(abs(comparison.meanCosine - (2 + last) / 4) < 1e-6)
        let answers = try #require(comparison.answers)
        // The picture without a label changed its answer too, but counts nowhere.
        #expect(
            answers
                == .init(count: 3, classes: 2, referenceTop1: 1, top1: 2.0 / 3, changed: 1))
        #expect(answers.isAboveChance)
    }

    @Test("Without labels there are no answers, and guessing right by chance is said to be that")
    func noLabels() {
        let features = Tensor<Float>([1, 0], shape: [1, 2])
        let comparison = PrecisionComparison(
            reference: features, features: features, labels: [nil], classifier: classifier)
        #expect(comparison.answers == nil)
        let guessing = PrecisionComparison.Answers(count: 100, classes: 10, referenceTop1: 0.15, top1: 0.15, changed: 0)
        #expect(!guessing.isAboveChance)
    }
}
