import FewShot
import Foundation
import TestSupport
import Testing

@testable import Training

/// What a live run can be told, and what it answers.
@Suite struct SessionControlsTests {
    @Test func moreEpochsAreRunAndThenItPauses() throws {
        let harness = try SessionHarness()
        harness.session.send(.pause)
        harness.session.send(.runEpochs(2))
        try harness.follow(until: { $0 == .state(.paused) && !harness.epochs.isEmpty })
        #expect(harness.epochs.count == 2)
        harness.session.send(.runEpochs(6))
        let result = try #require(try harness.follow(start: false))
        #expect(result.state == .done && harness.epochs.count == 8)
        #expect(harness.interventions == [.epochs(from: 5, to: 8)])
    }

    @Test func ratioAndDropoutChangeBetweenBatchesAndAreUndoneInTurn() throws {
        let plain = try SessionHarness()
        try plain.follow()
        let harness = try SessionHarness()
        try harness.steps([
            2: [.set("ratio", 0.8), .set("dropout", 0.5)], 4: [.set("lr", 1e-3)],
            6: [.undo, .undo, .undo, .undo], 7: [.set("ratio", 1.5), .set("dropout", 1)],
        ])
        #expect(
            harness.interventions == [
                .set(name: "ratio", from: 0.4, to: 0.8), .set(name: "dropout", from: 0, to: 0.5),
                .set(name: "lr", from: 3e-3, to: 1e-3),
                .set(name: "lr", from: 1e-3, to: 3e-3, isUndo: true),
                .set(name: "dropout", from: 0.5, to: 0, isUndo: true),
                .set(name: "ratio", from: 0.8, to: 0.4, isUndo: true),
            ])
        #expect(harness.log.count { $0.level == .warning && $0.text.contains("must be") } == 2)
        #expect(harness.log.contains { $0.text.contains("nothing to undo") })
        let report = try #require(harness.session.report)
        #expect(report.parameters != plain.session.report?.parameters)
        #expect(report.hyperParameters.number("residual_ratio") == 0.4)
        #expect(try Replay("latest", state: harness.state).repeatRun { _ in }?.difference == nil)
    }

    /// Every method that is trained by an optimiser decays as it was told, records it, and repeats it.
    @Test(arguments: [MethodName.clipAdapter, .tipAdapterF, .channelHead])
    func weightDecayChangesBetweenBatches(name: MethodName) throws {
        func harness(_ decay: Double) throws -> SessionHarness {
            try SessionHarness(change: {
                $0.use(name)
                $0.method.optimiser = .adamW(weightDecay: decay)
                $0.epochs = 5
            })
        }
        let plain = try harness(0)
        try plain.follow()
        let decayed = try harness(0)
        try decayed.steps([3: [.set("weight-decay", 0.5), .set("weight-decay", -1)]])
        #expect(decayed.interventions == [.set(name: "weight-decay", from: 0, to: 0.5)])
        #expect(decayed.log.contains { $0.text == "the weight decay must be 0 or above, not -1.0" })
        let report = try #require(decayed.session.report)
        #expect(report.parameters != plain.session.report?.parameters)
        #expect(try Replay("latest", state: decayed.state).repeatRun { _ in }?.difference == nil)
        // Told before the first step, it is the run that was begun with it.
        let (told, begun) = (try harness(0), try harness(0.5))
        try told.steps([0: [.set("weight-decay", 0.5)]])
        try begun.follow()
        #expect(told.session.report?.parameters == begun.session.report?.parameters)
        #expect(told.session.report?.parameters != report.parameters)
    }

    /// The weights of the best epoch are told, measured and saved with the ratio they were trained with.
    @Test func theBestEpochKeepsItsRatio() throws {
        let harness = try SessionHarness()
        // After the first epoch the rate ruins everything: no later one is better.
        try harness.steps([2: [.set("ratio", 0.9), .set("lr", 10)]])
        let report = try #require(harness.session.report)
        #expect(report.best?.record.epoch == 1)
        #expect(report.best?.hyperParameters.number("residual_ratio") == 0.4)
        #expect(report.hyperParameters.number("residual_ratio") == 0.9)
    }

    @Test(arguments: [MethodName.lpPlusPlus, .tipAdapterF]) func othersRefuse(name: MethodName) throws {
        let harness = try SessionHarness(change: {
            $0.use(name)
            $0.epochs = 5
        })
        harness.session.send(.watchRatios(true))
        try harness.steps([
            1: [.set("ratio", 0.5), .set("dropout", 0.5)],
            2: [.restoreCheckpoint(learningRate: 1.5e-3)],
        ])
        let refused = name == .lpPlusPlus ? 4 : 3
        #expect(harness.log.count { $0.level == .warning } == refused, "\(harness.log.map(\.text))")
        #expect(!harness.events.contains { if case .ratios = $0 { true } else { false } })
    }

    @Test func goingBackBringsWeightsAndOptimiserBackButNoCounter() throws {
        let harness = try SessionHarness()
        try harness.steps([5: [.restoreCheckpoint(learningRate: 1.5e-3)]])
        // Five epochs of two batches, and the one that was thrown away.
        #expect(harness.batches.map(\.step) == Array(1...11))
        #expect(harness.batches.map(\.epoch) == [1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5])
        #expect(harness.batches[5].loss == harness.batches[4].loss)
        #expect(harness.batches[5].learningRate == 1.5e-3)
        #expect(harness.interventions == [.restored(epoch: 2), .set(name: "lr", from: 3e-3, to: 1.5e-3)])
        #expect(try Replay("latest", state: harness.state).repeatRun { _ in }?.difference == nil)
    }

    private func halted(_ harness: SessionHarness, attended: Bool = true) throws -> RunResult? {
        harness.session.send(.attended(attended))
        harness.session.send(.pause)
        harness.session.send(.step)
        return try harness.follow(
            react: { event, session in
                guard case .batch(let record) = event else { return }
                if record.step == 3 { session.send(.set("lr", 1e30)) }
                session.send(.step)
            },
            until: { if case .state(.halted) = $0 { true } else { false } })
    }

    @Test func aLossThatIsNoNumberWaitsForAnAnswer() throws {
        let harness = try SessionHarness()
        #expect(try halted(harness) == nil)
        guard case .halted(let step, 1e30, let loss?, let which?, 3e-3) = harness.states.last else {
            Issue.record("it is \(harness.states)")
            return
        }
        #expect(step == harness.batches.count && loss.isFinite)
        // A rate that breaks the weights shows in the loss after them: of the next batch, or of the validation pictures.
        let isBatch = harness.batches.last?.loss.isFinite == false
        #expect(which == (isBatch ? .batch : .validation(epoch: harness.epochs.count + 1)))
        let place = isBatch ? "batch loss at step \(step)" : "validation loss after epoch \(harness.epochs.count + 1)"
        #expect(harness.log.contains { $0.level == .error && $0.text.hasPrefix("\(place) is not a number") })
        let before = harness.batches.count
        // Going on is refused, with the step that was asked for before the answer was known; going back with a rate that is one works.
        for command in [RunControl.resume, .step, .runEpochs(2), .checkpoint] { harness.session.send(command) }
        harness.session.send(.restoreCheckpoint(learningRate: 1e-3))
        let result = try #require(try harness.follow(start: false))
        #expect(result.state == .done && harness.epochs.count == 5)
        #expect(harness.batches.count > before && harness.batches[before].loss.isFinite)
        // Each of the four commands, and the step that was asked for with the last batch, if it came after the halt.
        let refusals = harness.log.count { $0.level == .warning && $0.text.contains("not a number") }
        #expect(refusals == 4 || refusals == 5, "\(refusals)")
        #expect(harness.states.contains(.running))
        #expect(try Replay("latest", state: harness.state).repeatRun { _ in }?.difference == nil)
    }

    @Test(arguments: [
        TrainingCommand.subscription(.attended(false)), .control(.stop(.now, save: true)),
        .control(.stop(.afterEpoch, save: true)),
    ]) func aHaltedRunEndsWithItsLastGoodWeights(command: TrainingCommand) throws {
        let alone = try SessionHarness()
        let expected = try #require(try halted(alone, attended: false))
        guard case .diverged = expected.state else {
            Issue.record("ended as \(expected.state)")
            return
        }
        let harness = try SessionHarness()
        #expect(try halted(harness) == nil)
        harness.session.send(command)
        let result = try #require(try harness.follow(start: false))
        #expect(result.state == expected.state && result.adapterFile != nil)
        #expect(harness.session.report?.parameters == alone.session.report?.parameters)
        #expect(try Replay("latest", state: harness.state).repeatRun { _ in }?.difference == nil)
    }

    @Test func aHaltedRunCanBeDiscarded() throws {
        let harness = try SessionHarness()
        #expect(try halted(harness) == nil)
        harness.session.send(.stop(.now, save: false))
        #expect(try harness.follow(start: false)?.state == .stopped(saved: false))
    }

    @Test func ratiosAndPinnedPicturesAreToldAfterEveryEpochAndChangeNothing() throws {
        let quiet = try SessionHarness()
        try quiet.follow()
        let pictures =
            quiet.events.lazy.compactMap { event -> [PictureReference]? in
                if case .prepared(_, let pictures) = event { pictures } else { nil }
            }.first ?? []
        let open = Array(pictures.indices.filter { pictures[$0].split != .test }.prefix(2).reversed())
        #expect(open.count == 2)
        let harness = try SessionHarness()
        harness.session.send(.attended(true))
        harness.session.send(.watchRatios(true))
        harness.session.send(.pin(open + [999]))
        harness.session.send(.checkpoint)
        try harness.follow()
        let curves = harness.events.compactMap { if case .ratios(let curve) = $0 { curve } else { nil } }
        #expect(curves.count == 6)
        let last = try #require(curves.last)
        #expect(last.points.count == 21 && last.trainedRatio == 0.4)
        #expect(last.points[0].evaluation == harness.zeroShot)
        #expect(
            last.points[8].evaluation == harness.epochs.last?.validation && last.trained == last.points[8].evaluation)
        let probes = harness.events.compactMap { if case .probes(let record) = $0 { record } else { nil } }
        #expect(probes.map(\.epoch) == [0, 1, 2, 3, 4, 5])
        #expect(probes.allSatisfy { $0.probes.map(\.picture) == open })
        #expect(Set(probes.compactMap { $0.probes.first?.zeroShot }).count == 1)
        #expect(Set(probes.compactMap { $0.probes.first?.adapted }).count > 1)
        #expect(harness.session.report?.parameters == quiet.session.report?.parameters)
        let records = harness.events.compactMap { if case .checkpoint(let record) = $0 { record } else { nil } }
        #expect(records.contains { $0.reason == .asked || $0.reason == .interval })
        #expect(records.last?.reason == .stopped && records.last?.step == 10)
    }

    @Test func aSignalKeepsACheckpoint() throws {
        let harness = try SessionHarness(change: { $0.pace = 20 })
        try harness.follow(react: { event, session in
            guard case .batch(let record) = event, record.step == 3 else { return }
            session.keepCheckpointForSignal()
            session.send(.stop(.now, save: true))
        })
        let records = harness.events.compactMap { if case .checkpoint(let record) = $0 { record } else { nil } }
        #expect(records.last?.reason == .signal)
        #expect(records.last?.step == harness.batches.count)
    }
}
