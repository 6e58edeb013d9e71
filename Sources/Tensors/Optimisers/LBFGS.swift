/// L-BFGS with a strong Wolfe line search, for smooth functions of many variables (docs/methods.md#optimisers).
///
/// One call of ``iterate()`` is one iteration, so that a training session can show every one. The result depends on the
/// function and the start alone.
public final class LBFGS {
    /// When to stop and how to search.
    public struct Rules: Sendable, Equatable {
        /// Pairs of steps and gradient changes that are remembered.
        public var memory = 10
        /// Stops once no entry of the gradient is larger.
        public var gradientTolerance = 1e-4
        /// Stops once `(J_k − J_{k+1}) / max(|J_k|, |J_{k+1}|, 1)` is no larger.
        public var decreaseTolerance = 64 * 2.2e-16
        /// Stops after so many iterations.
        public var maximumIterations = 1000
        /// The most evaluations of one line search.
        public var maximumEvaluations = 50
        /// A step must gain at least this fraction of what the slope promises (`c₁`).
        public var sufficientDecrease = 1e-3
        /// The slope must fall to at most this fraction of the slope at the start (`c₂`).
        public var curvature = 0.9

        /// The rules scikit-learn's logistic regression stops by.
        public init() {}
    }

    /// Why the minimiser stopped.
    public enum Ending: Sendable, Equatable, CaseIterable {
        /// The gradient is small enough.
        case gradient
        /// The last step reduced the value by less than the tolerance.
        case decrease
        /// The iterations are used up.
        case iterations
        /// No step along the gradient gains anything.
        case lineSearch
        /// The function or its gradient is not finite; ``LBFGS/point`` is the last point where they were, or the start.
        case notFinite
    }

    /// A function: its value at `point`, its gradient written to the second argument; both `[1, n]`.
    public typealias Objective = (_ point: Matrix<Double>, _ gradient: Matrix<Double>) -> Double

    /// When to stop and how to search.
    public let rules: Rules
    /// The current point `[1, n]`.
    public let point: Matrix<Double>
    /// The function's value at ``point``; NaN before the first evaluation.
    public internal(set) var value = Double.nan
    /// The gradient at ``point`` `[1, n]`.
    public let gradient: Matrix<Double>
    /// Completed iterations.
    public internal(set) var iterations = 0
    /// Evaluations of the function so far.
    public internal(set) var evaluations = 0
    /// Why it stopped; nil while it goes on.
    public internal(set) var ending: Ending?

    private let objective: Objective
    /// The latest steps `s`, gradient changes `y` and `1 / sᵀy`, oldest first.
    var history: [(step: Matrix<Double>, change: Matrix<Double>, inverse: Double)] = []
    /// The buffers of the next pair.
    private var spare: (step: Matrix<Double>, change: Matrix<Double>)
    private let direction: Matrix<Double>
    private let trial: Matrix<Double>
    private let trialGradient: Matrix<Double>
    private var coefficients: [Double] = []

    /// A minimiser at `start` `[1, n]`, which it copies. Nothing is evaluated yet.
    public init(start: Matrix<Double>, rules: Rules = Rules(), objective: @escaping Objective) {
        self.rules = rules
        self.objective = objective
        func vector() -> Matrix<Double> { Matrix(rows: 1, columns: start.count) }
        (point, gradient, direction, trial, trialGradient) = (vector(), vector(), vector(), vector(), vector())
        spare = Self.pair(start.count)
        Vectors.copy(start, to: point)
    }

    /// Evaluates the function at the start, if that has not been done.
    public func begin() {
        guard evaluations == 0 else { return }
        evaluations += 1
        value = objective(point, gradient)
        let largest = Vectors.largestMagnitude(gradient)
        if !value.isFinite || !largest.isFinite {
            ending = .notFinite
        } else if largest <= rules.gradientTolerance {
            ending = .gradient
        }
    }

    /// Iterates to the end.
    public func run() {
        begin()
        while ending == nil { iterate() }
    }

    /// Does one iteration; nothing once there is an ``ending``.
    public func iterate() {
        begin()
        guard ending == nil else { return }
        var slope = setDirection()
        if !(slope < 0) {
            // Rounding has spoilt the curvature model; the negative gradient is always a descent direction.
            history.removeAll()
            slope = setDirection()
        }
        var found = search(slope: slope)
        if found == nil, !history.isEmpty {
            history.removeAll()
            found = search(slope: setDirection())
        }
        guard let found else {
            ending = trialGradientIsFinite ? .lineSearch : .notFinite
            return
        }
        accept(found)
    }

    private var trialGradientIsFinite: Bool { Vectors.absoluteSum(trialGradient).isFinite }

    /// `direction ← −H · gradient` by the two-loop recursion; returns the slope along it.
    private func setDirection() -> Double {
        Vectors.copy(gradient, to: direction)
        coefficients.removeAll(keepingCapacity: true)
        for pair in history.reversed() {
            let coefficient = pair.inverse * Vectors.dot(pair.step, direction)
            coefficients.append(coefficient)
            Vectors.add(-coefficient, pair.change, to: direction)
        }
        if let last = history.last {
            // γ = sᵀy / yᵀy of the latest pair.
            Vectors.scale(direction, by: 1 / (last.inverse * Vectors.dot(last.change, last.change)))
        }
        for (pair, coefficient) in zip(history, coefficients.reversed()) {
            let correction = pair.inverse * Vectors.dot(pair.change, direction)
            Vectors.add(coefficient - correction, pair.step, to: direction)
        }
        Vectors.scale(direction, by: -1)
        return Vectors.dot(gradient, direction)
    }

    private func evaluate(_ step: Double) -> LineSample {
        Vectors.copy(point, to: trial)
        Vectors.add(step, direction, to: trial)
        evaluations += 1
        let value = objective(trial, trialGradient)
        return LineSample(step: step, value: value, slope: Vectors.dot(trialGradient, direction))
    }

    /// Finds a step that meets the strong Wolfe conditions and leaves its point and gradient in `trial` and
    /// `trialGradient`; nil if no step gains anything.
    private func search(slope: Double) -> LineSample? {
        // Without a model of the curvature: a step of length 1, or a shorter one if the slope is gentle.
        let first = history.isEmpty ? min(1, 1 / Vectors.dot(direction, direction).squareRoot()) : 1
        var bracket = LineSearch(
            start: LineSample(step: 0, value: value, slope: slope), firstStep: first,
            sufficientDecrease: rules.sufficientDecrease, curvature: rules.curvature)
        var step = first
        for _ in 0..<rules.maximumEvaluations {
            let sample = evaluate(step)
            switch bracket.judge(sample) {
            case .accepted: return sample
            case .next(let next): step = next
            case .exhausted: return settle(bracket)
            }
        }
        return settle(bracket)
    }

    /// The best of an unfinished search: a point that gained enough, though its slope is still steep.
    private func settle(_ bracket: LineSearch) -> LineSample? {
        bracket.low.step > 0 ? evaluate(bracket.low.step) : nil
    }

    private func accept(_ found: LineSample) {
        guard found.value.isFinite, trialGradientIsFinite else {
            ending = .notFinite
            return
        }
        remember()
        let decrease = (value - found.value) / max(abs(value), abs(found.value), 1)
        Vectors.copy(trial, to: point)
        Vectors.copy(trialGradient, to: gradient)
        value = found.value
        iterations += 1
        if Vectors.largestMagnitude(gradient) <= rules.gradientTolerance {
            ending = .gradient
        } else if decrease <= rules.decreaseTolerance {
            ending = .decrease
        } else if iterations >= rules.maximumIterations {
            ending = .iterations
        }
    }

    /// Adds the step and the gradient change to the history, unless they say nothing about the curvature.
    private func remember() {
        let (step, change) = spare
        Vectors.copy(trial, to: step)
        Vectors.add(-1, point, to: step)
        Vectors.copy(trialGradient, to: change)
        Vectors.add(-1, gradient, to: change)
        let curvature = Vectors.dot(step, change)
        let sizes = (Vectors.dot(step, step) * Vectors.dot(change, change)).squareRoot()
        guard curvature > 1e-10 * sizes else { return }
        history.append((step, change, 1 / curvature))
        // The oldest pair's storage is used again: at 374 classes and 512 channels a pair takes 3 MB.
        if history.count > rules.memory {
            let oldest = history.removeFirst()
            spare = (oldest.step, oldest.change)
        } else {
            spare = Self.pair(point.count)
        }
    }

    private static func pair(_ count: Int) -> (step: Matrix<Double>, change: Matrix<Double>) {
        (Matrix(rows: 1, columns: count), Matrix(rows: 1, columns: count))
    }
}
