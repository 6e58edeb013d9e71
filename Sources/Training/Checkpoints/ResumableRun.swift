import FewShot
import Foundation
import Store

/// A run that can go on: found, locked, and with the checkpoint it goes on from.
public struct ResumableRun: Sendable {
    /// The run.
    public let run: RunRow
    /// What it was made from.
    public var configuration: TrainingConfiguration { checkpoint.configuration }
    let checkpoint: Checkpoint
    let controls: [RunControl]
    let notes: [LogEntry]
    let lock: RunLock

    /// Finds a run and looks whether it can go on.
    /// - Parameters:
    ///   - query: an ID, a unique prefix of one, a name or `latest`.
    ///   - epochs: how many epochs it is to have in the end; nil for as many as were planned.
    ///   - learningRate: another base rate from here on.
    /// - Throws: `StoreError`, ``ResumeError``.
    public init(
        _ query: String, state: StateDirectory, epochs: Int? = nil, learningRate: Double? = nil
    ) throws {
        let table = RunTable(try StateDatabase(state))
        run = try table.find(query)
        let folder = state.run(run.id)
        guard FileManager.default.fileExists(atPath: folder.path) else { throw ResumeError.noCheckpoint(run.id) }
        lock = try RunLock(folder: folder)
        let (found, problems) = CheckpointFolder(of: folder).newest()
        guard var checkpoint = found else {
            throw problems.first ?? ResumeError.noCheckpoint(run.id)
        }
        notes = problems.map {
            LogEntry("\($0.localizedDescription); going on from the one before", level: .warning)
        }
        let planned = checkpoint.course.controls.plannedEpochs
        var controls: [RunControl] = []
        switch checkpoint.course.ending {
        case .done where epochs.map({ $0 <= checkpoint.epochs.count }) ?? true:
            // The process may have been killed between the last checkpoint and this entry.
            if run.state == RunState.running.word { try table.end(run.id, state: RunState.done.word) }
            throw ResumeError.isDone(run.id, epochs: checkpoint.epochs.count, wanted: epochs)
        case .diverged(let step, let rate, _, _):
            guard let learningRate else { throw ResumeError.diverged(run.id, step: step, learningRate: rate) }
            controls = [.restoreCheckpoint(learningRate: learningRate)]
        default: if let learningRate { controls = [.set(LiveSetting.learningRate.name, learningRate)] }
        }
        if let epochs {
            guard epochs > checkpoint.epochs.count, epochs <= TrainingConfiguration.maximumEpochs else {
                throw ResumeError.tooFewEpochs(run.id, epochs: checkpoint.epochs.count, wanted: epochs)
            }
            if epochs != planned { controls.append(.addEpochs(epochs - planned)) }
        }
        checkpoint.configuration.name = run.name
        self.checkpoint = checkpoint
        self.controls = controls
    }

    /// Looks whether model and data are still those that the run was begun with.
    /// - Throws: ``ResumeError/changed(_:what:)``.
    func check(_ prepared: RunPlan) throws {
        if let what = RunIdentity(prepared).difference(from: checkpoint.identity) {
            throw ResumeError.changed(run.id, what: what)
        }
    }

    /// What happened before the checkpoint: epochs and interventions from the checkpoint itself, which has all of them;
    /// batches, checkpoints and the log from the store, as far as they could be stored.
    func history(in state: StateDirectory) -> [TrainingEvent] {
        let last = checkpoint.course.step
        let stored = (try? RunHistory(StateDatabase(state)).events(of: run.id)) ?? []
        return stored.filter { event in
            switch event {
            // Another process may have come further, and ended before it kept a checkpoint of that.
            case .batch(let record): record.step <= last
            case .checkpoint(let record): record.step <= last
            case .log: true
            default: false
            }
        } + checkpoint.epochs.map { .epoch($0) } + checkpoint.course.controls.interventions.map { .intervention($0) }
    }
}

/// Why a run cannot go on.
public enum ResumeError: Error, Equatable, LocalizedError {
    /// There is nothing to go on from.
    case noCheckpoint(String)
    /// All of its epochs are trained.
    case isDone(String, epochs: Int, wanted: Int?)
    /// More epochs have been trained than are wanted.
    case tooFewEpochs(String, epochs: Int, wanted: Int)
    /// It would only diverge again.
    case diverged(String, step: Int, learningRate: Double)
    /// The model or the data are not what they were.
    case changed(String, what: String)

    /// One readable line.
    public var errorDescription: String? {
        switch self {
        case .noCheckpoint(let id):
            "run \(id) has no checkpoint to go on from; it was discarded, or made by an older cliptop"
        case .isDone(let id, let epochs, let wanted):
            "run \(id) is done, with \(epochs) epochs"
                + (wanted.map { "; --epochs \($0) is not more than that" } ?? "; give --epochs N to train it up to N")
        case .tooFewEpochs(let id, let epochs, let wanted):
            "--epochs \(wanted): run \(id) has \(epochs) epochs; wants a whole number from \(epochs + 1) to "
                + "\(TrainingConfiguration.maximumEpochs)"
        case .diverged(let id, let step, let rate):
            "run \(id) diverged at step \(step) with the learning rate \(NumberFormat.rate(rate)) and would again; "
                + "give a lower one with --lr"
        case .changed(let id, let what): "run \(id) cannot go on: \(what) since it began"
        }
    }
}
