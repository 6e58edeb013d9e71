import FewShot

/// What happens at the end of an epoch, and when the loss is no longer a number.
extension TrainingLoop {
    func endEpoch() {
        method.endEpoch()
        let logits = method.logits(validation.features)
        let metrics = ClassificationMetrics(logits: logits, labels: validation.labels)
        // A validation loss that is not finite means that the last update broke the weights.
        if let metrics, !metrics.loss.isFinite { return diverge(.validation(epoch: epochs.count + 1)) }
        let record = EpochRecord(
            epoch: epochs.count + 1, step: course.step,
            trainLoss: course.lossSum / Double(max(course.lossCount, 1)), validation: metrics.map(Evaluation.init),
            learningRate: course.lastRate, seconds: clock.epochSeconds)
        epochs.append(record)
        (course.position, course.lossSum, course.lossCount) = (0, 0, 0)
        takeSnapshot()
        let isBest = record.isBest(after: course.bestEpoch.flatMap { epochs[$0 - 1].validation?.loss })
        if isBest {
            best = good.parameters
            (course.bestEpoch, course.bestValues) = (record.epoch, course.controls.values)
        }
        emit(.epoch(record))
        self.record(logits, isBest: isBest)
        feed.noteEpoch(moment)
        course.controls.noteEpoch(record.epoch).forEach(emit)
        ending = endingAfterEpoch(record)
        if ending == nil { beginEpoch() }
        if isBest { bestCheckpoint = checkpointOfBest() }
    }

    private func endingAfterEpoch(_ record: EpochRecord) -> RunState? {
        // A run that is repeated ends where it ended: somebody may have had it go on from what seemed the end.
        if let script, course.step < script.lastStep { return nil }
        if let save = course.controls.stopAfterEpochSaving { return .stopped(saved: save) }
        if method.isConverged {
            emit(.log(LogEntry("converged after \(epochs.count) epochs: further steps would change nothing")))
            return .done
        }
        if let patience = configuration.patience, let best = course.bestEpoch, record.epoch - best >= patience {
            emit(
                .log(
                    LogEntry(
                        "stopped early: no lower loss on the \(validation.count) validation pictures since epoch "
                            + "\(best) (--patience \(patience))")))
            return .done
        }
        return epochs.count >= course.controls.plannedEpochs ? .done : nil
    }

    /// Keeps what the run can go back to. Methods that work out their own steps never do, and may remember much.
    func takeSnapshot() {
        good = Checkpoint.Weights(
            parameters: method.parameters(),
            state: method.ownLearningRate == nil ? method.trainingState() : .init())
    }

    /// NaN or infinity: the weights of the last completed epoch come back. If somebody is there to choose, the run waits;
    /// else it ends with them.
    func diverge(_ loss: DivergedLoss) {
        let end = RunState.diverged(
            step: course.step, learningRate: course.lastRate, lastFiniteLoss: course.lastFiniteLoss, loss: loss)
        let what =
            "\(end.divergedLoss ?? "loss") is not a number (learning rate \(NumberFormat.rate(course.lastRate)))"
        restoreSnapshot()
        defer { feed.predict(moment) }
        guard ending == nil else { return }
        let canGoOn = method.ownLearningRate == nil
        guard canGoOn, feed.isAttended || script?.goesBack(atStep: course.step) ?? false else {
            emit(
                .log(
                    LogEntry(
                        "\(what); the weights of epoch \(epochs.count) are kept; try a lower rate", level: .error)))
            ending = end
            return
        }
        divergence = end
        emit(.log(LogEntry("\(what); waiting: restore with a lower rate, or stop", level: .error)))
        course.controls.halt(
            at: position, learningRate: course.lastRate, lastFiniteLoss: course.lastFiniteLoss, loss: loss
        ).forEach(emit)
    }

    /// Back to the last good weights, as the user asked; the epoch that was under way begins anew.
    func rollBack() {
        course.controls.noteRestored()
        divergence = nil
        restoreSnapshot()
        guard ending == nil else { return }
        beginEpoch()
        feed.predict(moment)
    }

    private func restoreSnapshot() {
        method.restore(good.parameters)
        do {
            if !good.state.isEmpty { try method.restore(good.state) }
        } catch { ending = .failed("cannot go back: \(error)") }
        (course.position, course.lossSum, course.lossCount) = (0, 0, 0)
        dropViews()
    }
}
