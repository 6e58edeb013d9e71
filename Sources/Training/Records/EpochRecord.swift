/// One epoch, validated.
public struct EpochRecord: Sendable, Equatable, Codable {
    /// The epoch, from 1.
    public var epoch: Int
    /// The step after which it ended.
    public var step: Int
    /// Mean of the batch losses, weighted by batch size.
    public var trainLoss: Double
    /// On the validation pictures; nil where the run has none.
    public var validation: Evaluation?
    /// The learning rate of the epoch's last step.
    public var learningRate: Double
    /// Wall time of the epoch, pauses excluded.
    public var seconds: Double

    /// One epoch.
    public init(
        epoch: Int, step: Int, trainLoss: Double, validation: Evaluation?, learningRate: Double, seconds: Double
    ) {
        self.epoch = epoch
        self.step = step
        self.trainLoss = trainLoss
        self.validation = validation
        self.learningRate = learningRate
        self.seconds = seconds
    }
}

extension EpochRecord {
    /// Whether the epoch is the best of its run: its validation loss is lower than that of every epoch before, the
    /// lowest of which is `lowest`. An epoch without validation pictures, or with a loss that is no number, never is.
    public func isBest(after lowest: Double?) -> Bool {
        guard let loss = validation?.loss, loss.isFinite else { return false }
        return loss < lowest ?? .infinity
    }
}

extension EpochRecord: FieldRecord {
    static let blank = EpochRecord(epoch: 0, step: 0, trainLoss: 0, validation: nil, learningRate: 0, seconds: 0)

    static let fields: [RecordField<EpochRecord>] = [
        RecordField(count: \.epoch, set: { $0.epoch = $1 }), RecordField(count: \.step, set: { $0.step = $1 }),
        RecordField(
            "train_loss", figure: .epochLoss, isCurve: true, value: \.trainLoss, set: { $0.trainLoss = $1 }),
        RecordField(
            "val_loss", figure: .validationLoss, isCurve: true, value: { $0.validation?.loss },
            set: { $0.measured.loss = $1 }),
        RecordField(
            "val_top1", figure: .validationTop1, isCurve: true, value: { $0.validation?.top1 },
            set: { $0.measured.top1 = $1 }),
        RecordField(
            "val_top5", figure: .validationTop5, isCurve: true, value: { $0.validation?.top5 },
            set: { $0.measured.top5 = $1 }),
        RecordField(count: { $0.validation?.count }, set: { $0.measured.count = $1 }),
        RecordField("lr", packing: .steady, value: \.learningRate, set: { $0.learningRate = $1 }),
        RecordField("seconds", value: \.seconds, set: { $0.seconds = $1 }),
    ]

    var place: Int { epoch }

    /// The validation, which comes into being with the first of its fields.
    private var measured: Evaluation {
        get { validation ?? Evaluation(loss: 0, top1: 0, top5: 0, count: 0) }
        set { validation = newValue }
    }
}
