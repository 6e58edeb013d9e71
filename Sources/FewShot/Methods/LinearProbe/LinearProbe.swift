import Foundation
import Tensors

/// Logistic regression on image features, without text: the baseline (docs/methods.md#linear-probe).
///
/// It is a fit under way: ``iterate()`` does one iteration of L-BFGS, ``solve()`` all of them. Nothing in it is random.
public final class LinearProbe {
    /// When a fit stops: as scikit-learn's, whose steps it takes, but at a gradient a tenth as large. With a small `C` a
    /// bias is as large as the weights themselves, and 1e-4 leaves it up to 2.4e-4 off.
    public static let rules: LBFGS.Rules = {
        var rules = LBFGS.Rules()
        rules.gradientTolerance = 1e-5
        return rules
    }()

    /// The objective, at this fit's `C`.
    public let objective: LogisticObjective
    let minimiser: LBFGS

    /// A fit at its start.
    /// - Parameters:
    ///   - objective: the pictures.
    ///   - start: a classifier to begin at; from zero if nil, as scikit-learn does.
    ///   - rules: when to stop.
    public init(_ objective: LogisticObjective, start: LinearHead? = nil, rules: LBFGS.Rules = LinearProbe.rules) {
        self.objective = objective
        minimiser = LBFGS(start: start.map(objective.point) ?? objective.origin(), rules: rules) {
            objective.value(at: $0, gradient: $1)
        }
    }

    /// Whether further iterations would change nothing.
    public var isConverged: Bool { minimiser.ending != nil }

    /// Why it stopped; nil while it goes on.
    public var ending: LBFGS.Ending? { minimiser.ending }

    /// Completed iterations.
    public var iterations: Int { minimiser.iterations }

    /// The objective `J` where the fit stands.
    public var value: Double {
        minimiser.begin()
        return minimiser.value
    }

    /// `W` and `b` side by side where the fit stands, `[1, rows · (width + 1)]`.
    public var point: Matrix<Double> { minimiser.point }

    /// Does one iteration and returns the mean cross-entropy before it.
    ///
    /// No other fit may use the objective between two iterations of this one.
    public func iterate() -> Double {
        minimiser.begin()
        let before = objective.crossEntropy
        minimiser.iterate()
        return before
    }

    /// Iterates to the end.
    public func solve() { minimiser.run() }

    /// The classifier where the fit stands.
    public var head: LinearHead { objective.head(at: minimiser.point) }
}

/// The search for `C` of CoOp's linear probe (docs/methods.md#linear-probe): a coarse grid, then eight halvings of the
/// interval around
/// its winner, on validation pictures. Every fit starts from zero.
public struct RegularisationSearch {
    /// One halving: both ends of the interval, what they get right, and which of them was kept.
    public struct Halving: Sendable, Equatable {
        /// The lower end.
        public var left: Double
        /// The upper end.
        public var right: Double
        /// Validation pictures the fit at ``left`` gets right.
        public var leftCorrect: Int
        /// Validation pictures the fit at ``right`` gets right.
        public var rightCorrect: Int
        /// The end that was kept.
        public var kept: Double
    }

    /// The coarse grid, in the order in which the first best wins.
    public static let grid = [1e6, 1e4, 1e2, 1, 1e-2, 1e-4, 1e-6]
    /// How often the interval is halved.
    public static let halvings = 8

    /// How many fits it took.
    public private(set) var fits = 0
    /// Validation pictures right, for each value of the grid.
    public private(set) var gridCorrect: [Int] = []
    /// The halvings in order.
    public private(set) var path: [Halving] = []
    /// The `C` of the last kept fit.
    public private(set) var best = 0.0
    /// What that fit gets right on the validation pictures.
    public private(set) var correct = 0
    /// That fit's classifier.
    public private(set) var head: LinearHead

    /// Searches.
    /// - Parameters:
    ///   - objective: the training pictures; its `C` is left at the best one.
    ///   - validation: features `[n, width]` as the training pictures', and their classes.
    public init(
        _ objective: LogisticObjective, validation: Tensor<Float>, labels: [Int32],
        rules: LBFGS.Rules = LinearProbe.rules
    ) {
        var known: [Double: (head: LinearHead, correct: Int)] = [:]
        func fit(_ c: Double) -> (head: LinearHead, correct: Int) {
            if let result = known[c] { return result }
            objective.inverseRegularisation = c
            let probe = LinearProbe(objective, rules: rules)
            probe.solve()
            let result = (probe.head, objective.correct(at: probe.point, features: validation, labels: labels))
            known[c] = result
            return result
        }
        gridCorrect = Self.grid.map { fit($0).correct }
        let coarse = Self.grid[gridCorrect.firstIndex(of: gridCorrect.max() ?? 0) ?? 0]
        var (left, right) = (0.1 * coarse, 10 * coarse)
        var kept = coarse
        for _ in 0..<Self.halvings {
            let (atLeft, atRight) = (fit(left).correct, fit(right).correct)
            kept = atLeft < atRight ? right : left
            path.append(
                Halving(left: left, right: right, leftCorrect: atLeft, rightCorrect: atRight, kept: kept))
            let middle = pow(10, (log10(left) + log10(right)) / 2)
            if atLeft < atRight { left = middle } else { right = middle }
        }
        best = kept
        let winner = fit(kept)
        correct = winner.correct
        head = winner.head
        fits = known.count
        objective.inverseRegularisation = kept
    }
}
