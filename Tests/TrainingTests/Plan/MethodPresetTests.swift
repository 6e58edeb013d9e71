import FewShot
import Foundation
import Tensors
import Testing

@testable import Training

@Suite struct MethodPresetTests {
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
