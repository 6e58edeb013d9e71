import FewShot
import Tensors

/// How a method is trained unless somebody says otherwise. Options, presets and configuration files start from here.
public struct MethodDefaults: Sendable, Equatable {
    /// Epochs to train; iterations at most, for a method that converges.
    public var epochs = 50
    /// Pictures per optimiser step, for a method that is trained in batches.
    public var batchSize = 64
    /// The base learning rate.
    public var learningRate = 1e-3
    /// How gradients become steps.
    public var optimiser = OptimiserRule.adamW(weightDecay: 0)
    /// How the rate moves.
    public var schedule = LearningRateSchedule(.cosine, per: .iteration)

    /// The defaults of one method (spec, few-shot 19).
    public static func of(_ method: MethodName) -> MethodDefaults {
        switch method {
        case .zeroShot, .clipAdapter: MethodDefaults()
        }
    }
}

extension TrainingConfiguration {
    /// Goes over to a method, trained as it usually is.
    public mutating func use(_ name: MethodName) {
        let defaults = MethodDefaults.of(name)
        method.name = name
        method.optimiser = defaults.optimiser
        epochs = defaults.epochs
        batchSize = defaults.batchSize
        learningRate = defaults.learningRate
        schedule = defaults.schedule
    }
}
