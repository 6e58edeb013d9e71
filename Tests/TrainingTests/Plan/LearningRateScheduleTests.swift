import FewShot
import Foundation
import Tensors
import Testing

@testable import Training

@Suite struct LearningRateScheduleTests {
    private func rates(_ schedule: LearningRateSchedule, epochs: Int, batches: Int) -> [Double] {
        (0..<epochs).flatMap { epoch in
            (0..<batches).map { batch in
                schedule.rate(
                    base: 1,
                    at: .init(epoch: epoch, batch: batch, batchesPerEpoch: batches, epochs: epochs))
            }
        }
    }

    private func agrees(_ rates: [Double], _ expected: [Double]) -> Bool {
        rates.count == expected.count && zip(rates, expected).allSatisfy { abs($0 - $1) < 1e-12 }
    }

    @Test func aCosineMovesAfterEveryBatchOrEveryEpoch() {
        let half = 0.5.squareRoot() / 2
        #expect(
            agrees(rates(LearningRateSchedule(.cosine), epochs: 2, batches: 2), [1, 0.5 + half, 0.5, 0.5 - half]))
        #expect(
            agrees(rates(LearningRateSchedule(.cosine, per: .epoch), epochs: 2, batches: 2), [1, 1, 0.5, 0.5]))
        #expect(agrees(rates(LearningRateSchedule(), epochs: 2, batches: 2), [1, 1, 1, 1]))
    }

    /// A warm-up is counted in epochs also where the rate moves with every batch.
    @Test func aWarmUpComesFirst() {
        let constant = LearningRateSchedule(.constant, warmUpEpochs: 1)
        #expect(agrees(rates(constant, epochs: 3, batches: 2), [1e-5, 1e-5, 1, 1, 1, 1]))
        let linear = LearningRateSchedule(.constant, warmUp: .linear, warmUpEpochs: 2)
        #expect(agrees(rates(linear, epochs: 3, batches: 2), [1e-5, 0.25, 0.5, 0.75, 1, 1]))
    }

    /// The figures of CoOp's setting (spec 3).
    @Test func coOpsFigures() {
        let schedule = LearningRateSchedule(.cosine, per: .epoch, warmUpEpochs: 1)
        func rate(_ epoch: Int) -> Double {
            schedule.rate(base: 0.002, at: .init(epoch: epoch, batch: 0, batchesPerEpoch: 3, epochs: 50))
        }
        #expect(rate(0) == 1e-5 && rate(1) == 0.002)
        #expect(abs(rate(2) - 0.00199803) < 1e-8)
        #expect(abs(rate(49) - 7.8853e-6) < 1e-9)
    }

    @Test func presetsAreWhatWasPublished() throws {
        func preset(_ name: String, shots: Int = 16) throws -> TrainingConfiguration {
            var configuration = TrainingConfiguration(model: URL(filePath: "/m"), data: URL(filePath: "/d"))
            configuration.shots = shots
            configuration.use(.clipAdapter)
            configuration.start(from: try #require(configuration.method.descriptor.preset(name)))
            try configuration.validate()
            return configuration
        }
        let official = try preset("official")
        #expect(official.method.optimiser == .sgd(momentum: 0.9, weightDecay: 5e-4))
        #expect(official.learningRate == 0.002 && official.batchSize == 32 && official.epochs == 200)
        #expect(official.schedule == LearningRateSchedule(.cosine, per: .epoch, warmUpEpochs: 1))
        #expect(try preset("official", shots: 1).epochs == 50)
        #expect(try preset("official", shots: 2).epochs == 100)
        let paper = try preset("paper-001")
        #expect(paper.learningRate == 1e-5 && paper.epochs == 200)
        #expect(paper.method["ratio-mode"] == "sweep")
        #expect(paper.method["ratios"] == [0, 0.2, 0.4, 0.6, 0.8, 1])
        let report = try preset("report-000", shots: 4)
        #expect(report.method.optimiser == .adam() && report.learningRate == 1e-4 && report.epochs == 20)
        #expect(report.method["ratio"] == 0.9 && report.method["dropout"] == 0.1)
        #expect(report.method["logit-scale"] == 100 && report.validation == .fifthOfTraining)
        #expect(report.schedule.isMoving == false)
        #expect(try preset("report-000-exact").method["dropout"] == 0)
        let benchmark = try preset("lppp-bench")
        #expect(benchmark.method.optimiser == .sgd(momentum: 0) && benchmark.method["ratio"] == 0.5)
        #expect(
            try preset("default")
                == TrainingConfiguration(model: URL(filePath: "/m"), data: URL(filePath: "/d")).with {
                    $0.shots = 16
                })
    }
}

extension TrainingConfiguration {
    fileprivate func with(_ change: (inout TrainingConfiguration) -> Void) -> TrainingConfiguration {
        var configuration = self
        change(&configuration)
        return configuration
    }
}
