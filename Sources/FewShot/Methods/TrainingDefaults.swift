import Tensors

/// How a method is trained unless somebody says otherwise. Options, presets and configuration files start from here.
public struct TrainingDefaults: Sendable, Equatable {
    /// Epochs to train; iterations at most, for a method that converges.
    public var epochs: Int
    /// Pictures per optimiser step, for a method that is trained in batches.
    public var batchSize: Int
    /// The base learning rate.
    public var learningRate: Double
    /// How gradients become steps.
    public var optimiser: OptimiserRule
    /// How the learning rate moves.
    public var schedule: LearningRateSchedule

    /// Defaults that converge on cached features.
    public init(
        epochs: Int = 50, batchSize: Int = 64, learningRate: Double = 1e-3,
        optimiser: OptimiserRule = .adamW(weightDecay: 0),
        schedule: LearningRateSchedule = LearningRateSchedule(.cosine, per: .iteration)
    ) {
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.optimiser = optimiser
        self.schedule = schedule
    }
}

/// Published settings of a method that a run can start from.
public struct MethodPreset: Sendable {
    /// The name of `--preset`.
    public let name: String
    /// Settings of the method where they differ from its defaults.
    public var settings: MethodSettings = [:]
    /// How it is trained.
    public var training: TrainingDefaults
    /// Epochs by the shots per class, where they depend on them.
    public var epochs: (@Sendable (_ shots: Int) -> Int)?
    /// How training pictures are chosen, where the publication says so.
    public var pick: Pick?
    /// How validation pictures are chosen, where the publication says so.
    public var validation: ValidationRule?

    /// The number of epochs with so many shots per class.
    public func epochs(shots: Int) -> Int { epochs?(shots) ?? training.epochs }
}
