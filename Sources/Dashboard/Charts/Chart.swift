import Training

/// A chart of the Train screen: what it shows of a run, and how. Adding one is a value and its line in ``all``.
struct Chart: Sendable, Equatable {
    /// A series and its colour.
    struct Curve: Sendable {
        var series: RunSeries
        var role: Role
    }

    /// Which end of the axis is the better one.
    enum Goal: Sendable { case lowest, highest }

    /// Which runs have it.
    enum Audience: Sendable {
        case everyRun
        /// Only runs with validation pictures.
        case validated
        /// Only runs without: the others show the same beside something else.
        case unvalidated
    }

    /// Its name, which the title begins with.
    let name: String
    /// What it shows; the best value is that of the last.
    let curves: [Curve]
    /// What its values are.
    let unit: ChartScale
    var audience = Audience.everyRun
    /// Whether the title says how many validation pictures it is measured on.
    var isOnValidation = false
    var goal: Goal?
    /// What zero-shot reaches, to be drawn as a line.
    var baseline: (@Sendable (Evaluation) -> Double)?
    /// The newest value where it is known before a record has it.
    var current: (@Sendable (RunModel) -> Double?)?

    /// Whether a value comes with every step.
    var isByStep: Bool { curves.contains(where: \.series.isByStep) }

    static func == (left: Chart, right: Chart) -> Bool { left.name == right.name }
}

extension Chart {
    /// The charts that full screen walks through, in this order.
    static let all: [Chart] = [batchLoss, trainLoss, top1, losses, top5, learningRate, epochSeconds, gradientNorm]

    /// Those that a run with or without validation pictures has.
    static func all(hasValidation: Bool) -> [Chart] {
        all.filter { $0.audience == .everyRun || $0.audience == (hasValidation ? .validated : .unvalidated) }
    }

    static let batchLoss = Chart(name: "batch loss", curves: [.init(series: .batchLoss, role: .loss)], unit: .loss)

    static let trainLoss = Chart(
        name: "train loss, by epoch", curves: [.init(series: .trainLoss, role: .loss)], unit: .loss,
        audience: .unvalidated)

    /// Where there is room for one curve a chart; else it is one of ``losses``.
    static let validationLoss = Chart(
        name: "loss", curves: [.init(series: .validationLoss, role: .validation)], unit: .loss, audience: .validated,
        isOnValidation: true, goal: .lowest)

    static let losses = Chart(
        name: "loss, by epoch",
        curves: [.init(series: .trainLoss, role: .loss), .init(series: .validationLoss, role: .validation)],
        unit: .loss, audience: .validated, goal: .lowest)

    static let top1 = Chart(
        name: "top-1", curves: [.init(series: .top1, role: .accuracy)], unit: .percent, audience: .validated,
        isOnValidation: true, goal: .highest, baseline: { $0.top1 })

    static let top5 = Chart(
        name: "top-5", curves: [.init(series: .top5, role: .accuracy)], unit: .percent, audience: .validated,
        isOnValidation: true, goal: .highest, baseline: { $0.top5 })

    static let learningRate = Chart(
        name: "learning rate", curves: [.init(series: .learningRate, role: .accent)], unit: .rate,
        current: { $0.currentLearningRate })

    static let gradientNorm = Chart(
        name: "gradient norm", curves: [.init(series: .batch("gradient norm") { $0.gradientNorm }, role: .loss)],
        unit: .loss)

    static let epochSeconds = Chart(
        name: "time per epoch", curves: [.init(series: .epochSeconds, role: .text)], unit: .seconds)
}
