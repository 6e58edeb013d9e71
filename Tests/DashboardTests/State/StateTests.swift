import Foundation
import Testing
import Training

@testable import Dashboard

/// A small made-up run: three classes of nine pictures whose files do not exist.
func smallRun(classes: [String] = ["bird", "coin", "tree"]) -> ScriptedRun {
    ScriptedRun(
        classes: classes.map { name in
            (name, (1...9).map { URL(filePath: "/pictures/\(name)/\($0).png") })
        })
}

extension DashboardState {
    /// The state after a scripted run's events up to a step, with the answers for the picture shown.
    init(_ run: ScriptedRun, through step: Int) {
        self.init()
        for event in run.events(through: step) { _ = apply(event) }
        if let current = browser.current { _ = apply(.prediction(run.prediction(current, step: step))) }
    }
}

@Suite struct RunModelTests {
    @Test func aRunIsTheSumOfItsEvents() {
        var run = RunModel()
        let script = smallRun()
        for event in script.events(through: 21) { run.apply(event) }
        #expect(run.phase == .training && run.state == .running && !run.isEnded)
        #expect(run.step == 21 && run.epoch == 11 && run.epochsDone == 10)
        #expect(run.plannedSteps == 80)
        #expect(run[.batchLoss].count == 21 && run[.top1].count == 10)
        #expect(run[.top1].bins.map(\.lastStep) == Array(stride(from: 2, through: 20, by: 2)))
        #expect(run.progress == 21.0 / 80)
        #expect(run.hasUnsavedWork)
        let best = (1...10).min { script.epoch($0).validation!.loss < script.epoch($1).validation!.loss }
        #expect(run.bestEpoch?.epoch == best)
    }

    /// A method without training: done at once, no curves, and every chart says why.
    @Test func aRunWithoutTrainingIsDoneAtOnce() {
        let script = smallRun()
        var description = script.description
        (description.epochs, description.batchesPerEpoch) = (0, 0)
        var run = RunModel()
        run.apply(.prepared(description, pictures: script.pictures))
        run.apply(.phase(.training))
        run.apply(.finished(RunResult(state: .done, finalTest: script.zeroShot)))
        #expect(run.isTrainingFree && run.isEnded && !run.hasUnsavedWork)
        #expect(run.progress == 1 && run.secondsLeft == nil && run.currentLearningRate == nil)
        #expect(StatusLine.counterText(run) == "nothing to train")
        for chart in Chart.all + [.validationLoss] {
            #expect(CurveChart(chart, of: run, .ascii).waiting == "training-free: no curve")
        }
    }

    @Test func timeLeftComesFromTheLastEpochs() throws {
        var run = RunModel()
        let script = smallRun()
        for event in script.events(through: 1) { run.apply(event) }
        // Before the first epoch: from the speed. 40 epochs of 12 pictures less a step.
        let early = try #require(run.secondsLeft)
        #expect(abs(early - 39.5 * 12 / script.batch(1).samplesPerSecond) < 1e-9)
        for event in script.events(through: 40).dropFirst(9) { run.apply(event) }
        let seconds = (16...20).map { script.epoch($0).seconds }.reduce(0, +) / 5
        #expect(abs(try #require(run.secondsLeft) - 20 * seconds) < 1e-9)
        run.apply(.finished(script.result))
        #expect(run.secondsLeft == nil && !run.hasUnsavedWork && run.isEnded)
    }

    @Test func interventionsChangeTheNextStepsRateAndThePlan() {
        var run = RunModel()
        let script = smallRun()
        for event in script.events(through: 4) { run.apply(event) }
        func tell(_ change: Intervention.Change) {
            run.apply(.intervention(Intervention(change: change, afterStep: 4, afterEpoch: 2, time: Date())))
        }
        #expect(run.currentLearningRate == 0.003)
        tell(.learningRate(from: 0.003, to: 0.006))
        #expect(run.currentLearningRate == 0.006)
        tell(.epochs(from: 40, to: 50))
        #expect(run.plannedEpochs == 50 && run.plannedSteps == 100)
        run.apply(.batch(script.batch(5, rate: 0.006)))
        #expect(run.currentLearningRate == 0.006)
    }

    @Test func logAndInterventionsAreBounded() {
        var run = RunModel()
        for index in 0..<2000 { run.apply(.log(LogEntry("line \(index)"))) }
        #expect(run.log.count == RunModel.logLimit)
        #expect(run.log.last?.text == "line 1999")
    }
}

@Suite struct DashboardStateTests {
    @Test func preparedPicturesAreShownAndAskedFor() {
        var state = DashboardState()
        let script = smallRun()
        #expect(state.apply(.prepared(script.description, pictures: script.pictures)) == [.send(.inspect(picture: 4))])
        #expect(state.currentPicture?.name == "bird/5.png")
        _ = state.apply(.prediction(script.prediction(7, step: 3)))
        #expect(state.currentPrediction == nil, "answers for another picture are not shown for this one")
        _ = state.apply(.prediction(script.prediction(4, step: 3)))
        #expect(state.currentPrediction?.step == 3)
    }

    @Test func arrowsWalkAroundTheSplit() {
        var state = DashboardState(smallRun(), through: 2)
        #expect(state.browser.indices == [4, 5, 6, 7, 13, 14, 15, 16, 22, 23, 24, 25])
        #expect(state.press(.left) == [.send(.inspect(picture: 25))])
        #expect(state.press(.right) == [.send(.inspect(picture: 4))])
        #expect(state.press(.end) == [.send(.inspect(picture: 25))])
        #expect(state.press(.home) == [.send(.inspect(picture: 4))])
        #expect(state.perform(.nextSplit) == [.send(.inspect(picture: 0))])
        #expect(state.browser.split == .train)
        _ = state.perform(.nextSplit)
        #expect(state.browser.split == .test)
        _ = state.perform(.nextSplit)
        #expect(state.browser.split == .validation)
    }

    @Test func aRunWithoutValidationShowsTrainingPictures() {
        var state = DashboardState()
        let script = smallRun()
        let pictures = script.pictures.map { picture in
            var picture = picture
            if picture.split == .validation { picture.split = .test }
            return picture
        }
        _ = state.apply(.prepared(script.description, pictures: pictures))
        #expect(state.browser.split == .train)
    }

    @Test func errorsStayUntilAKey() {
        var state = DashboardState(smallRun(), through: 2)
        _ = state.apply(.log(LogEntry("the disk is full", level: .error)))
        #expect(state.notice?.text == "the disk is full")
        _ = state.apply(.log(LogEntry("all is well")))
        #expect(state.notice != nil)
        _ = state.press(.right)
        #expect(state.notice == nil)
    }

    @Test func divergenceSaysStepRateAndLastLoss() {
        var state = DashboardState(smallRun(), through: 2)
        _ = state.apply(.state(.diverged(step: 7, learningRate: 30, lastFiniteLoss: 2.5)))
        let text = state.notice?.text ?? ""
        #expect(text.contains("step 7") && text.contains("3.0e1") && text.contains("2.50"))
    }

    @Test func theResultOpensByItselfAndReplacesAnOpenQuestion() {
        let script = smallRun()
        var state = DashboardState(script, through: 80)
        _ = state.perform(.quit)
        #expect(state.context == .question)
        #expect(state.apply(.finished(script.result)) == [])
        #expect(state.overlay == .result)
        _ = state.press(.escape)
        #expect(state.overlay == nil)
        #expect(state.perform(.showResult) == [] && state.overlay == .result)
        #expect(state.press(.character("q")) == [.leave], "nothing can be lost any more")
    }
}
