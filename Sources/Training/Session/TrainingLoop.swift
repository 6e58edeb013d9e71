import FewShot
import Foundation
import Pictures
import Tensors

/// The training itself: batches, epochs, validation, and the controls between two batches.
///
/// Everything happens on one queue. Between two batches the loop reads its inbox; when it has nothing to do (paused,
/// paced, or waiting for views) it sleeps until somebody signals. Extensions have what happens at the end of an epoch, what is
/// kept, and what is reported; ``ViewerFeed`` answers viewers.
final class TrainingLoop {
    /// Where a loop begins, and what it is told besides its inbox.
    struct Beginning {
        /// The moment to go on from; nil for the start.
        var checkpoint: Checkpoint?
        /// The checkpoint of another run whose weights it starts with; nil for fresh ones.
        var start: Checkpoint?
        /// What was wanted when the run was resumed.
        var controls: [RunControl] = []
        /// The recorded run that is repeated.
        var script: ReplayScript?
        /// Where checkpoints go; nil to keep none.
        var writer: CheckpointWriter?
        /// What writes the course of the run into the store; nil to keep none.
        var recorder: RunRecorder?
    }

    let prepared: RunPlan
    let configuration: TrainingConfiguration
    let inbox: CommandInbox
    let emit: @Sendable (TrainingEvent) -> Void
    let method: any AdaptationMethod
    let train: LabelledFeatures
    let validation: LabelledFeatures
    let zeroShotValidation: ClassificationMetrics?
    private let batchSize: Int
    private let beginning: Beginning

    // The course of the run.
    var course: LoopState
    var epochs: [EpochRecord] = []
    var best: [String: Tensor<Float>]?
    var good: Checkpoint.Weights
    var clock = TrainingClock()
    var ending: RunState?
    /// How the run ends if nobody finds a way out of a loss that is not a number.
    var divergence: RunState?
    var script: ReplayScript?
    private var order: [Int] = []
    private var views: AugmentedViews?

    // What is kept of it.
    let writer: CheckpointWriter?
    let recorder: RunRecorder?
    var bestCheckpoint: Checkpoint?
    var nextCheckpoint = 0.0
    /// The run as it was when its last step had been taken, before anything was searched.
    var lastCheckpoint: Checkpoint?
    /// What the end, should it come, is due to.
    private(set) var endReason = CheckpointRecord.Reason.stopped
    private(set) lazy var identity = RunIdentity(prepared)

    /// Answers viewers.
    let feed: ViewerFeed

    init(
        _ prepared: RunPlan, configuration: TrainingConfiguration, inbox: CommandInbox,
        beginning: Beginning = Beginning(), emit: @escaping @Sendable (TrainingEvent) -> Void
    ) {
        self.prepared = prepared
        self.configuration = configuration
        self.inbox = inbox
        self.emit = emit
        self.beginning = beginning
        method = prepared.method
        script = beginning.script
        writer = beginning.writer
        recorder = beginning.recorder
        batchSize = max(prepared.description.batchSize, 1)
        train = prepared.part(.train)
        validation = prepared.part(.validation)
        course = LoopState(
            controls: RunControls(
                values: prepared.description.settings, epochs: prepared.description.epochs,
                isScheduled: configuration.schedule.isMoving))
        good = Checkpoint.Weights(parameters: [:], state: TrainingState())
        zeroShotValidation = ClassificationMetrics(
            logits: prepared.zeroShot.logits(validation.features), labels: validation.labels)
        feed = ViewerFeed(
            prepared, configuration: configuration, validation: validation,
            zeroShot: zeroShotValidation.map(Evaluation.init), inbox: inbox, emit: emit)
    }

    /// The weights as they are, for whoever asks.
    var moment: ViewerFeed.Moment {
        ViewerFeed.Moment(
            method: method, step: course.step, epoch: epochs.count, isEnded: ending != nil,
            controls: course.controls)
    }

    /// The order of the training pictures in an epoch: a fresh permutation, a function of the seed and the epoch.
    static func order(epoch: Int, count: Int, seed: Int) -> [Int] {
        var generator = SeededGenerator(seed: seed, purpose: "shuffle", epoch)
        return generator.permutation(count)
    }

    /// Trains until the last epoch, until nothing changes any more, or until told to stop.
    func run() -> RunReport {
        defer { views?.stop() }
        emit(.prepared(prepared.description, pictures: prepared.pictures))
        emit(.phase(.zeroShot))
        emit(.zeroShot(validation: zeroShotValidation.map(Evaluation.init)))
        emit(.phase(.training))
        begin()
        while ending == nil {
            apply()
            if ending != nil { break }
            if course.controls.isIdle {
                feed.notePause(moment)
                clock.pause()
                inbox.wait()
                continue
            }
            if let seconds = pacedSeconds {
                inbox.wait(upTo: seconds)
                continue
            }
            clock.resume()
            guard let batch = nextBatch() else {
                if ending == nil { inbox.wait() }
                continue
            }
            trainOn(batch)
        }
        if writer != nil || script != nil { lastCheckpoint = checkpoint() }
        return report()
    }

    /// The start, or the moment to go on from.
    private func begin() {
        if let checkpoint = beginning.checkpoint {
            resume(from: checkpoint)
            if ending != nil { return }
        } else {
            do {
                if let start = beginning.start { try method.start(at: start, as: configuration) }
            } catch { ending = .failed("cannot begin at the checkpoint: \(error)") }
            takeSnapshot()
            if ending != nil { return }
        }
        if method.batching == .trainingFree {
            ending = .done
            return
        }
        beginEpoch(at: course.position)
        // Before the first step: whatever happens, the run can be resumed.
        if beginning.checkpoint == nil { keepCheckpoint(.interval) }
        beginning.controls.forEach { apply($0) }
    }

    // MARK: Batches

    private struct Batch {
        var features: Tensor<Float>
        var rows: ArraySlice<Int>
        var labels: [Int32]
    }

    /// How long the next batch of a paced run has to wait.
    private var pacedSeconds: Double? {
        guard let pace = configuration.pace, course.controls.singleSteps == 0, let last = clock.lastBatch else {
            return nil
        }
        let seconds = 1 / pace - (ContinuousClock.now - last) / .seconds(1)
        return seconds > 0 ? seconds : nil
    }

    /// The next batch, or nil if its views are not ready yet.
    private func nextBatch() -> Batch? {
        let range = course.position..<min(course.position + batchSize, order.count)
        guard let views else { return Batch(features: train.features, rows: order[range], labels: train.labels) }
        if let failure = views.failure {
            ending = .failed("a training picture can no longer be read: \(failure)")
            return nil
        }
        guard let features = views.take(epoch: epochs.count + 1, batch: range) else { return nil }
        return Batch(
            features: features, rows: Array(0..<range.count)[...], labels: order[range].map { train.labels[$0] })
    }

    private func trainOn(_ batch: Batch) {
        let rate = learningRate
        course.lastRate = rate
        let result = method.trainBatch(
            features: batch.features, rows: batch.rows, labels: batch.labels, learningRate: rate,
            step: course.step + 1)
        let loss = result.loss
        for warning in method.takeWarnings() { emit(.log(LogEntry(warning, level: .warning))) }
        course.step += 1
        course.controls.noteBatch()
        clock.batch(count: batch.rows.count)
        emit(
            .batch(
                BatchRecord(
                    step: course.step, epoch: epochs.count + 1, batch: course.position / batchSize + 1, loss: loss,
                    learningRate: rate, samplesPerSecond: clock.samplesPerSecond, gradientNorm: result.gradientNorm)))
        guard loss.isFinite else { return diverge(.batch) }
        course.lossSum += loss * Double(batch.rows.count)
        course.lossCount += batch.rows.count
        course.lastFiniteLoss = loss
        course.position += batch.rows.count
        let isEpochOver = course.position >= order.count
        if isEpochOver { endEpoch() }
        feed.noteBatch(moment)
        if ending == nil, isCheckpointDue(isEpochOver: isEpochOver) { keepCheckpoint(.interval) }
    }

    /// The rate of the next batch: users set the base rate, the schedule multiplies it.
    private var learningRate: Double {
        let controls = course.controls
        guard let base = controls.learningRate else { return method.ownLearningRate ?? 0 }
        return configuration.schedule.rate(
            base: base,
            at: LearningRateSchedule.Position(
                epoch: epochs.count, batch: course.position / batchSize,
                batchesPerEpoch: prepared.description.batchesPerEpoch, epochs: controls.plannedEpochs))
    }

    /// Begins the next epoch, or goes on in it; after going back its views are made anew.
    func beginEpoch(at position: Int = 0) {
        let (count, seed, isShuffled) = (train.count, configuration.seed, method.batching == .shuffled)
        let order: @Sendable (Int) -> [Int] = {
            isShuffled ? Self.order(epoch: $0, count: count, seed: seed) : Array(0..<count)
        }
        self.order = order(epochs.count + 1)
        course.position = position
        if position == 0 { clock.beginEpoch() }
        guard prepared.description.augment, views == nil else { return }
        let inbox = inbox
        views = AugmentedViews(
            model: prepared.model, pictures: prepared.split.train.map { prepared.dataset.items[$0] },
            decoding: DecodingOptions(pillowCompatible: configuration.pillowCompatible), seed: seed,
            batchSize: batchSize,
            startingAt: epochs.count + 1, position: position, order: order, onReady: { inbox.signal() })
    }

    /// Forgets the views that have been made: others come next.
    func dropViews() {
        views?.stop()
        views = nil
    }

    // MARK: Commands

    private func apply() {
        let wasAttended = feed.isAttended
        feed.answer(moment)
        // Nobody is left who could choose how to go on.
        if wasAttended, !feed.isAttended { ending = ending ?? divergence }
        for change in inbox.takeNotes() {
            course.controls.note(change, at: position).forEach(emit)
        }
        if script != nil { applyScript() }
        if inbox.takeSignal() {
            endReason = .signal
            keepCheckpoint(.signal)
        }
        for (control, sender) in inbox.takeControls() where ending == nil { apply(control, by: sender) }
    }

    /// Where a control takes effect.
    var position: RunControls.Position { .init(step: course.step, completedEpochs: epochs.count) }

    func apply(_ control: RunControl, by sender: Sender? = nil) {
        course.controls.apply(control, at: position, by: sender).forEach(emit)
        applySettings()
        if course.controls.wantsRestoring { rollBack() }
        switch control {
        case .checkpoint: keepCheckpointNow()
        case .openTest: feed.noteTestOpen(moment)
        default: break
        }
        if let save = course.controls.stopNowSaving {
            // A halted run has nothing to save but what it went back to.
            ending = save ? divergence ?? .stopped(saved: true) : .stopped(saved: false)
        }
    }

    /// What was set reaches the method before its next batch.
    func applySettings() { apply(course.controls.values) }

    /// Sets the method's live settings.
    func apply(_ values: [String: Double]) {
        for live in method.liveValues { live.value = values[live.setting.name] ?? live.value }
    }
}
