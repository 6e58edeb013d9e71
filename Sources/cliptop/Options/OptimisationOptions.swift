import ArgumentParser
import FewShot
import Tensors
import Training

/// How long, in which steps and at what rate a method is trained. What is not given is as usual for the method.
struct OptimisationOptions: FillableOptions {
    @Option(parsing: .unconditional, help: ArgumentHelp("Epochs to train (default: 50).", valueName: "n"))
    var epochs: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Pictures per optimiser step (default: 64).", valueName: "n"))
    var batchSize: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Learning rate (default: 0.001).", valueName: "x"))
    var lr: Double?

    @Option(help: ArgumentHelp("Update rule: sgd, adam or adamw (default: adamw).", valueName: "name"))
    var optimiser: OptimiserName?

    @Option(parsing: .unconditional, help: ArgumentHelp("Momentum of sgd (default: 0.9).", valueName: "x"))
    var momentum: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Weight decay, none on residual ratios (default: 0).", valueName: "x"))
    var weightDecay: Double?

    @Option(
        help: ArgumentHelp(
            """
            How the rate moves: constant, cosine (after every batch) or cosine-epoch (after every epoch). A rate set in \
            the dashboard replaces the base rate, and the schedule goes on from where it is (default: cosine).
            """, valueName: "name"))
    var schedule: ScheduleName?

    @Option(parsing: .unconditional, help: ArgumentHelp("Epochs of warm-up (default: 0).", valueName: "n"))
    var warmup: Int?

    @Option(
        help: ArgumentHelp(
            "Warm-up at a constant 1e-5, or linear from there to the learning rate (default: constant).",
            valueName: "shape"))
    var warmupShape: LearningRateSchedule.WarmUp?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Stop after n epochs without a lower loss on the validation pictures (default: never).", valueName: "n"))
    var patience: Int?

    static let configurationKeys: [String: ConfigurationFile.Kind] = [
        "epochs": .value, "batch-size": .value, "lr": .value, "optimiser": .value, "momentum": .value,
        "weight-decay": .value, "schedule": .value, "warmup": .value, "warmup-shape": .value, "patience": .value,
    ]

    func filled(from base: Self) -> Self {
        var options = self
        options.epochs = epochs ?? base.epochs
        options.batchSize = batchSize ?? base.batchSize
        options.lr = lr ?? base.lr
        options.optimiser = optimiser ?? base.optimiser
        options.momentum = momentum ?? base.momentum
        options.weightDecay = weightDecay ?? base.weightDecay
        options.schedule = schedule ?? base.schedule
        options.warmup = warmup ?? base.warmup
        options.warmupShape = warmupShape ?? base.warmupShape
        options.patience = patience ?? base.patience
        return options
    }

    /// Changes what these options say.
    /// - Throws: `UsageError` for options that do not go together.
    func apply(to configuration: inout TrainingConfiguration) throws {
        configuration.epochs = epochs ?? configuration.epochs
        configuration.batchSize = batchSize ?? configuration.batchSize
        configuration.learningRate = lr ?? configuration.learningRate
        configuration.patience = patience ?? configuration.patience
        configuration.method.optimiser = try rule(configuration.method.optimiser)
        switch schedule {
        case .constant: configuration.schedule.shape = .constant
        case .cosine: (configuration.schedule.shape, configuration.schedule.unit) = (.cosine, .iteration)
        case .cosineEpoch: (configuration.schedule.shape, configuration.schedule.unit) = (.cosine, .epoch)
        case nil: break
        }
        configuration.schedule.warmUpEpochs = warmup ?? configuration.schedule.warmUpEpochs
        configuration.schedule.warmUp = warmupShape ?? configuration.schedule.warmUp
    }

    private func rule(_ usual: OptimiserRule) throws -> OptimiserRule {
        let rule =
            switch optimiser {
            case .sgd: OptimiserRule.sgd()
            case .adam: OptimiserRule.adam()
            case .adamw: OptimiserRule.adamW(weightDecay: 0)
            case nil: usual
            }
        switch rule {
        case .sgd(let usualMomentum, let usualDecay, let dampening, let nesterov):
            return .sgd(
                momentum: momentum ?? usualMomentum, weightDecay: weightDecay ?? usualDecay, dampening: dampening,
                nesterov: nesterov)
        case _ where momentum != nil: throw UsageError("--momentum is for --optimiser sgd")
        case .adam(let beta1, let beta2, let epsilon, let decay):
            return .adam(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay ?? decay)
        case .adamW(let beta1, let beta2, let epsilon, let decay):
            return .adamW(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay ?? decay)
        }
    }
}

/// What `--optimiser` knows.
enum OptimiserName: String, ExpressibleByArgument, CaseIterable {
    case sgd, adam, adamw
}

/// What `--schedule` knows.
enum ScheduleName: String, ExpressibleByArgument, CaseIterable {
    case constant, cosine
    case cosineEpoch = "cosine-epoch"
}

extension LearningRateSchedule.WarmUp: ExpressibleByArgument {}
