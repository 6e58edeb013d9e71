import Foundation
import Tensors
import Testing

@testable import FewShot

@Suite struct MetricsTests {
    @Test func countsHitsAndLoss() throws {
        let logits = Tensor<Float>([2, 1, 0, 0, 1, 2, 1, 1, 1], shape: [3, 3])
        let metrics = try #require(ClassificationMetrics(logits: logits, labels: [0, 0, 0]))
        // The third row is a tie, which the lower class index wins.
        #expect(metrics.top1 == 2.0 / 3)
        #expect(metrics.top5 == 1)
        #expect(metrics.perClass[0].count == 3 && metrics.perClass[0].correct == 2)
        let sum = exp(2.0) + exp(1) + 1
        #expect(abs(metrics.loss - ((log(sum) - 2) + log(sum) + log(3.0)) / 3) < 1e-6)
    }

    @Test func fifthPlaceCountsAndSixthDoesNot() throws {
        let logits = Tensor<Float>([6, 5, 4, 3, 2, 1], shape: [1, 6])
        #expect(try #require(ClassificationMetrics(logits: logits, labels: [4])).top5 == 1)
        #expect(try #require(ClassificationMetrics(logits: logits, labels: [5])).top5 == 0)
    }

    @Test func noPicturesHaveNoMetrics() {
        #expect(ClassificationMetrics(logits: Tensor<Float>(shape: [0, 3]), labels: []) == nil)
    }

    @Test func aNaNIsNeverRight() throws {
        let logits = Tensor<Float>([.nan, .nan], shape: [1, 2])
        #expect(try #require(ClassificationMetrics(logits: logits, labels: [0])).top1 == 0)
    }
}
