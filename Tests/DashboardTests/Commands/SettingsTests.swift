import Foundation
import Testing
import Training

@testable import Dashboard

/// Residual ratio, dropout, checkpoints and undo, as keys ask for them and events tell of them.
@Suite struct SettingsTests {
    private let training = DashboardState(smallRun(), through: 10)

    private func told(_ state: DashboardState, _ change: Intervention.Change, after step: Int = 10) -> DashboardState {
        var state = state
        _ = state.apply(
            .intervention(Intervention(change: change, afterStep: step, afterEpoch: step / 2, time: Date())))
        return state
    }

    // MARK: keys

    @Test func ratioAndDropoutMoveByTwentiethsFromWhatWasAskedForLast() {
        var state = training
        #expect(state.press(.character(")")) == [.send(.set("ratio", 0.45))])
        #expect(state.press(.character(")")) == [.send(.set("ratio", 0.5))], "a key held down is not lost")
        #expect(state.press(.character("(")) == [.send(.set("ratio", 0.45))])
        #expect(state.press(.character("{")) == [.send(.set("dropout", 0.05))])
        #expect(state.press(.character("{")) == [.send(.set("dropout", 0))])
        #expect(state.press(.character("{")) == [] && state.notice?.text.contains("0.00 already") == true)
        state = told(state, .set(name: "ratio", from: 0.4, to: 0.97))
        #expect(state.press(.character(")")) == [.send(.set("ratio", 1))])
        #expect(state.press(.character(")")) == [])
    }

    @Test func aMethodWithoutThemHasNoKeysForThem() {
        let script = smallRun()
        var description = script.description
        description.settings = ["lr": 0.003]
        var state = DashboardState()
        _ = state.apply(.prepared(description, pictures: script.pictures))
        _ = state.apply(.batch(script.batch(1)))
        for id in [
            DashboardCommand.ID.raiseRatio, .lowerRatio, .typeRatio, .raiseDropout, .lowerDropout, .typeDropout,
            .showRatios,
        ] { #expect(state.perform(id) == [] && state.overlay == nil && state.ratios == nil, "\(id)") }
        let text = DashboardView.draw(
            state, columns: 160, rows: 40, TerminalCapabilities(colors: .none, glyphs: .ascii)
        ).plain
        #expect(!text.contains("ratio") && !text.contains("dropout"))
    }

    @Test func currentSettingsStandBesideTheRate() {
        let state = told(
            told(training, .set(name: "ratio", from: 0.4, to: 0.65)), .set(name: "dropout", from: 0.1, to: 0.3))
        let capabilities = TerminalCapabilities(colors: .indexed256, glyphs: .full)
        let wide = DashboardView.draw(state, columns: 160, rows: 40, capabilities).lines[1]
        #expect(wide.contains("lr 3.0e-3   ratio 0.65   dropout 0.30"))
        let lines = DashboardView.draw(state, columns: 80, rows: 24, capabilities).lines
        #expect(lines[0].contains("ratio 0.65") && lines[0].contains("dropout 0.30") && !lines[1].contains("ratio"))
    }

    @Test(arguments: [
        (DashboardCommand.ID.typeRatio, "0.65", RunControl.set("ratio", 0.65)),
        (.typeRatio, "1", .set("ratio", 1)), (.typeDropout, "0", .set("dropout", 0)),
        (.runEpochs, "3", .runEpochs(3)),
    ])
    func typedValuesAreSent(_ id: DashboardCommand.ID, _ text: String, _ command: RunControl) {
        var state = training
        _ = state.perform(id)
        for key in text { _ = state.press(.character(key)) }
        #expect(state.press(.enter) == [.send(command)])
    }

    @Test(arguments: [
        (DashboardCommand.ID.typeRatio, "1.01"), (.typeRatio, "-0.1"), (.typeRatio, "nan"), (.typeDropout, "1"),
        (.typeDropout, ""), (.runEpochs, "0"), (.runEpochs, "-2"), (.runEpochs, "2.5"),
    ])
    func valuesThatAreRefusedStayToBeCorrected(_ id: DashboardCommand.ID, _ text: String) {
        var state = training
        _ = state.perform(id)
        for key in text { _ = state.press(.character(key)) }
        #expect(state.press(.enter) == [])
        guard case .input(let line)? = state.overlay else {
            Issue.record("the line was closed")
            return
        }
        #expect(line.complaint?.isEmpty == false)
    }

    // MARK: undo

    /// What can be undone is what the run says, whoever has done it.
    @Test func undoSaysWhatItWillSetBack() {
        var state = training
        func tell(_ change: Intervention.Change, _ next: Intervention.Undo?) {
            _ = state.apply(
                .intervention(
                    Intervention(change: change, afterStep: 10, afterEpoch: 5, time: Date(), nextUndo: next)))
        }
        func title() -> String? { Footer.entries(for: state, .full).first { $0.keys == "u" }?.title }
        #expect(state.run.nextUndo == nil && title() == nil)
        tell(.set(name: "ratio", from: 0.4, to: 0.5), .init(name: "ratio", value: 0.4))
        #expect(title() == "undo: ratio to 0.40")
        #expect(state.press(.character("u")) == [.send(.undo)])
        #expect(title() == "undo: ratio to 0.40", "until the run has answered")
        tell(.set(name: "ratio", from: 0.5, to: 0.4, isUndo: true), .init(name: "lr", value: 0.006))
        #expect(title() == "undo: lr to 6.0e-3")
        tell(.set(name: "lr", from: 0.003, to: 0.006, isUndo: true), nil)
        #expect(title() == nil)
    }

    @Test func theLogSaysWhoDidIt() {
        let own = Sender(.viewer(terminal: "pts/2"))
        var state = training
        state.run.readerID = own.id
        _ = state.apply(.log(LogEntry("epochs 5 → 6 at step 10", sender: own)))
        _ = state.apply(.log(LogEntry("epochs 6 → 7 at step 11", sender: Sender(.viewer(terminal: "pts/3")))))
        _ = state.apply(.log(LogEntry("epochs 7 → 8 at step 12", sender: Sender(.ownTerminal))))
        #expect(
            state.run.log.suffix(3).map(\.text) == [
                "epochs 5 → 6 at step 10, by you", "epochs 6 → 7 at step 11, by the viewer on pts/3",
                "epochs 7 → 8 at step 12, by the run's own terminal",
            ])
    }

    @Test(arguments: [
        ("ratio 0.65", Effect.send(.set("ratio", 0.65))), ("lr=2e-3", .send(.set("lr", 2e-3))),
        ("dropout  0", .send(.set("dropout", 0))),
    ])
    func anySettingIsTypedByItsName(_ text: String, _ effect: Effect) {
        var state = training
        #expect(state.press(.character(":")) == [])
        for key in text { _ = state.press(.character(key)) }
        #expect(state.press(.enter) == [effect] && state.overlay == nil)
    }

    @Test(arguments: [
        ("", "this run has lr, ratio, dropout"), ("speed 3", "this run has lr, ratio, dropout"),
        ("ratio", "type a number"), ("ratio 1.5", "the residual ratio must be from 0 to 1"),
        ("lr 0", "the learning rate must be above 0"),
    ])
    func aNameThatTheRunDoesNotHaveIsRefused(_ text: String, _ reason: String) {
        var state = training
        _ = state.press(.character(":"))
        for key in text { _ = state.press(.character(key)) }
        #expect(state.press(.enter) == [])
        guard case .input(let line)? = state.overlay else {
            Issue.record("the line was closed")
            return
        }
        #expect(line.complaint?.contains(reason) == true, "\(line.complaint ?? "")")
    }

    // MARK: marks

    @Test func theCrossHairNamesWhatWasDone() {
        var state = told(training, .set(name: "ratio", from: 0.4, to: 0.5), after: 4)
        _ = state.apply(
            .checkpoint(CheckpointRecord(step: 8, epoch: 4, reason: .asked, file: nil, time: Date())))
        _ = state.apply(
            .checkpoint(CheckpointRecord(step: 6, epoch: 3, reason: .interval, file: nil, time: Date())))
        #expect(state.run.marks.map(\.step) == [4, 8], "only what somebody did")
        _ = state.perform(.crosshair)
        func foot() -> String { CurveChart(.top1, of: state.run, view: state.charts, .full).feet[0].text }
        #expect(foot().contains("best"))
        while state.charts.crosshair ?? 0 > 8 { _ = state.press(.left) }
        #expect(foot() == "checkpoint kept")
        while state.charts.crosshair ?? 0 > 5 { _ = state.press(.left) }
        #expect(foot() == "ratio 0.40 → 0.50")
        #expect(CurveChart(.batchLoss, of: state.run, .full).events == [4, 8])
    }

    @Test func everyMarkHasAText() {
        let changes: [(Intervention.Change, String)] = [
            (.set(name: "lr", from: 0.003, to: 0.006), "lr 3.0e-3 -> 6.0e-3"),
            (.epochs(from: 40, to: 50), "epochs 40 -> 50"),
            (.set(name: "dropout", from: 0, to: 0.2), "dropout 0.00 -> 0.20"), (.testOpened, "test split opened"),
            (.restored(epoch: 7), "epoch 7 restored"), (.resumed, "resumed"), (.detached, "terminal closed"),
            (.attached, "viewer attached"),
        ]
        for (change, text) in changes {
            #expect(RunMark(deed: .change(change), step: 1, epoch: 0).text(.ascii) == text)
        }
    }

    /// A setting of no key of its own is typed by its name, and marked where it took effect.
    @Test func weightDecayIsTypedAndMarked() {
        let script = smallRun()
        var description = script.description
        description.settings["weight-decay"] = 0
        var state = DashboardState()
        _ = state.apply(.prepared(description, pictures: script.pictures))
        _ = state.apply(.batch(script.batch(1)))
        _ = state.press(.character(":"))
        for key in "weight-decay 0.01" { _ = state.press(.character(key)) }
        #expect(state.press(.enter) == [.send(.set("weight-decay", 0.01))])
        state = told(state, .set(name: "weight-decay", from: 0, to: 0.01), after: 1)
        #expect(state.run.marks.map { $0.text(.full) } == ["weight-decay 0 → 1.0e-2"])
        #expect(CurveChart(.batchLoss, of: state.run, .full).events == [1])
        #expect(StatusLine.settings(state.run).map(\.text).contains("weight-decay 1.0e-2"))
    }

    @Test(arguments: [
        (0.003, 0.006, "lr ×2"), (0.006, 0.003, "lr ÷2"), (0.003, 0.00301, "lr 3.0e-3"), (3e-3, 1e30, "lr 1.0e30"),
        (1e30, 3e-3, "lr 3.0e-3"),
    ])
    func theMarkOfARateSaysItsFactorWhileThatSaysSomething(_ from: Double, _ to: Double, _ note: String) {
        let mark = RunMark(deed: .change(.set(name: "lr", from: from, to: to)), step: 1, epoch: 0)
        #expect(mark.note(.full) == note)
    }

    // MARK: the run

    @Test func anEpochBegunAnewLeavesEpochsAndPlanRight() {
        var run = RunModel()
        let script = smallRun()
        for event in script.events(through: 5) { run.apply(event) }
        #expect(run.plannedSteps == 80 && run.epochs(at: 4) == 2)
        run.apply(.state(.halted(step: 5, learningRate: 9, lastFiniteLoss: 1)))
        run.apply(.intervention(Intervention(change: .restored(epoch: 2), afterStep: 5, afterEpoch: 2, time: Date())))
        run.apply(.state(.running))
        for (step, batch) in [(6, 1), (7, 2)] {
            var record = script.batch(step)
            (record.epoch, record.batch) = (3, batch)
            run.apply(.batch(record))
        }
        var epoch = script.epoch(3)
        epoch.step = 7
        run.apply(.epoch(epoch))
        #expect(run.plannedSteps == 81 && run.epochs(at: 7) == 3 && run.epochs(at: 4) == 2)
    }

    @Test func aRunThatIsDoneBeforeItsTimeIsDone() {
        var run = RunModel()
        for event in smallRun().events(through: 20) { run.apply(event) }
        run.apply(.state(.done))
        #expect(run.progress == 1 && StatusLine.counterText(run) == "epoch 10/10" && run.plannedSteps == 20)
        var stopped = RunModel()
        for event in smallRun().events(through: 20) { stopped.apply(event) }
        stopped.apply(.state(.stopped(saved: true)))
        #expect(stopped.progress == 0.25, "what its user ended is as far as it came")
    }
}
