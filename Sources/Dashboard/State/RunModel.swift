import Foundation
import Training

/// What is known of a run: the sum of the events it has sent, and nothing else.
struct RunModel: Sendable {
    /// Where the session is.
    private(set) var phase = TrainingPhase.readingData
    /// Whether it moves.
    private(set) var state = RunState.running
    /// What it trains; nil until the data have been read.
    private(set) var description: RunDescription?
    /// All pictures of the run.
    private(set) var pictures: [PictureReference] = []
    /// How far encoding has come; nil before it has begun.
    private(set) var encoding: EncodingProgress?
    /// Zero-shot on the validation pictures.
    private(set) var zeroShot: Evaluation?
    /// Epochs planned as things stand.
    private(set) var plannedEpochs = 0
    /// The newest step, epoch, and prediction.
    private(set) var lastBatch: BatchRecord?
    private(set) var lastEpoch: EpochRecord?
    private(set) var prediction: PicturePrediction?
    /// Validation at other residual ratios, as last measured, and the epoch after which that was.
    private(set) var ratios: RatioCurve?
    private(set) var ratiosEpoch = 0
    /// The newest checkpoint.
    private(set) var lastCheckpoint: CheckpointRecord?
    /// The checkpoints that the user asked for, the newest `interventionLimit` of them.
    private(set) var askedCheckpoints: [CheckpointRecord] = []
    /// What the user has set, besides rate and epochs.
    private(set) var settings = RunSettings()
    /// The epoch with the lowest validation loss.
    private(set) var bestEpoch: EpochRecord?
    /// The epoch with the highest validation top-1, the first of several.
    private(set) var bestTop1: EpochRecord?
    /// What the user did, the newest `interventionLimit` of it.
    private(set) var interventions: [Intervention] = []
    /// The log, the newest `logLimit` lines of it.
    private(set) var log: [LogEntry] = []
    /// How it ended.
    private(set) var result: RunResult?

    /// The curves. All are over steps, so that one mark stands at the same place in every chart.
    private var curves = RunSeries.all.map { RunCurve($0) }

    private var recentEpochSeconds: [Double] = []
    /// Steps that belong to no completed epoch: an epoch broken off is begun anew, and its steps count all the same.
    private var extraSteps: [(step: Int, count: Int)] = []

    static let logLimit = 500
    static let interventionLimit = 500

    /// A run of which nothing is known yet.
    init() {}

    /// The values of a series.
    subscript(_ series: RunSeries) -> MetricSeries {
        curves.first { $0.series == series }?.values ?? MetricSeries()
    }

    /// The same, smoothed; nil where nothing is to be smoothed.
    func smoothed(_ series: RunSeries, _ smoothing: Smoothing) -> MetricSeries? {
        curves.first { $0.series == series && series.isSmoothed }?.smoothed[smoothing]
    }

    /// Takes one event in.
    mutating func apply(_ event: TrainingEvent) {
        switch event {
        case .phase(let phase): self.phase = phase
        case .encoding(let progress): encoding = progress
        case .prepared(let description, let pictures):
            self.description = description
            self.pictures = pictures
            plannedEpochs = description.epochs
            settings.begin(description)
        case .zeroShot(let evaluation): zeroShot = evaluation
        case .batch(let record):
            lastBatch = record
            for index in curves.indices { curves[index].append(record) }
        case .epoch(let record): apply(record)
        case .intervention(let intervention):
            if case .epochs(_, let epochs) = intervention.change { plannedEpochs = epochs }
            settings.apply(intervention.change)
            interventions.append(intervention)
            if interventions.count > Self.interventionLimit { interventions.removeFirst() }
        case .prediction(let prediction): self.prediction = prediction
        case .answers, .classified, .probes: break
        case .state(let state): take(state)
        case .log(let entry): append(entry)
        // Of weights that are not numbers there is nothing to measure: the curve before stays, with its epoch.
        case .ratios(let curve): if curve.trained.loss.isFinite { (ratios, ratiosEpoch) = (curve, epochsDone) }
        case .checkpoint(let record):
            lastCheckpoint = record
            guard record.reason == .asked else { break }
            askedCheckpoints.append(record)
            if askedCheckpoints.count > Self.interventionLimit { askedCheckpoints.removeFirst() }
        case .finished(let result):
            self.result = result
            take(result.state)
            phase = .finished
        }
    }

    private mutating func take(_ state: RunState) {
        guard state != self.state else { return }
        self.state = state
        // A run that is done before its time (converged, stopped early) is done, not under way.
        // What was no number need not have been a batch's loss: the marker stands where it was found.
        switch state {
        case .halted(let step, _, _), .diverged(let step, _, _):
            if self[.batchLoss].latest?.value.isFinite ?? false,
                let index = curves.firstIndex(where: { $0.series == .validationLoss })
            {
                curves[index].append(.nan, at: step)
            }
        default: break
        }
        if state == .done { plannedEpochs = min(plannedEpochs, max(epochsDone, 1)) }
    }

    private mutating func apply(_ record: EpochRecord) {
        lastEpoch = record
        let extra = record.step - record.epoch * (description?.batchesPerEpoch ?? 0)
        if description != nil, extra != extraSteps.last?.count ?? 0 {
            extraSteps.append((record.step, extra))
            if extraSteps.count > Self.interventionLimit { extraSteps.removeFirst() }
        }
        for index in curves.indices { curves[index].append(record) }
        recentEpochSeconds.append(record.seconds)
        if recentEpochSeconds.count > 5 { recentEpochSeconds.removeFirst() }
        guard let validation = record.validation else { return }
        if validation.loss < bestEpoch?.validation?.loss ?? .infinity { bestEpoch = record }
        if validation.top1 > bestTop1?.validation?.top1 ?? -1 { bestTop1 = record }
    }

    /// Notes that the newest change is being undone.
    mutating func noteUndo() { settings.noteUndo() }

    /// The epochs that were completed at a step.
    func epochs(at step: Int) -> Int {
        let extra = extraSteps.last { $0.step <= step }?.count ?? 0
        return max(0, step - extra) / max(1, description?.batchesPerEpoch ?? 1)
    }

    /// Adds a line to the log.
    mutating func append(_ entry: LogEntry) {
        log.append(entry)
        if log.count > Self.logLimit { log.removeFirst(log.count - Self.logLimit) }
    }
}

extension RunModel {
    /// Steps taken.
    var step: Int { lastBatch?.step ?? 0 }
    /// Steps planned as things stand.
    var plannedSteps: Int {
        // What is behind counts as it was; what is ahead are whole epochs, less the begun part of the current one.
        let begun = lastBatch.map { $0.epoch > epochsDone && !isHalted ? $0.batch : 0 } ?? 0
        return step + max(0, (plannedEpochs - epochsDone) * (description?.batchesPerEpoch ?? 0) - begun)
    }
    /// Epochs completed.
    var epochsDone: Int { lastEpoch?.epoch ?? 0 }
    /// The epoch that is being trained, from 1; 0 before the first.
    var epoch: Int { max(lastBatch?.epoch ?? 0, epochsDone) }
    /// Whether it has ended and will train no further batch.
    var isEnded: Bool { state.isEnded || result != nil }
    /// The learning rate of the next step.
    var currentLearningRate: Double? {
        guard !isTrainingFree else { return nil }
        // A change since the last batch is one of the base rate; a schedule moves the rate itself in proportion.
        var rate = lastBatch?.learningRate ?? description?.learningRate
        for intervention in interventions where intervention.afterStep >= step {
            guard case .learningRate(let from, let to) = intervention.change else { continue }
            rate = rate.map { from > 0 && $0 != from ? $0 * to / from : to }
        }
        return rate
    }

    /// The share of the work that is done, 0...1, in the phase it is in; nil where nobody knows.
    var progress: Double? {
        switch phase {
        case .loadingModel, .readingData, .zeroShot: return nil
        case .encoding:
            guard let encoding, encoding.total > 0 else { return nil }
            return Double(encoding.done) / Double(encoding.total)
        case .training, .finished:
            if state == .done { return 1 }
            guard plannedSteps > 0 else { return nil }
            return min(1, Double(step) / Double(plannedSteps))
        }
    }

    /// Seconds until training ends as things stand: from the last few epochs, or from the speed before there are any.
    var secondsLeft: Double? {
        guard !isEnded, !isHalted else { return nil }
        if phase == .encoding { return encoding?.secondsLeft }
        guard phase == .training, let description, let batch = lastBatch else { return nil }
        let epochsLeft = Double(max(0, plannedSteps - step)) / Double(max(1, description.batchesPerEpoch))
        if !recentEpochSeconds.isEmpty {
            return epochsLeft * recentEpochSeconds.reduce(0, +) / Double(recentEpochSeconds.count)
        }
        guard batch.samplesPerSecond > 0 else { return nil }
        return epochsLeft * Double(description.trainCount) / batch.samplesPerSecond
    }

    /// Whether leaving now would throw something away: some training that has not been saved.
    var hasUnsavedWork: Bool { hasTrained && result == nil }
    /// Whether the method has nothing to train: no steps, no epochs, no curves.
    var isTrainingFree: Bool { description.map { $0.batchesPerEpoch == 0 } ?? false }
    /// Whether any step was taken.
    var hasTrained: Bool { step > 0 }
}
