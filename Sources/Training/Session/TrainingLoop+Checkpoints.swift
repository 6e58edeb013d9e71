import FewShot
import Foundation

/// What is kept of a run, and how it goes on from there.
extension TrainingLoop {
    /// Everything that going on from this moment takes.
    func checkpoint() -> Checkpoint {
        var course = course
        (course.seconds, course.epochSeconds) = (clock.totalSeconds, clock.epochSeconds)
        course.ending = ending
        return Checkpoint(
            configuration: configuration, identity: identity, course: course, epochs: epochs,
            weights: Checkpoint.Weights(parameters: method.parameters(), state: method.trainingState()), good: good,
            best: best)
    }

    /// The run as it is at the end of its best epoch; its epochs are added when it is written, because a copy of a list that
    /// grows costs as much as the list is long.
    func checkpointOfBest() -> Checkpoint? {
        guard writer != nil, method.ownLearningRate == nil else { return nil }
        var checkpoint = Checkpoint(
            configuration: configuration, identity: identity, course: course, epochs: [], weights: good, good: good,
            best: best)
        (checkpoint.course.seconds, checkpoint.course.epochSeconds) = (clock.totalSeconds, 0)
        (checkpoint.course.position, checkpoint.course.lossSum, checkpoint.course.lossCount) = (0, 0, 0)
        return checkpoint
    }

    /// Has a checkpoint of this moment written.
    func keepCheckpoint(_ reason: CheckpointRecord.Reason) {
        guard let writer, ending == nil, !course.controls.isHalted else { return }
        if case .seconds(let seconds) = configuration.checkpointEvery { nextCheckpoint = clock.totalSeconds + seconds }
        writer.write(checkpoint(), best: completedBest, reason: reason)
    }

    /// ``bestCheckpoint`` with its epochs.
    var completedBest: Checkpoint? {
        guard var checkpoint = bestCheckpoint else { return nil }
        checkpoint.epochs = Array(epochs.prefix(checkpoint.course.bestEpoch ?? 0))
        return checkpoint
    }

    /// Whether it is time for a checkpoint.
    func isCheckpointDue(isEpochOver: Bool) -> Bool {
        guard writer != nil else { return false }
        switch configuration.checkpointEvery {
        case .seconds: return clock.totalSeconds >= nextCheckpoint
        case .epochs(let count): return isEpochOver && epochs.count.isMultiple(of: count)
        case .never: return false
        }
    }

    /// The user wants one now.
    func keepCheckpointNow() {
        guard ending == nil, !course.controls.isHalted else {
            emit(
                .log(
                    LogEntry(
                        "no checkpoint now: " + (ending == nil ? "the loss is not a number" : "the run has ended"),
                        level: .warning)))
            return
        }
        keepCheckpoint(.asked)
    }

    /// Sets everything to what it was when a checkpoint was made.
    func resume(from checkpoint: Checkpoint) {
        course = checkpoint.course
        course.ending = nil
        // What an older version could not set keeps the value of the configuration.
        course.controls.values = prepared.description.settings.merging(course.controls.values) { $1 }
            .filter { prepared.description.settings.keys.contains($0.key) }
        (epochs, best, good) = (checkpoint.epochs, checkpoint.best, checkpoint.good)
        do { try method.restore(checkpoint.weights) } catch {
            ending = .failed("the checkpoint does not fit the run: \(error)")
            return
        }
        applySettings()
        clock = TrainingClock(seconds: course.seconds, epochSeconds: course.epochSeconds)
        if case .seconds(let seconds) = configuration.checkpointEvery { nextCheckpoint = course.seconds + seconds }
        emit(.log(LogEntry("resumed after step \(course.step), \(epochs.count) epochs completed")))
        course.controls.note(.resumed, at: position).forEach(emit)
    }
}
