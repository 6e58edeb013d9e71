/// How much a curve is smoothed: the share of the old mean that a new value leaves.
enum Smoothing: Double, Sendable, CaseIterable {
    case none = 0
    case light = 0.6
    case medium = 0.9
    case strong = 0.97

    /// The next stronger one; after the strongest, none.
    var next: Smoothing {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }
}

/// A metric's running means, one curve per strength.
///
/// An exponential mean `m ← w·m + (1 − w)·x`, divided by `1 − wⁿ` so that it is not drawn towards zero at its start and a
/// constant stays that constant. It is formed from every single value as it comes, before any binning: the shape of the
/// curve does not depend on how many bins there are.
struct SmoothedSeries: Sendable, Equatable {
    private struct Mean: Sendable, Equatable {
        var weight: Double
        var sum = 0.0
        var remainder = 1.0
        var series = MetricSeries()
    }

    private var means = Smoothing.allCases.filter { $0 != .none }.map { Mean(weight: $0.rawValue) }

    /// Adds a value. One that is no finite number is a gap in the curve and leaves the mean as it was.
    mutating func append(_ value: Double, at step: Int) {
        for index in means.indices {
            guard value.isFinite else {
                means[index].series.append(value, at: step)
                continue
            }
            let weight = means[index].weight
            means[index].sum = weight * means[index].sum + (1 - weight) * value
            means[index].remainder *= weight
            means[index].series.append(means[index].sum / (1 - means[index].remainder), at: step)
        }
    }

    /// The curve of a strength; nil for none, which is the metric itself.
    subscript(_ smoothing: Smoothing) -> MetricSeries? {
        means.first { $0.weight == smoothing.rawValue }?.series
    }
}
