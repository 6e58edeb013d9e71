import Testing

@testable import Training

@Suite struct RunControlsTests {
    private let start = RunControls.Position(step: 7, completedEpochs: 3)

    @Test func ratesAreUndoneOneByOne() {
        var controls = RunControls(learningRate: 1e-3, epochs: 10)
        for command in [TrainingCommand.setLearningRate(2e-3), .scaleLearningRate(by: 2)] {
            _ = controls.apply(command, at: start)
        }
        #expect(controls.learningRate == 4e-3)
        _ = controls.apply(.undo, at: start)
        #expect(controls.learningRate == 2e-3)
        _ = controls.apply(.undo, at: start)
        #expect(controls.learningRate == 1e-3)
        let events = controls.apply(.undo, at: start)
        #expect(events.count == 1 && controls.learningRate == 1e-3)
        #expect(controls.interventions.count == 4)
        #expect(controls.interventions.allSatisfy { $0.afterStep == 7 && $0.afterEpoch == 3 })
    }

    @Test(arguments: [Double.nan, .infinity, 0, -1e-3])
    func unusableRatesAreRefused(rate: Double) {
        var controls = RunControls(learningRate: 1e-3, epochs: 10)
        let events = controls.apply(.setLearningRate(rate), at: start)
        #expect(controls.learningRate == 1e-3 && controls.interventions.isEmpty)
        #expect(events.contains { if case .log(let entry) = $0 { entry.level == .warning } else { false } })
    }

    @Test func epochsNeverGoBelowWhatHasBegunNorOverTheTop() {
        var controls = RunControls(learningRate: 1e-3, epochs: 10)
        _ = controls.apply(.addEpochs(-100), at: start)
        #expect(controls.plannedEpochs == 4)
        _ = controls.apply(.addEpochs(.max), at: start)
        #expect(controls.plannedEpochs == TrainingConfiguration.maximumEpochs)
    }

    @Test func steppingPausesAndStoppingAfterTheEpochResumes() {
        var controls = RunControls(learningRate: 1e-3, epochs: 10)
        _ = controls.apply(.step, at: start)
        #expect(controls.isPaused && !controls.isIdle)
        controls.noteBatch()
        #expect(controls.isIdle)
        _ = controls.apply(.stop(.afterEpoch, save: true), at: start)
        #expect(!controls.isPaused && controls.stopAfterEpochSaving == true)
    }
}
