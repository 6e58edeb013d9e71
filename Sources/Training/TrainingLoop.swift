import FewShot
import Foundation
import Pictures
import Tensors

/// The training itself: batches, epochs, validation, and the user's hand on it.
///
/// Everything happens on one queue. Between two batches the loop reads its inbox; when it has nothing to do (paused,
/// paced, or waiting for views) it sleeps until somebody signals.
final class TrainingLoop {
    private let prepared: PreparedRun
    private let configuration: TrainingConfiguration
    private let inbox: CommandInbox
    private let emit: @Sendable (TrainingEvent) -> Void
    private let views: AugmentedViews?
    private let recorder: RunRecorder?

    private let method: any AdaptationMethod
    private let train: LabelledFeatures
    private let validation: LabelledFeatures
    private let batchSize: Int
    private let zeroShotValidation: ClassificationMetrics?

    // The course of the run.
    private var steering: Steering
    private var step = 0
    private var order: [Int] = []
    private var position = 0
    private var epochs: [EpochRecord] = []
    private var best: (record: EpochRecord, parameters: [String: Tensor<Float>])?
    private var lastGood: [String: Tensor<Float>]
    private var lastFiniteLoss: Double?
    private var lastRate = 0.0
    private var epochLoss = (sum: 0.0, count: 0)
    private var clock = TrainingClock()
    private var ending: RunState?

    /// The picture whose answers are told after every batch.
    private var inspected: Int?
    /// The splits whose answers somebody follows, and what is kept to answer for them.
    private var watched: Set<Split> = []
    private var answerers: [Split: SplitAnswerer] = [:]
    /// Answers for pictures of the user's own, once one was asked for.
    private var desk: ClassifyDesk?

    init(
        _ prepared: PreparedRun, configuration: TrainingConfiguration, inbox: CommandInbox,
        recorder: RunRecorder? = nil, emit: @escaping @Sendable (TrainingEvent) -> Void
    ) {
        self.prepared = prepared
        self.recorder = recorder
        self.configuration = configuration
        self.inbox = inbox
        self.emit = emit
        method = prepared.method
        batchSize = max(prepared.description.batchSize, 1)
        train = prepared.part(prepared.split.train)
        validation = prepared.part(prepared.split.validation)
        steering = Steering(
            learningRate: configuration.learningRate, epochs: prepared.description.epochs,
            ownLearningRate: method.ownLearningRate, isScheduled: configuration.schedule.isMoving)
        lastGood = method.parameters()
        zeroShotValidation = ClassificationMetrics(
            logits: prepared.zeroShotLogits(validation.features), labels: validation.labels)
        let seed = configuration.seed
        let count = train.count
        let isShuffled = method.batching == .shuffled
        views =
            prepared.description.augment
            ? AugmentedViews(
                model: prepared.model, pictures: prepared.split.train.map { prepared.dataset.items[$0] },
                decoding: DecodingOptions(parity: configuration.parity), seed: seed,
                batchSize: batchSize,
                order: { isShuffled ? Self.order(epoch: $0, count: count, seed: seed) : Array(0..<count) },
                onReady: { inbox.signal() })
            : nil
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
        if method.batching == .trainingFree {
            ending = .done
        } else {
            beginEpoch()
        }
        while ending == nil {
            obey(inbox.take())
            if ending != nil { break }
            if steering.isIdle {
                clock.pause()
                inbox.wait()
                continue
            }
            if let due = pacedUntil {
                inbox.wait(until: due)
                continue
            }
            clock.resume()
            guard let batch = nextBatch() else {
                if ending == nil { inbox.wait() }
                continue
            }
            trainOn(batch)
        }
        return report()
    }

    // MARK: Batches and epochs

    private struct Batch {
        var features: Tensor<Float>
        var rows: ArraySlice<Int>
        var labels: [Int32]
    }

    /// When the next batch of a paced run is due, if that is later than now.
    private var pacedUntil: Date? {
        guard let pace = configuration.pace, steering.singleSteps == 0, let last = clock.lastBatch else { return nil }
        let due = last.addingTimeInterval(1 / pace)
        return due > Date() ? due : nil
    }

    private var batchRange: Range<Int> { position..<min(position + batchSize, order.count) }

    /// The next batch, or nil if its views are not ready yet.
    private func nextBatch() -> Batch? {
        let range = batchRange
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
        lastRate = rate
        let loss = method.trainBatch(
            features: batch.features, rows: batch.rows, labels: batch.labels, learningRate: rate, step: step + 1)
        step += 1
        steering.noteBatch()
        clock.batch(count: batch.rows.count)
        let epoch = epochs.count + 1
        emit(
            .batch(
                BatchRecord(
                    step: step, epoch: epoch, batch: position / batchSize + 1, loss: loss, learningRate: rate,
                    samplesPerSecond: clock.samplesPerSecond)))
        guard loss.isFinite else { return diverge() }
        epochLoss = (epochLoss.sum + loss * Double(batch.rows.count), epochLoss.count + batch.rows.count)
        lastFiniteLoss = loss
        position += batch.rows.count
        if position >= order.count { endEpoch() }
        predict()
    }

    /// The rate of the next batch: the user's hand is on the base rate, the schedule does the rest.
    private var learningRate: Double {
        guard method.ownLearningRate == nil else { return steering.learningRate }
        return configuration.schedule.rate(
            base: steering.learningRate,
            at: LearningRateSchedule.Position(
                epoch: epochs.count, batch: position / batchSize,
                batchesPerEpoch: prepared.description.batchesPerEpoch, epochs: steering.plannedEpochs))
    }

    private func beginEpoch() {
        order =
            method.batching == .shuffled
            ? Self.order(epoch: epochs.count + 1, count: train.count, seed: configuration.seed)
            : Array(0..<train.count)
        position = 0
        epochLoss = (0, 0)
        clock.beginEpoch()
    }

    private func endEpoch() {
        method.endEpoch()
        let logits = method.logits(validation.features)
        let metrics = ClassificationMetrics(logits: logits, labels: validation.labels)
        let record = EpochRecord(
            epoch: epochs.count + 1, step: step, trainLoss: epochLoss.sum / Double(max(epochLoss.count, 1)),
            validation: metrics.map(Evaluation.init), learningRate: lastRate, seconds: clock.epochSeconds)
        // A validation loss that is not finite means that the last update broke the weights.
        if let metrics, !metrics.loss.isFinite { return diverge() }
        epochs.append(record)
        lastGood = method.parameters()
        if let loss = metrics?.loss, loss < best?.record.validation?.loss ?? .infinity { best = (record, lastGood) }
        emit(.epoch(record))
        self.record(logits, isBest: best?.record.epoch == record.epoch)
        tellAnswers()
        if let save = steering.stopAfterEpochSaving {
            ending = .stopped(saved: save)
        } else if method.isConverged {
            emit(.log(LogEntry("converged after \(epochs.count) epochs: further steps would change nothing")))
            ending = .done
        } else if let patience = configuration.patience, let best, record.epoch - best.record.epoch >= patience {
            emit(
                .log(
                    LogEntry(
                        "stopped early: no lower loss on the \(validation.count) validation pictures since epoch "
                            + "\(best.record.epoch) (--patience \(patience))")))
            ending = .done
        } else if epochs.count >= steering.plannedEpochs {
            ending = .done
        } else {
            beginEpoch()
        }
    }

    /// NaN or infinity: the run ends with the weights of the last completed epoch.
    private func diverge() {
        method.restore(lastGood)
        emit(
            .log(
                LogEntry(
                    "the loss is not a number at step \(step), learning rate \(NumberFormat.rate(lastRate)); "
                        + "the weights of epoch \(epochs.count) are kept; try a lower rate", level: .error)))
        ending = .diverged(step: step, learningRate: lastRate, lastFiniteLoss: lastFiniteLoss)
        predict()
    }

    // MARK: Commands

    private func obey(_ commands: [TrainingCommand]) {
        tellClassified()
        for command in commands where ending == nil {
            let position = Steering.Position(step: step, completedEpochs: epochs.count)
            steering.obey(command, at: position).forEach(emit)
            answer(command)
            if let save = steering.stopNowSaving { ending = .stopped(saved: save) }
        }
    }

    /// After the end only questions are answered, with the weights that were kept.
    func answer(_ commands: [TrainingCommand]) {
        tellClassified()
        for command in commands { answer(command) }
    }

    private func answer(_ command: TrainingCommand) {
        switch command {
        case .inspect(let picture): inspect(picture)
        case .classify(let request): ask(request)
        case .watchMistakes(true):
            watched.insert(.validation)
            if ending != nil { watched.insert(.test) }
            tellAnswers()
        case .watchMistakes(false): watched.remove(.validation)
        case .openTest:
            watched.insert(.test)
            tellAnswers()
        default: break
        }
    }

    private func ask(_ request: ClassifyRequest) {
        let inbox = inbox
        let desk =
            desk
            ?? ClassifyDesk(
                prepared, templates: configuration.templates, decoding: DecodingOptions(parity: configuration.parity),
                onReady: { inbox.signal() })
        self.desk = desk
        desk.ask(request)
    }

    /// Completes what the desk has encoded with the answers of the weights as they are.
    private func tellClassified() {
        guard let desk else { return }
        let answers = desk.answers { features, textFeatures, isOwn in
            if isOwn { return method.logits(features) }
            guard !configuration.method.name.isClassBound else { return nil }
            let trained = AdapterFile(
                kind: configuration.method.name, parameters: method.adapterParameters(), hyper: method.hyperParameters,
                classNames: [], templates: [], modelName: "", modelChecksum: "", training: [:])
            let classifier = try? MethodRegistry.classifier(
                trained, textFeatures: textFeatures, logitScale: prepared.model.logitScale)
            return classifier?.logits(features)
        }
        for answer in answers { emit(.classified(answer)) }
    }

    /// Answers for all pictures of the splits that are followed. Nothing is chosen by what is told here.
    private func tellAnswers() {
        for split in [Split.validation, .test] where watched.contains(split) {
            let indices = split == .test ? prepared.split.test : prepared.split.validation
            guard !indices.isEmpty else { continue }
            emit(.answers(answerer(split, indices).answers(of: method, epoch: epochs.count)))
        }
    }

    private func answerer(_ split: Split, _ indices: [Int]) -> SplitAnswerer {
        let answerer = answerers[split] ?? SplitAnswerer(split, indices: indices, of: prepared)
        answerers[split] = answerer
        return answerer
    }

    /// Offers the validation's answers to the recorder: the logits are there already, all else it does itself.
    private func record(_ logits: Tensor<Float>, isBest: Bool) {
        guard let recorder, !validation.isEmpty else { return }
        let (answerer, epoch) = (answerer(.validation, prepared.split.validation), epochs.count)
        recorder.note(step: step, isBest: isBest) { answerer.answers(logits: logits, epoch: epoch) }
    }

    private func inspect(_ picture: Int) {
        inspected = prepared.rows.indices.contains(picture) ? picture : nil
        predict()
    }

    /// Answers for the inspected picture with the weights as they are.
    private func predict() {
        guard let inspected else { return }
        let features = prepared.encoded.features.gatheringRows([prepared.rows[inspected]])
        emit(
            .prediction(
                PicturePrediction(
                    picture: inspected, zeroShot: prepared.zeroShotLogits(features).softmaxRows().values,
                    adapted: method.logits(features).softmaxRows().values, step: step)))
    }

    // MARK: The end

    /// What is searched on validation is searched first; then the test split opens, and nowhere before.
    private func report() -> RunReport {
        let search = concluded()
        if let search { emit(.log(LogEntry(search.text))) }
        predict()
        // The run has ended: who looks at mistakes may see those of the test split too.
        if watched.contains(.validation) { watched.insert(.test) }
        tellAnswers()
        let final = method.parameters()
        let finalLogits = method.logits(validation.features)
        record(finalLogits, isBest: false)
        let test = prepared.part(prepared.split.test)
        func metrics(_ part: LabelledFeatures, _ logits: Tensor<Float>) -> ClassificationMetrics? {
            ClassificationMetrics(logits: logits, labels: part.labels)
        }
        var report = RunReport(
            description: prepared.description, configuration: configuration, state: ending ?? .done,
            zeroShotValidation: zeroShotValidation,
            zeroShotTest: metrics(test, prepared.zeroShotLogits(test.features)),
            finalValidation: metrics(validation, finalLogits),
            finalTest: metrics(test, method.logits(test.features)), search: search, epochs: epochs, steps: step,
            plannedEpochs: steering.plannedEpochs, interventions: steering.interventions,
            parameters: method.adapterParameters(),
            hyperParameters: method.hyperParameters, encoding: prepared.encoded.counts,
            encodingSeconds: prepared.encoded.seconds, unreadable: prepared.encoded.unreadable,
            trainSeconds: clock.totalSeconds)
        if let best {
            method.restore(best.parameters)
            report.best = RunReport.Best(
                record: best.record, search: concluded(), test: metrics(test, method.logits(test.features)),
                parameters: method.adapterParameters(), hyperParameters: method.hyperParameters)
            method.restore(final)
        }
        return report
    }

    private func concluded() -> SearchOutcome? { method.conclude(validation: validation.isEmpty ? nil : validation) }
}
