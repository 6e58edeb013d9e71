import FewShot
import Foundation
import Store
import Synchronization
import Tensors

/// One run from picture files to a saved adapter, on a background queue.
///
/// The session owns everything that is trained; the world outside sees events and sends commands, and meets it nowhere
/// else. Commands take effect between two batches.
public final class TrainingSession: TrainingControl {
    private let configuration: TrainingConfiguration
    private let state: StateDirectory
    private let queue = DispatchQueue(label: "cliptop.training", qos: .userInitiated)
    let hub = EventHub()
    /// What the session itself, as a ``TrainingControl``, hands out.
    private let events: EventQueue
    private let inbox = CommandInbox()
    /// Writes the course of the run into the store.
    private let recorder: RunRecorder
    /// The terminal of this process.
    private let sender = Sender(.ownTerminal)
    private let subscriptions = Mutex(Subscriptions())
    private let finishedReport = Mutex<RunReport?>(nil)
    /// Where the run begins; nil for fresh weights.
    private let branch: BranchPoint?
    /// The run that goes on; nil for a new one.
    private let resumed: ResumableRun?
    private let recallsHistory: Bool
    /// The loop with its last weights; only the queue touches it.
    nonisolated(unsafe) private var endedLoop: TrainingLoop?
    /// Says that this process trains the run; only the queue touches it.
    nonisolated(unsafe) private var lock: RunLock?

    /// A session that has not begun.
    public init(_ configuration: TrainingConfiguration, state: StateDirectory) {
        self.configuration = configuration
        self.state = state
        branch = nil
        resumed = nil
        recallsHistory = false
        events = hub.subscribe()
        recorder = RunRecorder(hub)
    }

    /// A session in which a new run begins at a checkpoint of another.
    /// - Parameter configuration: the branch's own, changed as its user wants.
    public init(branch: BranchPoint, configuration: TrainingConfiguration, state: StateDirectory) {
        self.configuration = configuration
        self.state = state
        self.branch = branch
        resumed = nil
        recallsHistory = false
        events = hub.subscribe()
        recorder = RunRecorder(hub)
    }

    /// A session in which a run goes on under its own ID, from its newest good checkpoint.
    /// - Parameters:
    ///   - pace: at most this many batches per second; nil for as fast as it goes.
    ///   - recallingHistory: whether the session's own events begin with what the run has behind it. Other viewers of this
    ///     process only get what is new.
    public init(
        resuming run: ResumableRun, state: StateDirectory, pace: Double? = nil, recallingHistory: Bool = false
    ) {
        var configuration = run.configuration
        configuration.pace = pace
        self.configuration = configuration
        self.state = state
        branch = nil
        resumed = run
        recallsHistory = recallingHistory
        lock = run.lock
        events = hub.subscribe()
        recorder = RunRecorder(hub)
    }

    /// Begins; returns at once.
    public func start() { queue.async { [self] in run() } }

    /// The figures of the run, once `TrainingEvent.finished` has been sent; nil if it failed before its first step.
    public var report: RunReport? { finishedReport.withLock { $0 } }

    public func send(_ command: TrainingCommand) { send(command, from: Subscriptions.own, by: sender) }

    public var readerID: Int? { sender.id }

    /// Says that the process was told to end, or that its terminal has gone away: a checkpoint is kept at once.
    public func keepCheckpointForSignal() { inbox.noteSignal() }

    public func drainEvents() -> [TrainingEvent] { view(events.drain(), of: Subscriptions.own) }

    public func onEvents(_ wake: @escaping @Sendable () -> Void) { events.onEvents(wake) }

    /// Another viewer, which gets every event from now on; the session's own view of them is not touched.
    public func makeViewer() -> any TrainingControl { SessionViewer(self, hub) }

    private func run() {
        let (hub, inbox) = (hub, inbox)
        let emit: @Sendable (TrainingEvent) -> Void = { [weak self] event in
            hub.push(event)
            if case .zeroShot = event { self?.recallHistory() }
        }
        emit(.state(.running))
        do {
            try OpenBLAS.prepare()
            let preparation = RunPreparation(
                configuration: configuration, state: state, emit: emit, isCancelled: { inbox.wantsStop })
            resumed?.notes.forEach { emit(.log($0)) }
            var prepared = try preparation.prepare(resumed?.run)
            let database = try StateDatabase(state)
            if let resumed {
                try resumed.check(prepared)
                prepared.description.epochs = resumed.checkpoint.course.controls.plannedEpochs
            } else {
                lock = try RunLock(folder: prepared.description.folder)
            }
            recorder.begin(prepared, configuration: configuration, database: database)
            if let branch {
                try branch.check(prepared)
                try CheckpointFile.write(branch.checkpoint, to: BranchPoint.file(in: prepared.description.folder))
            }
            // What a checkpoint has behind it is in the store before the checkpoint can be seen.
            let writer = CheckpointWriter(
                CheckpointFolder(of: prepared.description.folder),
                hook: { [recorder] in recorder.flush() }, emit: emit)
            let loop = TrainingLoop(
                prepared, configuration: configuration, inbox: inbox,
                beginning: TrainingLoop.Beginning(
                    checkpoint: resumed?.checkpoint, start: branch?.checkpoint, controls: resumed?.controls ?? [],
                    writer: writer,
                    recorder: recorder), emit: emit)
            let report = loop.run()
            let result = conclude(prepared, report, loop, writer)
            finishedReport.withLock { $0 = report }
            endedLoop = loop
            finish(result)
            // The loop waits at the inbox no more: what arrives from here on is answered on the queue.
            inbox.onArrival { [weak self] in self?.answerAfterEnd() }
        } catch is PreparationCancelled {
            finish(RunResult(state: .stopped(saved: false)))
        } catch {
            fail(error.localizedDescription)
        }
    }

    /// Tells the session's own viewer what the run has behind it.
    private func recallHistory() {
        guard recallsHistory else { return }
        var past = RunLogSoFar()
        eventsBefore().forEach { past.apply($0) }
        past.events.forEach(events.push)
    }

    private func fail(_ reason: String) {
        hub.push(.log(LogEntry(reason, level: .error)))
        finish(RunResult(state: .failed(reason)))
    }

    private func finish(_ result: RunResult) {
        // Viewers may leave with the process once they know of the end: it is stored before.
        recorder.finish(result)
        lock?.release()
        // Together: a process that leaves once the state is an end has the results too, and its viewers with it.
        hub.push([.phase(.finished), .state(result.state), .finished(result)])
    }

    /// Saves what is to be saved and records the end.
    private func conclude(
        _ prepared: RunPlan, _ report: RunReport, _ loop: TrainingLoop, _ writer: CheckpointWriter
    ) -> RunResult {
        var result = report.result
        let description = prepared.description
        do {
            if report.isSaved {
                let url = description.folder.appending(path: "adapter.safetensors")
                try adapterFile(prepared, report.parameters, report.hyperParameters, epoch: report.epochs.count).write(
                    to: url, width: prepared.classifier.columns)
                result.adapterFile = url
                hub.push(.log(LogEntry("saved the adapter as \(url.path)")))
            }
            if report.isSaved, let best = report.best {
                let url = description.folder.appending(path: "best.safetensors")
                try adapterFile(prepared, best.parameters, best.hyperParameters, epoch: best.record.epoch).write(
                    to: url, width: prepared.classifier.columns)
            }
            if report.isKept {
                try FileManager.default.createDirectory(at: description.folder, withIntermediateDirectories: true)
                try ResultsFile(report).write(to: description.folder.appending(path: "results.json").path)
                if let selection = prepared.selection {
                    try OutputFile(description.folder.appending(path: selection.fileName).path)
                        .write(selection.encoded())
                }
            }
            // After the adapter: a checkpoint that says the run has ended must not outlive one that was never written.
            if report.state == .stopped(saved: false) {
                writer.discard()
            } else if let last = loop.lastCheckpoint {
                writer.write(last, best: loop.completedBest, reason: loop.endReason)
                writer.finish()
            }
            try RunTable(StateDatabase(state)).end(description.runID, state: result.state.word)
        } catch {
            hub.push(.log(LogEntry(error.localizedDescription, level: .error)))
            result.state = .failed(error.localizedDescription)
        }
        return result
    }

    private func adapterFile(
        _ prepared: RunPlan, _ parameters: [String: Tensor<Float>], _ hyper: HyperParameters, epoch: Int
    ) -> AdapterFile {
        let description = prepared.description
        return AdapterFile(
            kind: configuration.method.name, parameters: parameters, hyper: hyper,
            classNames: description.classNames, templates: prepared.prompts.templates.map(\.text),
            prompts: prepared.prompts.areTemplatesOnly ? nil : prepared.prompts.sentences, modelName: description.model,
            modelChecksum: prepared.model.weightsChecksum,
            training: [
                "data": description.dataset, "shots": "\(description.shots)", "seed": "\(description.seed)",
                "epochs": "\(epoch)", "run": description.runID,
                "augment": "\(configuration.augment)",
            ].merging(configuration.provenance) { own, _ in own })
    }
}

// MARK: viewers

extension TrainingSession {
    /// A number for one more viewer.
    func newViewer() -> Subscriptions.Viewer { subscriptions.withLock { $0.newViewer() } }

    /// Takes a viewer's command.
    func send(_ command: TrainingCommand, from viewer: Subscriptions.Viewer, by sender: Sender) {
        switch command {
        case .control(let control): inbox.send(control, by: sender)
        case .query(let query): inbox.send(subscriptions.withLock { $0.number(query, of: viewer) })
        case .subscription(let new): pass(subscriptions.withLock { ($0.take(new, from: viewer), $0.pictures) })
        }
    }

    /// Forgets what a viewer wanted to know.
    func leave(_ viewer: Subscriptions.Viewer) {
        pass(subscriptions.withLock { ($0.leave(viewer), $0.pictures) })
    }

    /// The events that concern a viewer.
    func view(_ events: [TrainingEvent], of viewer: Subscriptions.Viewer) -> [TrainingEvent] {
        subscriptions.withLock { subscriptions in events.compactMap { subscriptions.view($0, of: viewer) } }
    }

    /// Records that the run's terminal went away and that it goes on without one; asks for a checkpoint.
    public func noteDetached() {
        leave(Subscriptions.own)
        note(.detached)
        send(.checkpoint)
    }

    /// What the run had behind it when this process took it up; nothing of a new run.
    func eventsBefore() -> [TrainingEvent] { resumed?.history(in: state) ?? [] }

    /// Records something that happened around the run.
    /// - Parameter text: the line of the log; nil for the words of the change.
    func note(_ change: Intervention.Change, _ text: String? = nil) {
        hub.push(.log(LogEntry(text ?? change.words())))
        inbox.note(change)
    }

    private func pass(_ new: (subscriptions: [ViewerSubscription], pictures: [Int])) {
        inbox.inspected = new.pictures
        for subscription in new.subscriptions { inbox.send(subscription) }
    }

    /// Answers, with the last weights, what was asked since the run ended or has become ready since.
    private func answerAfterEnd() {
        queue.async { [weak self] in
            guard let self, let loop = endedLoop else { return }
            loop.feed.answer(loop.moment)
            for (control, _) in inbox.takeControls() where control == .checkpoint { loop.keepCheckpointNow() }
        }
    }
}

extension RunState {
    /// One word for tables and databases.
    public var word: String {
        switch self {
        case .running: "running"
        case .paused: "paused"
        case .halted: "halted"
        case .done: "done"
        case .stopped: "stopped"
        case .diverged: "diverged"
        case .failed: "failed"
        }
    }
}
