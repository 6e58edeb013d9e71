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
        let detailed = try #require(DetailedMetrics(logits: logits, labels: [4]))
        #expect(detailed.top5PerClass == [nil, nil, nil, nil, 1, nil])
    }

    @Test func noPicturesHaveNoMetrics() {
        let none = Tensor<Float>(shape: [0, 3])
        #expect(ClassificationMetrics(logits: none, labels: []) == nil)
        #expect(DetailedMetrics(logits: none, labels: []) == nil)
        #expect(TemperatureScaling.fitted(logits: none, labels: []) == nil)
        #expect(SeedStatistics([]) == nil)
    }

    @Test func aNaNIsNeverRight() throws {
        let logits = Tensor<Float>([.nan, .nan, 1, .nan], shape: [2, 2])
        let metrics = try #require(DetailedMetrics(logits: logits, labels: [0, 1]))
        #expect(metrics.summary.top1 == 0)
        // The first picture has no answer, the second the wrong one.
        #expect(metrics.confusion.counts == [0, 0, 1, 0])
        #expect(metrics.confusion.support == [1, 1])
    }

    @Test func theOrderOfClassesIsTheSameEverywhere() {
        let scores: [Float] = [1, 3, .nan, 3, 2]
        #expect(ScoreRanking.top(5, in: scores[...]) == [1, 3, 4, 0, 2])
        #expect(ScoreRanking.best(in: scores[...]) == 1)
        #expect((0..<5).map { ScoreRanking.rank(of: $0, in: scores[...]) } == [3, 0, 5, 1, 2])
        #expect(ScoreRanking.best(in: [.nan, -.infinity]) == 1)
        #expect(ScoreRanking.best(in: [.nan, .nan]) == nil)
    }

    /// Truth 0, 0, 1, 2 answered 0, 1, 1, 0; class 3 occurs nowhere.
    @Test func perClassFiguresFollowScikitLearn() throws {
        let answers = [0, 1, 1, 0]
        let logits = Tensor<Float>(answers.flatMap { a in (0..<4).map { $0 == a ? 1 : 0 } }, shape: [4, 4])
        let confusion = ConfusionMatrix(logits: logits, labels: [0, 0, 1, 2])
        #expect(confusion.counts == [1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
        #expect((0..<4).map(confusion.recall) == [0.5, 1, 0, nil])
        #expect((0..<4).map(confusion.precision) == [0.5, 0.5, nil, nil])
        #expect((0..<4).map(confusion.f1) == [0.5, 2.0 / 3, 0, nil])
        #expect(confusion.meanPerClass == 0.5)
        #expect(abs(confusion.macroF1 - (0.5 + 2.0 / 3) / 3) < 1e-12)
        #expect(confusion.confusions(5).map { [$0.truth, $0.answer, $0.count] } == [[0, 1, 1], [2, 0, 1]])
    }

    @Test func certaintyFallsIntoTheLastBinAndHalfIntoItsOwn() throws {
        // Confidences 1 and 0.5; the second is right by the lower index.
        let logits = Tensor<Float>([200, 0, 0, 0], shape: [2, 2])
        let calibration = try #require(Calibration(logits: logits, labels: [1, 0], bins: 2))
        #expect(calibration.bins.map(\.count) == [1, 1])
        #expect(calibration.bins.map(\.accuracy) == [1, 0])
        #expect(abs(calibration.ece - (0.5 * 0.5 + 0.5 * 1)) < 1e-12)
        #expect(abs(calibration.brier - (2 + 0.5) / 2) < 1e-12)
    }

    @Test func aTemperatureMakesAnOverconfidentClassifierHonest() throws {
        // Three of four are right at odds of e^8; honest odds are 3, so T = 8 / ln 3.
        let logits = Tensor<Float>([8, 0, 8, 0, 8, 0, 8, 0], shape: [4, 2])
        let labels: [Int32] = [0, 0, 0, 1]
        let scaling = try #require(TemperatureScaling.fitted(logits: logits, labels: labels))
        #expect(abs(scaling.temperature - 8 / log(3)) < 1e-4)
        let scaled = try #require(
            Calibration(logits: logits, labels: labels, temperature: scaling.temperature))
        #expect(scaled.ece < 1e-4)
        #expect(abs(scaled.nll - scaling.nll) < 1e-12)
    }

    @Test func seedsAreSummarisedAfterStudent() throws {
        let three = try #require(SeedStatistics([0.8, 0.82, 0.87]))
        #expect(three.count == 3 && abs(three.mean - 0.83) < 1e-12)
        let deviation = try #require(three.sampleDeviation)
        #expect(abs(deviation - (0.0026 / 2).squareRoot()) < 1e-12)
        #expect(abs(try #require(three.interval) - 4.302652729749 * (0.0026 / 6).squareRoot()) < 1e-11)
        // Of two seeds that are 0.02 apart: s = 0.02 / √2, s / √2 = 0.01.
        #expect(abs(try #require(SeedStatistics([0.7, 0.72])?.interval) - 0.1270620473617) < 1e-11)
        let one = try #require(SeedStatistics([0.7]))
        #expect(one.mean == 0.7 && one.sampleDeviation == nil && one.interval == nil)
    }

    /// Published values of t(0.975, ν) and t(0.995, ν).
    @Test(arguments: [
        (1, 12.706204736, 63.656741163), (2, 4.302652730, 9.924843201), (3, 3.182446305, 5.840909310),
        (4, 2.776445105, 4.604094871), (9, 2.262157163, 3.249835542), (10, 2.228138852, 3.169272673),
        (29, 2.045229642, 2.756385904), (30, 2.042272456, 2.749995654), (100, 1.983971519, 2.625890521),
        (1000, 1.962339081, 2.580754698), (100_000, 1.959987708, 2.575878470),
    ])
    func studentQuantilesAreThePublishedOnes(degrees: Int, t975: Double, t995: Double) {
        #expect(abs(StudentT.quantile(twoSided: 0.95, degrees: degrees) - t975) < 1e-8)
        #expect(abs(StudentT.quantile(twoSided: 0.99, degrees: degrees) - t995) < 1e-8)
    }
}
