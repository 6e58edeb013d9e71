/// One optimiser step.
public struct BatchRecord: Sendable, Equatable, Codable {
    /// Steps so far, counted from 1 over the whole run.
    public var step: Int
    /// The epoch it belongs to, from 1.
    public var epoch: Int
    /// The batch within its epoch, from 1.
    public var batch: Int
    /// Mean cross-entropy of the batch before the update.
    public var loss: Double
    /// The learning rate of this step.
    public var learningRate: Double
    /// Training pictures per second, smoothed over the last few batches.
    public var samplesPerSecond: Double
    /// `‖∇L‖`, the Euclidean norm of the loss's gradient over all trained parameters, before the update; nil for a method
    /// without one, and in records of earlier versions.
    public var gradientNorm: Double?

    /// One optimiser step.
    public init(
        step: Int, epoch: Int, batch: Int, loss: Double, learningRate: Double, samplesPerSecond: Double,
        gradientNorm: Double? = nil
    ) {
        self.step = step
        self.epoch = epoch
        self.batch = batch
        self.loss = loss
        self.learningRate = learningRate
        self.samplesPerSecond = samplesPerSecond
        self.gradientNorm = gradientNorm
    }
}

extension BatchRecord: FieldRecord {
    static let blank = BatchRecord(step: 0, epoch: 0, batch: 0, loss: 0, learningRate: 0, samplesPerSecond: 0)

    static let fields: [RecordField<BatchRecord>] = [
        RecordField(count: \.step, set: { $0.step = $1 }), RecordField(count: \.epoch, set: { $0.epoch = $1 }),
        RecordField(count: \.batch, set: { $0.batch = $1 }),
        RecordField("loss", figure: .trainLoss, isCurve: true, value: \.loss, set: { $0.loss = $1 }),
        RecordField(
            "lr", figure: .learningRate, packing: .steady, value: \.learningRate, set: { $0.learningRate = $1 }),
        RecordField(
            figure: .picturesPerSecond, packing: .coarse, value: \.samplesPerSecond, set: { $0.samplesPerSecond = $1 }),
        RecordField(
            "grad_norm", figure: Figure("train/gradient_norm"), isCurve: true, value: \.gradientNorm,
            set: { $0.gradientNorm = $1 }),
    ]

    var place: Int { step }
}
