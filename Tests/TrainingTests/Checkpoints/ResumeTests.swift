import FewShot
import Foundation
import Store
import Tensors
import TestSupport
import Testing

@testable import Training

@Suite struct ResumeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var commands: [Int: [RunControl]] = [:]
        var change: @Sendable (inout TrainingConfiguration) -> Void
    }

    static let cases = [
        Case(
            testDescription: "adapter with dropout and a cosine, steered before and after the break",
            commands: [
                2: [.set("lr", 2e-3), .set("ratio", 0.7)], 3: [.set("dropout", 0.4)],
                6: [.undo, .scale("lr", by: 0.5)], 7: [.restoreCheckpoint(learningRate: 7e-4)],
                9: [.undo, .undo, .addEpochs(1)],
            ],
            change: {
                $0.schedule = LearningRateSchedule(.cosine, warmUpEpochs: 1)
                $0.method["dropout"] = 0.2
            }),
        Case(testDescription: "augmented", commands: [6: [.restoreCheckpoint(learningRate: nil)]]) {
            $0.augment = true
        },
        Case(testDescription: "both sides with a learned ratio, sgd") {
            $0.method["branch"] = "both"
            $0.method["ratio-mode"] = "learnable"
            $0.method.optimiser = .sgd()
        },
        Case(testDescription: "sweep") { $0.method["ratio-mode"] = "sweep" },
        Case(testDescription: "tip-adapter-f") { $0.use(.tipAdapterF) },
        Case(testDescription: "channel head") { $0.use(.channelHead) },
        Case(testDescription: "lp++") {
            $0.use(.lpPlusPlus)
        },
        Case(testDescription: "linear probe") {
            $0.use(.linearProbe)
        },
    ]

    /// Stopped in the middle of an epoch and resumed, twice: as if it had never stopped.
    @Test(arguments: cases) func goesOnBitByBit(_ test: Case) throws {
        let settings: (inout TrainingConfiguration) -> Void = {
            test.change(&$0)
            let isFullBatch = [.lpPlusPlus, .linearProbe].contains($0.method.name)
            ($0.epochs, $0.batchSize) = (isFullBatch ? 12 : 5, 4)
        }
        let whole = try SessionHarness(change: settings)
        try whole.steps(test.commands)
        let expected = try #require(whole.session.report)

        let first = try SessionHarness(change: settings)
        try first.steps(test.commands, stopAfter: 3)
        #expect(first.states.last == .stopped(saved: true))
        let second = try SessionHarness(resuming: first)
        try second.steps(test.commands, stopAfter: 6)
        let third = try SessionHarness(resuming: second)
        // What was sent after the last step before the break is not sent again.
        try third.steps(test.commands.filter { $0.key > 6 })
        // The commands of the stop came before it: those of the sixth step took effect in the second part.
        let report = try #require(third.session.report)
        #expect(report.state == expected.state)
        #expect(report.parameters == expected.parameters && !report.parameters.isEmpty)
        #expect(report.best?.parameters == expected.best?.parameters)
        #expect(report.hyperParameters == expected.hyperParameters)
        #expect(report.steps == expected.steps)
        #expect(report.epochs.map(\.trainLoss) == expected.epochs.map(\.trainLoss))
        #expect(report.epochs.map(\.validation) == expected.epochs.map(\.validation))
        #expect(report.search == expected.search)
        let changes = report.interventions.map(\.change)
        #expect(changes.count { $0 == .resumed } == 2)
        #expect(changes.filter { $0 != .resumed } == expected.interventions.map(\.change))
        #expect(report.description.runID == first.session.report?.description.runID)
        #expect(try RunTable(StateDatabase(first.state)).all().map(\.state) == ["done"])
        #expect(try Replay("latest", state: first.state).repeatRun { _ in }?.difference == nil)
    }

    @Test func aFinishedRunGoesOnOnlyForMoreEpochs() throws {
        let whole = try SessionHarness(change: { $0.epochs = 8 })
        try whole.follow()
        let harness = try SessionHarness()
        try harness.follow()
        let id = try #require(harness.session.report?.description.runID)
        #expect(throws: ResumeError.isDone(id, epochs: 5, wanted: nil)) { try SessionHarness(resuming: harness) }
        #expect(throws: ResumeError.isDone(id, epochs: 5, wanted: 4)) {
            try SessionHarness(resuming: harness, epochs: 4)
        }
        let longer = try SessionHarness(resuming: harness, epochs: 8, recalling: true)
        try longer.follow()
        #expect(longer.session.report?.parameters == whole.session.report?.parameters)
        #expect(longer.session.report?.epochs.count == 8)
        #expect(longer.epochs.map(\.epoch) == Array(1...8))
        #expect(longer.interventions == [.resumed, .epochs(from: 5, to: 8)])
        #expect(try Replay(id, state: harness.state).repeatRun { _ in }?.difference == nil)
    }

    @Test func theOwnViewerOfAResumedRunGetsWhatIsBehindIt() throws {
        let harness = try SessionHarness()
        try harness.steps([2: [.scale("lr", by: 2)], 3: [.checkpoint]], stopAfter: 5)
        let resumed = try SessionHarness(resuming: harness, recalling: true)
        try resumed.follow()
        #expect(resumed.batches.map(\.step) == Array(1...10))
        #expect(Array(resumed.batches.prefix(5)).map(\.loss) == harness.batches.map(\.loss))
        #expect(Array(resumed.batches.prefix(5)).map(\.learningRate) == harness.batches.map(\.learningRate))
        #expect(resumed.epochs.map(\.epoch) == Array(1...5))
        #expect(resumed.interventions.count == 2 && resumed.interventions.last == .resumed)
        // The log goes on where it was.
        #expect(resumed.log.contains { $0.text.hasPrefix("learning rate 3.0e-3 → 6.0e-3") })
    }

    @Test func onlyOneProcessTrainsARun() throws {
        let harness = try SessionHarness()
        try harness.steps(stopAfter: 3)
        let id = try #require(harness.session.report?.description.runID)
        let resumed = try SessionHarness(resuming: harness)
        #expect(throws: StoreError.runIsLive(id, process: getpid())) { try SessionHarness(resuming: harness) }
        #expect(RunLock.owner(folder: harness.state.run(id)) == getpid())
        try resumed.follow()
        #expect(RunLock.owner(folder: harness.state.run(id)) == nil)

        let live = try SessionHarness()
        live.session.send(.pause)
        try live.follow(until: { if case .checkpoint = $0 { true } else { false } })
        #expect(throws: StoreError.self) { try SessionHarness(resuming: live) }
        live.session.send(.stop(.now, save: true))
        try live.follow(start: false)
        _ = try SessionHarness(resuming: live)
    }

    @Test(arguments: ["list", "content", "classes", "model"]) func whatHasChangedIsNamed(what: String) throws {
        let model = try Fixtures.temporaryFolder().appending(path: "Model")
        defer { try? FileManager.default.removeItem(at: model.deletingLastPathComponent()) }
        try FileManager.default.copyItem(at: Fixtures.samples.appending(path: "Model"), to: model)
        let harness = try SessionHarness(change: { $0.model = model })
        try harness.steps(stopAfter: 3)
        let data = harness.folder.appending(path: "data")
        let files = try FileManager.default.contentsOfDirectory(atPath: data.appending(path: "bird").path)
        switch what {
        case "list": try FileManager.default.removeItem(at: data.appending(path: "bird/\(files[0])"))
        case "content":
            let other = Fixtures.samples.appending(path: "Images/tree")
            let pictures = try FileManager.default.contentsOfDirectory(atPath: other.path).sorted()
            for (file, picture) in zip(files, pictures) {
                let url = data.appending(path: "bird/\(file)")
                try FileManager.default.removeItem(at: url)
                try FileManager.default.createSymbolicLink(
                    at: url, withDestinationURL: other.appending(path: picture))
            }
        case "classes":
            try FileManager.default.moveItem(at: data.appending(path: "tool"), to: data.appending(path: "wrench"))
        default:
            let file = try FileHandle(forUpdating: model.appending(path: "open_clip_model.safetensors"))
            let end = try file.seekToEnd()
            try file.seek(toOffset: end - 1)
            try file.write(contentsOf: Data([0x3c]))
            try file.close()
        }
        let resumed = try SessionHarness(resuming: harness)
        let result = try #require(try resumed.follow())
        guard case .failed(let reason) = result.state else {
            Issue.record("ended as \(result.state)")
            return
        }
        #expect(reason.contains(what == "classes" ? "classes" : what == "model" ? "weights of the model" : what))
        #expect(reason.contains("cannot go on") && !reason.contains("\n"), "\(reason)")
        #expect(resumed.batches.isEmpty)
        // Nothing is lost: put back as it was, the run goes on.
        #expect(try harness.checkpoints().newest().checkpoint?.course.step == 3)
    }

    @Test func aDamagedCheckpointIsPassedOver() throws {
        let whole = try SessionHarness()
        try whole.follow()
        let harness = try SessionHarness(change: { $0.checkpointEvery = .epochs(1) })
        try harness.steps(stopAfter: 7)
        let folder = try harness.checkpoints()
        let steps = folder.steps
        #expect(steps.first == 7 && steps.count > 1)
        let newest = folder.file(step: 7)
        try Data(contentsOf: newest).dropLast(100).write(to: newest)
        let resumed = try SessionHarness(resuming: harness)
        try resumed.follow()
        #expect(resumed.log.contains { $0.level == .warning && $0.text.contains("step-7.safetensors is damaged") })
        #expect(resumed.session.report?.parameters == whole.session.report?.parameters)

        let lost = try SessionHarness()
        try lost.steps(stopAfter: 2)
        let files = try lost.checkpoints()
        for step in files.steps { try Data("no".utf8).write(to: files.file(step: step)) }
        #expect(throws: CheckpointError.self) { try SessionHarness(resuming: lost) }
    }

    @Test func aRunThatDivergedNeedsALowerRate() throws {
        let harness = try SessionHarness(change: { $0.learningRate = 1e30 })
        try harness.follow()
        #expect(throws: ResumeError.self) { try SessionHarness(resuming: harness) }
        let resumed = try SessionHarness(resuming: harness, learningRate: 1e-3)
        let result = try #require(try resumed.follow())
        #expect(result.state == .done)
        #expect(resumed.interventions.contains(.set(name: "lr", from: 1e30, to: 1e-3)))
        #expect(resumed.interventions.contains { if case .restored = $0 { true } else { false } })
        #expect(try Replay("latest", state: harness.state).repeatRun { _ in }?.difference == nil)
    }

    @Test func aDiscardedRunLeavesNothing() throws {
        let harness = try SessionHarness(change: { $0.pace = 20 })
        try harness.follow(react: { event, session in
            if case .batch = event { session.send(.stop(.now, save: false)) }
        })
        #expect(throws: ResumeError.self) { try SessionHarness(resuming: harness) }
        #expect(throws: ResumeError.self) { try Replay("latest", state: harness.state) }
    }

    @Test func aReplayFindsWhatDiffers() throws {
        let harness = try SessionHarness()
        let result = try #require(try harness.steps([3: [.set("lr", 1e-2)], 5: [.set("ratio", 0.9)]]))
        let url = try #require(result.adapterFile)
        let same = try #require(try Replay("latest", state: harness.state).repeatRun { _ in })
        #expect(same.difference == nil && same.steps == 10 && same.epochs == 5 && same.interventions == 2)
        #expect(
            same.compared.map(\.lastPathComponent) == [
                "step-10.safetensors", "adapter.safetensors", "best.safetensors",
            ])
        var file = try AdapterFile(contentsOf: url)
        let name = "visual_adapter.fc.2.weight"
        file.parameters[name]?.values[17] += 1e-6
        try file.write(to: url, width: 320)
        let other = try #require(try Replay("latest", state: harness.state).repeatRun { _ in })
        #expect(other.difference == Replay.Difference(tensor: name, file: url, numbers: 1, count: 320 * 80))
    }
}
