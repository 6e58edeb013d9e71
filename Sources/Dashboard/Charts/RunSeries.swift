import Training

/// A figure of a run over its steps, and the field of the records that it comes from.
struct RunSeries: Sendable, Hashable {
    /// The record with the figure; nil where a record has none.
    enum Source: Sendable {
        case batch(@Sendable (BatchRecord) -> Double?)
        case epoch(@Sendable (EpochRecord) -> Double?)
    }

    /// Tells series apart; a chart of several calls it so.
    let name: String
    let source: Source
    /// Whether it can be smoothed: a setting is what it is.
    let isSmoothed: Bool

    /// A figure of every batch.
    static func batch(
        _ name: String, isSmoothed: Bool = true, _ value: @escaping @Sendable (BatchRecord) -> Double?
    ) -> RunSeries {
        RunSeries(name: name, source: .batch(value), isSmoothed: isSmoothed)
    }

    /// A figure of every epoch.
    static func epoch(_ name: String, _ value: @escaping @Sendable (EpochRecord) -> Double?) -> RunSeries {
        RunSeries(name: name, source: .epoch(value), isSmoothed: true)
    }

    /// Whether there is a value for every step, not only for every epoch.
    var isByStep: Bool { if case .batch = source { true } else { false } }

    static func == (left: RunSeries, right: RunSeries) -> Bool { left.name == right.name }
    func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension RunSeries {
    static let batchLoss = batch("batch loss") { $0.loss }
    static let learningRate = batch("learning rate", isSmoothed: false) { $0.learningRate }
    static let trainLoss = epoch("train") { $0.trainLoss }
    static let validationLoss = epoch("validation") { $0.validation?.loss }
    static let top1 = epoch("top-1") { $0.validation?.top1 }
    static let top5 = epoch("top-5") { $0.validation?.top5 }
    static let epochSeconds = epoch("time") { $0.seconds }

    /// Every series of a chart, once: what a run's model collects.
    static let all: [RunSeries] = Chart.all.flatMap(\.curves).map(\.series).reduce(into: []) { all, series in
        if !all.contains(series) { all.append(series) }
    }
}

/// The values of a series so far, as they are and smoothed.
struct RunCurve: Sendable {
    let series: RunSeries
    private(set) var values = MetricSeries()
    private(set) var smoothed = SmoothedSeries()

    init(_ series: RunSeries) { self.series = series }

    /// Adds a value.
    mutating func append(_ value: Double, at step: Int) {
        values.append(value, at: step)
        if series.isSmoothed { smoothed.append(value, at: step) }
    }

    /// Adds a batch's value, if the series has one.
    mutating func append(_ record: BatchRecord) {
        if case .batch(let value) = series.source, let value = value(record) { append(value, at: record.step) }
    }

    /// Adds an epoch's value, if the series has one.
    mutating func append(_ record: EpochRecord) {
        if case .epoch(let value) = series.source, let value = value(record) { append(value, at: record.step) }
    }
}
