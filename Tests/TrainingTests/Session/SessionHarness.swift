import FewShot
import Foundation
import Store
import Tensors
import TestSupport
import Testing

@testable import Training

/// A session on a few of the sample's pictures, driven as a viewer drives it.
final class SessionHarness {
    let session: TrainingSession
    let folder: URL
    /// The harness whose run goes on in this one; it keeps the folder.
    private let origin: SessionHarness?
    private(set) var events: [TrainingEvent] = []

    /// `classes` of the sample with `pictures` each; `change` adjusts the settings.
    init(
        classes: [String] = ["bird", "coin", "tool"], pictures: Int = 8,
        change: (inout TrainingConfiguration) -> Void = { _ in }, prepare: (URL) throws -> Void = { _ in }
    ) throws {
        folder = try Fixtures.temporaryFolder()
        let data = folder.appending(path: "data")
        for name in classes {
            let source = Fixtures.samples.appending(path: "Images").appending(path: name)
            let target = data.appending(path: name)
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            let files = try FileManager.default.contentsOfDirectory(atPath: source.path).sorted().prefix(pictures)
            for file in files {
                try FileManager.default.createSymbolicLink(
                    at: target.appending(path: file), withDestinationURL: source.appending(path: file))
            }
        }
        try prepare(data)
        var configuration = TrainingConfiguration(model: Fixtures.samples.appending(path: "Model"), data: data)
        configuration.shots = 2
        configuration.validation = .perClass(2)
        configuration.epochs = 5
        configuration.batchSize = 4
        configuration.method["ratio"] = 0.4
        configuration.learningRate = 3e-3
        configuration.schedule = LearningRateSchedule()
        change(&configuration)
        origin = nil
        session = TrainingSession(configuration, state: StateDirectory(folder.appending(path: "state")))
    }

    /// A session that begins at a checkpoint of `origin`, in its state directory.
    init(
        branching origin: SessionHarness, at moment: BranchPoint.Moment = .newest,
        change: (inout TrainingConfiguration) -> Void = { _ in }
    ) throws {
        self.origin = origin
        folder = origin.folder
        let branch = try BranchPoint("latest", at: moment, state: origin.state)
        var configuration = branch.configuration
        change(&configuration)
        session = TrainingSession(branch: branch, configuration: configuration, state: origin.state)
    }

    /// The newest run of another harness, going on.
    init(resuming origin: SessionHarness, epochs: Int? = nil, learningRate: Double? = nil, recalling: Bool = false)
        throws
    {
        self.origin = origin
        folder = origin.folder
        let run = try ResumableRun("latest", state: origin.state, epochs: epochs, learningRate: learningRate)
        session = TrainingSession(resuming: run, state: origin.state, recallingHistory: recalling)
    }

    deinit { if origin == nil { try? FileManager.default.removeItem(at: folder) } }

    var state: StateDirectory { StateDirectory(folder.appending(path: "state")) }

    /// The checkpoints of the newest run.
    func checkpoints() throws -> CheckpointFolder {
        CheckpointFolder(of: state.run(try RunTable(StateDatabase(state)).find("latest").id))
    }

    /// Trains step by step, so that what is sent takes effect exactly where it is wanted: `commands` after their steps.
    @discardableResult
    func steps(_ commands: [Int: [RunControl]] = [:], stopAfter last: Int? = nil) throws -> RunResult? {
        session.send(.pause)
        // A run that goes on may be told something before its first step.
        (commands[0] ?? []).forEach(session.send)
        session.send(.step)
        return try follow(react: { event, session in
            guard case .batch(let record) = event else { return }
            (commands[record.step] ?? []).forEach(session.send)
            session.send(record.step == last ? .stop(.now, save: true) : .step)
        })
    }

    /// Starts the session and answers events until `isEnough`, or until the session has ended.
    @discardableResult
    func follow(
        start: Bool = true, react: (TrainingEvent, TrainingSession) -> Void = { _, _ in },
        until isEnough: (TrainingEvent) -> Bool = { _ in false }
    ) throws -> RunResult? {
        let arrived = DispatchSemaphore(value: 0)
        session.onEvents { arrived.signal() }
        if start { session.start() }
        while true {
            try #require(arrived.wait(timeout: .now() + 60) == .success, "the session fell silent")
            for event in session.drainEvents() {
                events.append(event)
                react(event, session)
                if case .finished(let result) = event { return result }
                if isEnough(event) { return nil }
            }
        }
    }

    /// Asks about a picture, after the end, and waits for the answer.
    func classify(_ request: ClassifyRequest) throws -> ClassifyAnswer {
        session.send(.classify(request))
        var found: ClassifyAnswer?
        try follow(
            start: false,
            until: {
                guard case .classified(let answer) = $0, answer.request.number == request.number else { return false }
                found = answer
                return true
            })
        return try #require(found)
    }

    var batches: [BatchRecord] { events.compactMap { if case .batch(let record) = $0 { record } else { nil } } }
    var epochs: [EpochRecord] { events.compactMap { if case .epoch(let record) = $0 { record } else { nil } } }
    var interventions: [Intervention.Change] {
        events.compactMap { if case .intervention(let intervention) = $0 { intervention.change } else { nil } }
    }
    var zeroShot: Evaluation? {
        events.lazy.compactMap { if case .zeroShot(let evaluation?) = $0 { evaluation } else { nil } }.first
    }
    var states: [RunState] { events.compactMap { if case .state(let state) = $0 { state } else { nil } } }
    var log: [LogEntry] { events.compactMap { if case .log(let entry) = $0 { entry } else { nil } } }
}
