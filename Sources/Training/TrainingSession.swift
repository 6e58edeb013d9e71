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
    private let wishes = Mutex(ViewerWishes())
    private let finishedReport = Mutex<RunReport?>(nil)
    /// The loop with its last weights; only the queue touches it.
    nonisolated(unsafe) private var endedLoop: TrainingLoop?

    /// A session that has not begun.
    public init(_ configuration: TrainingConfiguration, state: StateDirectory) {
        self.configuration = configuration
        self.state = state
        events = hub.subscribe()
    }

    /// Begins; returns at once.
    public func start() { queue.async { [self] in run() } }

    /// The figures of the run, once `TrainingEvent.finished` has been sent; nil if it failed before its first step.
    public var report: RunReport? { finishedReport.withLock { $0 } }

    /// See ``TrainingControl/send(_:)``.
    public func send(_ command: TrainingCommand) { send(command, from: ViewerWishes.own) }

    /// See ``TrainingControl/drainEvents()``.
    public func drainEvents() -> [TrainingEvent] { view(events.drain(), of: ViewerWishes.own) }

    /// See ``TrainingControl/onEvents(_:)``.
    public func onEvents(_ wake: @escaping @Sendable () -> Void) { events.onEvents(wake) }

    /// Another viewer, which gets every event from now on; the session's own view of them is not touched.
    public func makeViewer() -> any TrainingControl { SessionViewer(self, hub) }

    private func run() {
        let (hub, inbox) = (hub, inbox)
        let emit: @Sendable (TrainingEvent) -> Void = { hub.push($0) }
        // One BLAS thread per product: the work is split over pictures instead, and a run's last bits do not depend on
        // how many cores were free.
        OpenBLAS.threads = 1
        emit(.state(.running))
        do {
            let preparation = RunPreparation(
                configuration: configuration, state: state, emit: emit, isCancelled: { inbox.wantsStop })
            let prepared = try preparation.prepare()
            let loop = TrainingLoop(prepared, configuration: configuration, inbox: inbox, emit: emit)
            let report = loop.run()
            let result = conclude(prepared, report)
            finishedReport.withLock { $0 = report }
            endedLoop = loop
            finish(result)
        } catch is PreparationCancelled {
            finish(RunResult(state: .stopped(saved: false)))
        } catch {
            fail(error.localizedDescription)
        }
    }

    private func fail(_ reason: String) {
        hub.push(.log(LogEntry(reason, level: .error)))
        finish(RunResult(state: .failed(reason)))
    }

    private func finish(_ result: RunResult) {
        hub.push(.phase(.finished))
        hub.push(.state(result.state))
        hub.push(.finished(result))
    }

    /// Saves what is to be saved and records the end.
    private func conclude(_ prepared: PreparedRun, _ report: RunReport) -> RunResult {
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
            try RunTable(StateDatabase(state)).end(description.runID, state: result.state.word)
        } catch {
            hub.push(.log(LogEntry(error.localizedDescription, level: .error)))
            result.state = .failed(error.localizedDescription)
        }
        return result
    }

    private func adapterFile(
        _ prepared: PreparedRun, _ parameters: [String: Tensor<Float>], _ hyper: HyperParameters, epoch: Int
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
    func newViewer() -> ViewerWishes.Viewer { wishes.withLock { $0.newViewer() } }

    /// Takes a viewer's command.
    func send(_ command: TrainingCommand, from viewer: ViewerWishes.Viewer) {
        pass(wishes.withLock { ($0.take(command, from: viewer), $0.pictures) })
    }

    /// Forgets what a viewer wanted to know.
    func leave(_ viewer: ViewerWishes.Viewer) {
        pass(wishes.withLock { ($0.leave(viewer), $0.pictures) })
    }

    /// The events that concern a viewer.
    func view(_ events: [TrainingEvent], of viewer: ViewerWishes.Viewer) -> [TrainingEvent] {
        wishes.withLock { wishes in events.compactMap { wishes.view($0, of: viewer) } }
    }

    /// Records that the run's terminal went away and that it goes on without one; asks for a checkpoint.
    public func noteDetached() {
        leave(ViewerWishes.own)
        note(.detached, "the run goes on without a terminal")
        send(.checkpoint)
    }

    /// Records something that happened around the run.
    func note(_ change: Intervention.Change, _ text: String) {
        hub.push(.log(LogEntry(text)))
        inbox.note(change)
    }

    private func pass(_ told: (commands: [TrainingCommand], pictures: [Int])) {
        inbox.inspected = told.pictures
        told.commands.forEach(inbox.send)
        // While the run has the queue, it reads the inbox itself; afterwards questions can still be asked.
        queue.async { [weak self] in
            guard let self, let loop = endedLoop else { return }
            loop.answer(inbox.take())
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
