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
        case .zeroShot, .clipAdapter, .tipAdapter: MethodDefaults()
        case .linearProbe: MethodDefaults(epochs: 1000)
        case .tipAdapterF:
            MethodDefaults(epochs: 20, batchSize: 256, optimiser: .adamW(epsilon: 1e-4, weightDecay: 0.01))
        case .lpPlusPlus: MethodDefaults(epochs: 300, schedule: LearningRateSchedule(.constant))
        // DePT's rate and rule; on frozen encoders the head may take its time (spec 11, 13).
        case .channelHead:
            MethodDefaults(
                epochs: 300, learningRate: 0.02275, optimiser: .sgd(momentum: 0.9, weightDecay: 5e-4),
                schedule: LearningRateSchedule(.cosine, per: .epoch, warmUpEpochs: 1))
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
