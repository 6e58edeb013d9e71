/// A function along a line: its value and slope after a step.
struct LineSample {
    var step: Double
    var value: Double
    var slope: Double
}

/// Closes in on a step that meets the strong Wolfe conditions (Nocedal and Wright, Numerical Optimization, algorithms 3.5
/// and 3.6): first outwards until a minimum is bracketed, then inwards by cubic interpolation.
struct LineSearch {
    /// What to do after a sample.
    enum Verdict {
        case accepted
        case next(step: Double)
        case exhausted
    }

    private let start: LineSample
    private let sufficientDecrease: Double
    private let curvature: Double
    /// The lowest sample that gained enough; the start if none has.
    private(set) var low: LineSample
    /// The other end of the bracket, once there is one.
    private var high: LineSample?

    init(start: LineSample, sufficientDecrease: Double, curvature: Double) {
        self.start = start
        self.sufficientDecrease = sufficientDecrease
        self.curvature = curvature
        low = start
    }

    /// Takes in the sample at the step asked for last.
    mutating func judge(_ sample: LineSample) -> Verdict {
        // Near the minimum the gain is smaller than the rounding of the values.
        let rounding = 1e-15 * max(abs(start.value), 1)
        let limit = start.value + sufficientDecrease * sample.step * start.slope + rounding
        // Written so that NaN counts as too far.
        let isEnough = sample.value <= limit && (low.step == 0 || sample.value <= low.value) && sample.slope.isFinite
        if !isEnough {
            high = sample
        } else if abs(sample.slope) <= -curvature * start.slope {
            return .accepted
        } else {
            if sample.slope * ((high?.step ?? .infinity) - low.step) >= 0 { high = low }
            low = sample
        }
        guard let high else { return .next(step: extrapolated(sample)) }
        let width = abs(high.step - low.step)
        guard width > 1e-15 * max(high.step, low.step) else { return .exhausted }
        return .next(step: interpolated(low, high))
    }

    /// Where the slope would vanish if it went on as it has so far, but 2 to 10 times as far.
    private func extrapolated(_ sample: LineSample) -> Double {
        let step = sample.step * start.slope / (start.slope - sample.slope)
        return step.isFinite && step > 0 ? min(max(step, 2 * sample.step), 10 * sample.step) : 10 * sample.step
    }

    /// The minimum of the cubic through both ends, kept away from them by a tenth of the bracket.
    private func interpolated(_ a: LineSample, _ b: LineSample) -> Double {
        let (lower, upper) = (min(a.step, b.step), max(a.step, b.step))
        let margin = 0.1 * (upper - lower)
        let d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step)
        let d2 = (d1 * d1 - a.slope * b.slope).squareRoot() * (b.step > a.step ? 1 : -1)
        let step = b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2)
        guard step.isFinite else { return (lower + upper) / 2 }
        return min(max(step, lower + margin), upper - margin)
    }
}
