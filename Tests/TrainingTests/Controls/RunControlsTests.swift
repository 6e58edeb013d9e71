import Testing

@testable import Training

@Suite struct RunControlsTests {
    private let start = RunControls.Position(step: 7, completedEpochs: 3)

    @Test func ratesAreUndoneOneByOne() {
        var controls = RunControls(values: ["lr": 1e-3, "ratio": 0.4], epochs: 10)
        for command in [RunControl.set("lr", 2e-3), .scale("lr", by: 2)] {
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
        var controls = RunControls(values: ["lr": 1e-3, "ratio": 0.4], epochs: 10)
        let events = controls.apply(.set("lr", rate), at: start)
        #expect(controls.learningRate == 1e-3 && controls.interventions.isEmpty)
        #expect(events.contains { if case .log(let entry) = $0 { entry.level == .warning } else { false } })
    }

    @Test func epochsNeverGoBelowWhatHasBegunNorOverTheTop() {
        var controls = RunControls(values: ["lr": 1e-3, "ratio": 0.4], epochs: 10)
        _ = controls.apply(.addEpochs(-100), at: start)
        #expect(controls.plannedEpochs == 4)
        _ = controls.apply(.addEpochs(.max), at: start)
        #expect(controls.plannedEpochs == TrainingConfiguration.maximumEpochs)
    }

    @Test func steppingPausesAndStoppingAfterTheEpochResumes() {
        var controls = RunControls(values: ["lr": 1e-3, "ratio": 0.4], epochs: 10)
        _ = controls.apply(.step, at: start)
        #expect(controls.isPaused && !controls.isIdle)
        controls.noteBatch()
        #expect(controls.isIdle)
        _ = controls.apply(.stop(.afterEpoch, save: true), at: start)
        #expect(!controls.isPaused && controls.stopAfterEpochSaving == true)
    }

    private let alice = Sender(.viewer(terminal: "pts/2"))
    private let bob = Sender(.ownTerminal)

    private func interventions(_ events: [TrainingEvent]) -> [Intervention] {
        events.compactMap { if case .intervention(let intervention) = $0 { intervention } else { nil } }
    }

    /// What can be undone is the run's: whoever undoes, and whoever changed.
    @Test func undoIsOneForAllWhoSendIt() {
        var controls = RunControls(values: ["lr": 1e-3, "ratio": 0.4], epochs: 10)
        var events = controls.apply(.set("lr", 2e-3), at: start, by: alice)
        events += controls.apply(.set("ratio", 0.6), at: start, by: bob)
        // Both press it at the same moment, each meaning the ratio.
        events += controls.apply(.undo, at: start, by: alice)
        events += controls.apply(.undo, at: start, by: bob)
        let made = interventions(events)
        #expect(
            made.map(\.change) == [
                .set(name: "lr", from: 1e-3, to: 2e-3), .set(name: "ratio", from: 0.4, to: 0.6),
                .set(name: "ratio", from: 0.6, to: 0.4, isUndo: true),
                .set(name: "lr", from: 2e-3, to: 1e-3, isUndo: true),
            ])
        #expect(
            made.map(\.nextUndo) == [
                .init(name: "lr", value: 1e-3), .init(name: "ratio", value: 0.4), .init(name: "lr", value: 1e-3), nil,
            ])
        #expect(made.map(\.sender) == [alice, bob, alice, bob])
    }

    @Test func theLogSaysByYouOnlyToWhoDidIt() throws {
        var controls = RunControls(values: ["lr": 1e-3], epochs: 10)
        let events = controls.apply(.set("lr", 2e-3), at: start, by: alice)
        let entry = try #require(events.compactMap { if case .log(let entry) = $0 { entry } else { nil } }.first)
        #expect(entry.text(readBy: alice.id) == "learning rate 1.0e-3 → 2.0e-3 at step 7, by you")
        #expect(entry.text(readBy: bob.id) == "learning rate 1.0e-3 → 2.0e-3 at step 7, by the viewer on pts/2")
        #expect(entry.text(readBy: nil).hasSuffix(", by the viewer on pts/2"))
        let own = controls.apply(.addEpochs(1), at: start, by: bob)
        guard case .log(let line)? = own.first else {
            Issue.record("no log")
            return
        }
        #expect(line.text(readBy: alice.id) == "epochs 10 → 11 at step 7, by the run's own terminal")
    }

    private func halted(_ controls: inout RunControls) -> Double? {
        let events = controls.halt(at: start, learningRate: 1, lastFiniteLoss: 1, loss: .validation(epoch: 4))
        guard case .state(.halted(7, 1, 1, .validation(4), let rate)) = events.first else { return nil }
        return rate
    }

    /// After a rate that was out of proportion, the way back leads to the rate before it, and undo does not bring it back.
    @Test func aRateThatBrokeTheLossIsLeftBehind() {
        var controls = RunControls(values: ["lr": 1e-3, "ratio": 0.4], epochs: 10)
        let before = RunControls.Position(step: 5, completedEpochs: 2)
        _ = controls.apply(.set("lr", 3e-3), at: before)
        for rate in [1e29, 1e30] { _ = controls.apply(.set("lr", rate), at: start) }
        #expect(halted(&controls) == 3e-3)
        _ = controls.apply(.restoreCheckpoint(learningRate: 3e-3), at: start)
        #expect(controls.learningRate == 3e-3 && !controls.isHalted && controls.wantsRestoring)
        #expect(
            controls.interventions.suffix(2).map(\.change) == [
                .restored(epoch: 3), .set(name: "lr", from: 1e30, to: 3e-3),
            ])
        // Diverged once more with that rate: only a lower one can help.
        #expect(halted(&controls) == 1.5e-3)
        _ = controls.apply(.restoreCheckpoint(learningRate: 1.5e-3), at: start)
        _ = controls.apply(.undo, at: start)
        #expect(controls.learningRate == 1e-3, "the rate before the first change")
        _ = controls.apply(.undo, at: start)
        #expect(controls.learningRate == 1e-3)
    }

    @Test func withoutAChangeHalfTheRateIsOffered() {
        var controls = RunControls(values: ["lr": 1e-2], epochs: 10)
        _ = controls.apply(.set("lr", 2e-2), at: RunControls.Position(step: 2, completedEpochs: 1))
        #expect(halted(&controls) == 1e-2)
    }

    @Test func whatAMethodDoesNotDeclareIsRefused() {
        var controls = RunControls(values: ["ratio": 0.4], epochs: 10)
        for command in [
            RunControl.set("lr", 1e-3), .scale("dropout", by: 2), .set("speed", 1), .set("ratio", 1.5),
        ] {
            let events = controls.apply(command, at: start)
            #expect(events.count == 1 && controls.values == ["ratio": 0.4], "\(command): \(events)")
        }
    }
}
