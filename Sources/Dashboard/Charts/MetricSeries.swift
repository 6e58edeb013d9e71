/// The values of one metric over the steps of a run, in bounded memory.
///
/// Values are kept in bins that are a power of two steps wide and stand at multiples of their width. A bin keeps the
/// smallest and the largest value, so that a spike never disappears; when there are too many bins, each two become one.
/// Values that are no finite numbers are counted apart: they are gaps in the curve, and never move an axis.
struct MetricSeries: Sendable, Equatable {
    /// What happened in a few neighbouring steps.
    struct Bin: Sendable, Equatable {
        /// The first and the last step with a value.
        var firstStep: Int
        var lastStep: Int
        /// The first and the last finite value.
        var first: Double
        var last: Double
        /// The smallest and the largest finite value.
        var minimum: Double
        var maximum: Double
        /// Finite values.
        var finiteCount: Int
        /// Values that were NaN or infinite.
        var gapCount: Int
        /// The step of the first value that was NaN or infinite.
        var gapStep: Int
    }

    /// A value and where it stands.
    struct Point: Sendable, Equatable {
        var step: Int
        var value: Double
    }

    /// Bins, oldest first.
    private(set) var bins: [Bin] = []
    /// Steps per bin.
    private(set) var binWidth = 1
    /// The newest value, finite or not.
    private(set) var latest: Point?
    /// The smallest and the largest finite value and where they were first reached.
    private(set) var minimum: Point?
    private(set) var maximum: Point?
    /// Values so far.
    private(set) var count = 0
    private let capacity: Int

    /// An empty series of at most `capacity` bins.
    init(capacity: Int = 2048) { self.capacity = max(2, capacity) }

    /// Adds a value; steps never go back.
    mutating func append(_ value: Double, at step: Int) {
        guard step >= latest?.step ?? step else { return }
        latest = Point(step: step, value: value)
        count += 1
        var bin = Bin(
            firstStep: step, lastStep: step, first: value, last: value, minimum: value, maximum: value,
            finiteCount: 1, gapCount: 0, gapStep: step)
        if value.isFinite {
            if value < minimum?.value ?? .infinity { minimum = Point(step: step, value: value) }
            if value > maximum?.value ?? -.infinity { maximum = Point(step: step, value: value) }
        } else {
            bin.finiteCount = 0
            bin.gapCount = 1
        }
        if let newest = bins.last, newest.firstStep / binWidth == step / binWidth {
            bins[bins.count - 1] = newest.joined(with: bin)
        } else {
            bins.append(bin)
        }
        if bins.count > capacity { halve() }
    }

    /// The newest bin that begins at or before a step; nil before the first value.
    func bin(at step: Int) -> Bin? {
        var (low, high) = (0, bins.count)
        while low < high {
            let middle = (low + high) / 2
            if bins[middle].firstStep <= step { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? bins[low - 1] : nil
    }

    /// The smallest and the largest finite value among the bins that reach into a range of steps.
    func extremes(from start: Int, through end: Int, onlyPositive: Bool) -> (minimum: Double, maximum: Double)? {
        var result: (minimum: Double, maximum: Double)?
        for bin in bins where bin.finiteCount > 0 && bin.lastStep >= start && bin.firstStep <= end {
            if onlyPositive, bin.minimum <= 0 { continue }
            result = (
                min(result?.minimum ?? bin.minimum, bin.minimum), max(result?.maximum ?? bin.maximum, bin.maximum)
            )
        }
        return result
    }

    /// Makes the bins twice as wide.
    private mutating func halve() {
        binWidth *= 2
        var wider: [Bin] = []
        wider.reserveCapacity(bins.count / 2 + 1)
        for bin in bins {
            if let newest = wider.last, newest.firstStep / binWidth == bin.firstStep / binWidth {
                wider[wider.count - 1] = newest.joined(with: bin)
            } else {
                wider.append(bin)
            }
        }
        bins = wider
    }
}

extension MetricSeries.Bin {
    /// The bin that holds the values of this one and of a later one.
    fileprivate func joined(with later: Self) -> Self {
        var result = self
        result.lastStep = later.lastStep
        if later.finiteCount > 0 {
            if finiteCount > 0 {
                result.minimum = min(minimum, later.minimum)
                result.maximum = max(maximum, later.maximum)
                result.last = later.last
            } else {
                (result.first, result.last) = (later.first, later.last)
                (result.minimum, result.maximum) = (later.minimum, later.maximum)
            }
        }
        result.finiteCount += later.finiteCount
        if gapCount == 0 { result.gapStep = later.gapStep }
        result.gapCount += later.gapCount
        return result
    }
}
