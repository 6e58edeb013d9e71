/// A function along a line: its value and slope after a step.
struct LineSample {
    var step: Double
    var value: Double
    var slope: Double
}

/// Closes in on a step that meets the strong Wolfe conditions, by the rules of MINPACK-2's `dcsrch` (Moré and Thuente, Line
/// search algorithms with guaranteed sufficient decrease, 1994).
///
/// SciPy's L-BFGS searches by the same rules. With them a fit takes the same steps as scikit-learn's, and stops at the same
/// point although the stopping rule alone leaves a wide choice.
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
    /// The best sample so far; the start if none has gained anything.
    private(set) var low: LineSample
    /// The other end of the interval.
    private var other: LineSample
    private var isBracketed = false
    /// Until a sample has gained enough with a rising slope, the interval is chosen for the function less what is enough.
    private var isFirstStage = true
    /// The interval's width the last time and the time before.
    private var widths: (last: Double, before: Double)
    /// Where the next step may lie.
    private var limits: (lower: Double, upper: Double)
    /// Steps beyond one that was not a number are not tried.
    private var largest = 1e10

    init(start: LineSample, firstStep: Double, sufficientDecrease: Double, curvature: Double) {
        self.start = start
        self.sufficientDecrease = sufficientDecrease
        self.curvature = curvature
        (low, other) = (start, start)
        widths = (largest, 2 * largest)
        limits = (0, 5 * firstStep)
    }

    /// Adds the sample at the last requested step.
    mutating func judge(_ sample: LineSample) -> Verdict {
        guard sample.value.isFinite, sample.slope.isFinite else {
            largest = sample.step
            limits = (min(limits.lower, largest), min(limits.upper, largest))
            let step = low.step + (sample.step - low.step) / 10
            return step > low.step || step < low.step ? .next(step: step) : .exhausted
        }
        // Near the minimum the gain is smaller than the rounding of the values.
        let rounding = 1e-15 * max(abs(start.value), 1)
        let slope = sufficientDecrease * start.slope
        let enough = start.value + sample.step * slope + rounding
        if isFirstStage, sample.value <= enough, sample.slope >= 0 { isFirstStage = false }
        if sample.value <= enough, abs(sample.slope) <= -curvature * start.slope { return .accepted }
        let isTooNarrow = limits.upper - limits.lower <= 0.1 * limits.upper
        if isBracketed, !(limits.lower < sample.step && sample.step < limits.upper) || isTooNarrow {
            return sample.step > 0 && sample.value <= enough ? .accepted : .exhausted
        }
        if sample.step == largest, sample.value <= enough, sample.slope <= slope { return .accepted }

        let step: Double
        if isFirstStage, sample.value <= low.value, sample.value > enough {
            func without(_ sample: LineSample) -> LineSample {
                LineSample(
                    step: sample.step, value: sample.value - sample.step * slope, slope: sample.slope - slope)
            }
            step = proposal(without(low), without(other), without(sample))
        } else {
            step = proposal(low, other, sample)
        }
        narrow(sample, isFirstStage && sample.value <= low.value && sample.value > enough ? slope : 0)
        return .next(step: safeguarded(step))
    }

    /// Makes the interval smaller by a new sample; `tilt` is taken off the slopes where they are compared.
    private mutating func narrow(_ sample: LineSample, _ tilt: Double) {
        if sample.value - sample.step * tilt > low.value - low.step * tilt {
            other = sample
        } else {
            if (sample.slope - tilt) * ((low.slope - tilt) < 0 ? -1 : 1) < 0 { other = low }
            low = sample
        }
    }

    /// The next step within the interval, which has to shrink; or, without one, beyond the last sample.
    private mutating func safeguarded(_ proposal: Double) -> Double {
        // Rounding makes the samples equal.
        var step = proposal.isFinite ? proposal : low.step + (other.step - low.step) / 2
        if isBracketed {
            if abs(other.step - low.step) >= 0.66 * widths.before { step = low.step + (other.step - low.step) / 2 }
            widths = (abs(other.step - low.step), widths.last)
            limits = (min(low.step, other.step), max(low.step, other.step))
        } else {
            limits = (step + 1.1 * (step - low.step), step + 4 * (step - low.step))
        }
        step = min(max(step, 0), largest)
        let isTooNarrow = limits.upper - limits.lower <= 0.1 * limits.upper
        if isBracketed, !(limits.lower < step && step < limits.upper) || isTooNarrow { step = low.step }
        return step
    }

    /// `dcstep`: where a cubic or a straight slope through the samples has its minimum.
    private mutating func proposal(_ x: LineSample, _ y: LineSample, _ p: LineSample) -> Double {
        let (rise, back) = (3 * (x.value - p.value) / (p.step - x.step), x.step - p.step)
        let theta = rise + x.slope + p.slope
        let scale = max(abs(theta), abs(x.slope), abs(p.slope))
        let square = (theta / scale) * (theta / scale) - (x.slope / scale) * (p.slope / scale)
        let secant = p.step + p.slope / (p.slope - x.slope) * back
        if p.value > x.value {
            // Higher: the minimum is bracketed.
            isBracketed = true
            let gamma = scale * square.squareRoot() * (p.step < x.step ? -1 : 1)
            let ratio = (gamma - x.slope + theta) / (gamma - x.slope + gamma + p.slope)
            let cubic = x.step - ratio * back
            let quadratic = x.step - x.slope / ((x.value - p.value) / -back + x.slope) / 2 * back
            return abs(cubic - x.step) < abs(quadratic - x.step) ? cubic : cubic + (quadratic - cubic) / 2
        }
        if p.slope * (x.slope < 0 ? -1 : 1) < 0 {
            // Lower, and the slope has changed its sign: bracketed too.
            isBracketed = true
            let gamma = scale * square.squareRoot() * (p.step > x.step ? -1 : 1)
            let ratio = (gamma - p.slope + theta) / (gamma - p.slope + gamma + x.slope)
            let cubic = p.step + ratio * back
            return abs(cubic - p.step) > abs(secant - p.step) ? cubic : secant
        }
        if abs(p.slope) < abs(x.slope) {
            // Lower and flatter: the cubic may have its minimum elsewhere, or none.
            let gamma = scale * max(0, square).squareRoot() * (p.step > x.step ? -1 : 1)
            let ratio = (gamma - p.slope + theta) / (gamma + (x.slope - p.slope) + gamma)
            let cubic =
                ratio < 0 && gamma != 0
                ? p.step + ratio * back : p.step > x.step ? limits.upper : limits.lower
            guard isBracketed else {
                let step = abs(cubic - p.step) > abs(secant - p.step) ? cubic : secant
                return min(max(step, limits.lower), limits.upper)
            }
            let step = abs(cubic - p.step) < abs(secant - p.step) ? cubic : secant
            let bound = p.step + 0.66 * (y.step - p.step)
            return p.step > x.step ? min(bound, step) : max(bound, step)
        }
        // Lower, and no flatter.
        guard isBracketed else { return p.step > x.step ? limits.upper : limits.lower }
        let theta2 = 3 * (p.value - y.value) / (y.step - p.step) + y.slope + p.slope
        let scale2 = max(abs(theta2), abs(y.slope), abs(p.slope))
        let square2 = (theta2 / scale2) * (theta2 / scale2) - (y.slope / scale2) * (p.slope / scale2)
        let gamma = scale2 * square2.squareRoot() * (p.step > y.step ? -1 : 1)
        let ratio = (gamma - p.slope + theta2) / (gamma - p.slope + gamma + y.slope)
        return p.step + ratio * (y.step - p.step)
    }
}
