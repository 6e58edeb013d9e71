import Testing

@testable import Training

@Suite struct SteeringTests {
    private let start = Steering.Position(step: 7, completedEpochs: 3)

    @Test func ratesAreUndoneOneByOne() {
        var steering = Steering(learningRate: 1e-3, epochs: 10)
        for command in [TrainingCommand.setLearningRate(2e-3), .scaleLearningRate(by: 2)] {
            _ = steering.obey(command, at: start)
        }
        #expect(steering.learningRate == 4e-3)
        _ = steering.obey(.undo, at: start)
        #expect(steering.learningRate == 2e-3)
        _ = steering.obey(.undo, at: start)
        #expect(steering.learningRate == 1e-3)
        let events = steering.obey(.undo, at: start)
        #expect(events.count == 1 && steering.learningRate == 1e-3)
        #expect(steering.interventions.count == 4)
        #expect(steering.interventions.allSatisfy { $0.afterStep == 7 && $0.afterEpoch == 3 })
    }

    @Test(arguments: [Double.nan, .infinity, 0, -1e-3])
    func unusableRatesAreRefused(rate: Double) {
        var steering = Steering(learningRate: 1e-3, epochs: 10)
        let events = steering.obey(.setLearningRate(rate), at: start)
        #expect(steering.learningRate == 1e-3 && steering.interventions.isEmpty)
        #expect(events.contains { if case .log(let entry) = $0 { entry.level == .warning } else { false } })
    }

    @Test func epochsNeverGoBelowWhatHasBegunNorOverTheTop() {
        var steering = Steering(learningRate: 1e-3, epochs: 10)
        _ = steering.obey(.addEpochs(-100), at: start)
        #expect(steering.plannedEpochs == 4)
        _ = steering.obey(.addEpochs(.max), at: start)
        #expect(steering.plannedEpochs == TrainingConfiguration.maximumEpochs)
    }

    @Test func steppingPausesAndStoppingAfterTheEpochResumes() {
        var steering = Steering(learningRate: 1e-3, epochs: 10)
        _ = steering.obey(.step, at: start)
        #expect(steering.isPaused && !steering.isIdle)
        steering.noteBatch()
        #expect(steering.isIdle)
        _ = steering.obey(.stop(.afterEpoch, save: true), at: start)
        #expect(!steering.isPaused && steering.stopAfterEpochSaving == true)
    }
}
