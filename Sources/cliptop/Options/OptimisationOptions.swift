import ArgumentParser
import FewShot
import Tensors
import Training

/// How long, in which steps and at what rate a method is trained. What is not given is as usual for the method.
struct OptimisationOptions<Defaults: StatedDefaults>: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Epochs to train \(Defaults.text("epochs") { "\($0.epochs)" }).", valueName: "n"))
    var epochs: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Pictures per optimiser step \(Defaults.text("batch-size") { "\($0.batchSize)" }).", valueName: "n"))
    var batchSize: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Learning rate \(Defaults.text("lr") { Self.text($0.learningRate) }).", valueName: "x"))
    var lr: Double?

    @Option(
        help: ArgumentHelp(
            "Update rule: sgd, adam or adamw \(Defaults.text("optimiser") { OptimiserName($0.optimiser).rawValue }).",
            valueName: "name"))
    var optimiser: OptimiserName?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Momentum of sgd \(Defaults.text("momentum") { _ in Self.usualMomentum }).", valueName: "x"))
    var momentum: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Weight decay, none on residual ratios; 0 with another --optimiser "
                + Defaults.text("weight-decay") { Self.text($0.optimiser.weightDecay) } + ".",
            valueName: "x"))
    var weightDecay: Double?

    @Option(
        help: ArgumentHelp(
            """
            How the rate moves: constant, cosine (after every batch) or cosine-epoch (after every epoch). A rate set in \
            the dashboard replaces the base rate, and the schedule goes on from where it is \
            \(Defaults.text("schedule") { ScheduleName($0.schedule).rawValue }).
            """, valueName: "name"))
    var schedule: ScheduleName?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Epochs of warm-up \(Defaults.text("warmup") { "\($0.schedule.warmUpEpochs)" }).", valueName: "n"))
    var warmup: Int?

    @Option(
        help: ArgumentHelp(
            "Warm-up at a constant 1e-5, or linear from there to the learning rate "
                + Defaults.text("warmup-shape") { $0.schedule.warmUp.rawValue } + ".",
            valueName: "shape"))
    var warmupShape: LearningRateSchedule.WarmUp?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Stop after n epochs without a lower loss on the validation pictures (default: never).", valueName: "n"))
    var patience: Int?

    /// What every rule of sgd has unless it is given.
    private static var usualMomentum: String {
        if case .sgd(let momentum, _, _, _) = OptimiserRule.sgd() { text(momentum) } else { "" }
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() ? "\(Int(number))" : "\(number)"
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

    /// The name of a rule.
    init(_ rule: OptimiserRule) {
        self =
            switch rule {
            case .sgd: .sgd
            case .adam: .adam
            case .adamW: .adamw
            }
    }
}

/// What `--schedule` knows.
enum ScheduleName: String, ExpressibleByArgument, CaseIterable {
    case constant, cosine
    case cosineEpoch = "cosine-epoch"

    /// The name of a schedule's shape.
    init(_ schedule: LearningRateSchedule) {
        self = schedule.shape == .constant ? .constant : schedule.unit == .epoch ? .cosineEpoch : .cosine
    }
}

extension LearningRateSchedule.WarmUp: ExpressibleByArgument {}
