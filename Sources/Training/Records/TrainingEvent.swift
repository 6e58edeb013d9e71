import Foundation

/// What a session says. Events are values: the dashboard, the plain printer, the run store and the tests all read the
/// same stream, and none of them touches the session's state.
public enum TrainingEvent: Sendable, Equatable, Codable {
    /// The session went over to another phase.
    case phase(TrainingPhase)
    /// Encoding of pictures moved on (at most ten times a second, and once at the end).
    case encoding(EncodingProgress)
    /// The data set, its splits and the run's folder are known; always precedes everything below.
    case prepared(RunDescription, pictures: [PictureReference])
    /// The line to beat, on the validation pictures (nil where the run has none).
    case zeroShot(validation: Evaluation?)
    /// One optimiser step was taken.
    case batch(BatchRecord)
    /// One epoch was completed and validated.
    case epoch(EpochRecord)
    /// Somebody steered; the same mark belongs at the same step in every chart.
    case intervention(Intervention)
    /// Zero-shot and adapted answers for the inspected picture, with the weights as they are now: some twenty times a second
    /// at most, and whenever training stands still.
    case prediction(PicturePrediction)
    /// Every picture of the validation split was answered (after each epoch, when somebody looks at mistakes), or of the
    /// test split (at the end, or when it was opened before).
    case answers(SplitPredictions)
    /// A picture of the user's own was classified, or could not be.
    case classified(ClassifyAnswer)
    /// Validation at other residual ratios than the adapter's own (after each epoch, while somebody looks at them).
    case ratios(RatioCurve)
    /// The probabilities of the pinned pictures (after each epoch, while pictures are pinned, and once at once).
    case probes(ProbeRecord)
    /// Weights and everything else that going on takes were kept.
    case checkpoint(CheckpointRecord)
    /// Running, paused, or one of the ends.
    case state(RunState)
    /// A line for the log.
    case log(LogEntry)
    /// The session has ended and everything it will save is saved.
    case finished(RunResult)
}

/// Where a session is between start and end.
public enum TrainingPhase: String, Sendable, Codable {
    /// The data set's folders are listed.
    case readingData
    /// The model's weights are read and the class names encoded.
    case loadingModel
    /// Pictures go through the image tower, or come from the cache.
    case encoding
    /// The line to beat is measured.
    case zeroShot
    /// Batches are trained.
    case training
    /// Nothing more will happen.
    case finished
}

/// Whether a session is moving, and if not, why.
public enum RunState: Sendable, Equatable, Codable {
    /// On its way, preparations included.
    case running
    /// Waiting for its user.
    case paused
    /// The loss became NaN or infinite, and the user has to choose: the last good checkpoint, with `recoveryRate` or
    /// another rate, or the end. Only where somebody watches; elsewhere such a run has diverged at once. Records of
    /// older versions do not say which loss it was.
    case halted(
        step: Int, learningRate: Double, lastFiniteLoss: Double?, loss: DivergedLoss? = nil, recoveryRate: Double? = nil
    )
    /// All epochs were trained.
    case done
    /// The user ended the run early; what was trained is kept unless `saved` is false.
    case stopped(saved: Bool)
    /// The loss became NaN or infinite at `step` (counted from 1); the last good weights are kept.
    case diverged(step: Int, learningRate: Double, lastFiniteLoss: Double?, loss: DivergedLoss? = nil)
    /// The run could not go on; the text is one readable line.
    case failed(String)

    /// Whether no further batch will be trained.
    public var isEnded: Bool {
        switch self {
        case .running, .paused, .halted: false
        case .done, .stopped, .diverged, .failed: true
        }
    }
}

/// Which loss was NaN or infinite.
public enum DivergedLoss: Sendable, Equatable, Codable {
    /// That of a batch.
    case batch
    /// That of the validation pictures after the epoch of this number.
    case validation(epoch: Int)
}

extension RunState {
    /// Which loss was not a number, and where: `batch loss at step 12`; nil if all were numbers.
    public var divergedLoss: String? {
        switch self {
        case .halted(let step, _, _, let loss, _), .diverged(let step, _, _, let loss):
            switch loss {
            case .batch: "batch loss at step \(step)"
            case .validation(let epoch): "validation loss after epoch \(epoch)"
            case nil: "loss at step \(step)"
            }
        case .running, .paused, .done, .stopped, .failed: nil
        }
    }
}

/// How far the encoding of pictures has come.
public struct EncodingProgress: Sendable, Equatable, Codable {
    /// Pictures that are ready, including `fromCache` and `unreadable`.
    public var done: Int
    /// Pictures in all.
    public var total: Int
    /// Pictures whose features were found in the cache.
    public var fromCache: Int
    /// Pictures that could not be decoded.
    public var unreadable: Int
    /// Encoding speed so far (cached pictures do not count); nil until it can be told.
    public var picturesPerSecond: Double?
    /// Seconds until the last picture is ready; nil until it can be told.
    public var secondsLeft: Double?

    /// A snapshot of the progress.
    public init(
        done: Int, total: Int, fromCache: Int = 0, unreadable: Int = 0, picturesPerSecond: Double? = nil,
        secondsLeft: Double? = nil
    ) {
        self.done = done
        self.total = total
        self.fromCache = fromCache
        self.unreadable = unreadable
        self.picturesPerSecond = picturesPerSecond
        self.secondsLeft = secondsLeft
    }
}

/// A line for the log pane and the log file.
public struct LogEntry: Sendable, Equatable, Codable {
    /// How much attention it deserves.
    public enum Level: String, Sendable, Codable {
        /// What happened.
        case info
        /// What the user should know.
        case warning
        /// What went wrong.
        case error
    }

    /// When it happened.
    public var time: Date
    /// How much attention it deserves.
    public var level: Level
    /// One line; control characters from outside are escaped by whoever makes it.
    public var text: String
    /// Who did what the line tells of; ``text(readBy:)`` adds it.
    public var sender: Sender?

    /// A line for the log.
    public init(_ text: String, level: Level = .info, time: Date = Date(), sender: Sender? = nil) {
        self.time = time
        self.level = level
        self.text = text
        self.sender = sender
    }
}

/// How a run ended. The test split opens only here.
public struct RunResult: Sendable, Equatable, Codable {
    /// The state it ended in.
    public var state: RunState
    /// Zero-shot on the test pictures.
    public var zeroShotTest: Evaluation?
    /// The weights that the run ended with; nil from an earlier version of the program.
    public var weights: MeasuredWeights?
    /// Those weights on the validation pictures.
    public var finalValidation: Evaluation?
    /// Those weights on the test pictures.
    public var finalTest: Evaluation?
    /// The epoch with the lowest validation loss, from 1; nil where the run has no validation pictures.
    public var bestEpoch: Int?
    /// The best epoch's weights; nil from an earlier version of the program.
    public var bestWeights: MeasuredWeights?
    /// Those weights on the validation pictures.
    public var bestValidation: Evaluation?
    /// Those weights on the test pictures.
    public var bestTest: Evaluation?
    /// The saved adapter; nil where nothing was saved.
    public var adapterFile: URL?
    /// Wall time of the training, pauses excluded.
    public var trainSeconds: Double

    /// How a run ended.
    public init(
        state: RunState, zeroShotTest: Evaluation? = nil, finalTest: Evaluation? = nil, bestEpoch: Int? = nil,
        bestTest: Evaluation? = nil, adapterFile: URL? = nil, trainSeconds: Double = 0
    ) {
        self.state = state
        self.zeroShotTest = zeroShotTest
        self.finalTest = finalTest
        self.bestEpoch = bestEpoch
        self.bestTest = bestTest
        self.adapterFile = adapterFile
        self.trainSeconds = trainSeconds
    }
}
