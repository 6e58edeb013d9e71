import Dispatch
import Foundation
import Synchronization

/// Writes a run's checkpoints on a queue of its own, so that training never waits for a disk.
///
/// A checkpoint that comes while another is being written waits; one that comes while one waits takes its place. A write
/// that fails costs a line in the log: the run goes on, and the checkpoints before it stay.
final class CheckpointWriter: Sendable {
    private struct Job {
        var checkpoint: Checkpoint
        var best: Checkpoint?
        var reason: CheckpointRecord.Reason
    }

    private let folder: CheckpointFolder
    private let hook: @Sendable () -> Void
    private let emit: @Sendable (TrainingEvent) -> Void
    private let queue = DispatchQueue(label: "cliptop.checkpoints", qos: .utility)
    private let waiting = Mutex<Job?>(nil)
    private let bestEpoch = Mutex<Int?>(nil)
    /// Whether the last write failed: what lasts is said once.
    private let isFailing = Mutex(false)

    /// - Parameters:
    ///   - hook: called before a checkpoint becomes visible.
    ///   - emit: takes the events that tell of checkpoints, from any thread.
    init(
        _ folder: CheckpointFolder, hook: @escaping @Sendable () -> Void,
        emit: @escaping @Sendable (TrainingEvent) -> Void
    ) {
        self.folder = folder
        self.hook = hook
        self.emit = emit
    }

    /// Has a checkpoint written, and that of the best epoch with it if it is another than before; returns at once.
    func write(_ checkpoint: Checkpoint, best: Checkpoint?, reason: CheckpointRecord.Reason) {
        waiting.withLock { job in
            // What somebody asked for is still what they get when a newer one takes its place.
            let reason = reason == .interval ? job?.reason ?? reason : reason
            job = Job(checkpoint: checkpoint, best: best, reason: reason)
        }
        queue.async { [self] in
            guard
                let job = waiting.withLock({ job in
                    defer { job = nil }
                    return job
                })
            else { return }
            perform(job)
        }
    }

    /// Waits until everything is written.
    func finish() { queue.sync {} }

    /// Drops what is waiting and removes every checkpoint of the run.
    func discard() {
        waiting.withLock { $0 = nil }
        queue.sync { folder.removeAll() }
    }

    private func perform(_ job: Job) {
        let step = job.checkpoint.course.step
        let url = folder.file(step: step)
        hook()
        do {
            try folder.create()
            if let best = job.best, best.course.bestEpoch != bestEpoch.withLock({ $0 }) {
                try CheckpointFile.write(best, to: folder.best)
                bestEpoch.withLock { $0 = best.course.bestEpoch }
            }
            try CheckpointFile.write(job.checkpoint, to: url)
        } catch {
            return emitFailure(step, error)
        }
        if isFailing.withLock({ wasFailing in
            defer { wasFailing = false }
            return wasFailing
        }) {
            emit(.log(LogEntry("checkpoints can be written again, from step \(step) on")))
        }
        folder.prune(keeping: job.checkpoint.course.ending == .done ? 1 : CheckpointFolder.kept, upTo: step)
        emit(
            .checkpoint(
                CheckpointRecord(
                    step: step, epoch: job.checkpoint.epochs.count, reason: job.reason, file: url, time: Date())))
    }

    private func emitFailure(_ step: Int, _ error: any Error) {
        let isKnown = isFailing.withLock { wasFailing in
            defer { wasFailing = true }
            return wasFailing
        }
        guard !isKnown else { return }
        let rest = folder.steps.first.map { "the one of step \($0) stays" } ?? "there is none so far"
        emit(
            .log(
                LogEntry(
                    "no checkpoint after step \(step): \(error.localizedDescription); the run goes on, and \(rest)",
                    level: .warning)))
    }
}
