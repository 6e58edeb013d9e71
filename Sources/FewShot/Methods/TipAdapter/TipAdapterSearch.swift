import Foundation
import Tensors

/// The values of β and α that are tried on validation (arXiv 2207.09519; docs/methods.md#tip-adapter): `0.1 + i ·
/// (limit − 0.1) / steps`, the limit
/// itself left out.
public struct TipAdapterGrid: Sendable, Equatable {
    /// Upper limit of the sharpness.
    public var betaLimit: Double
    /// Values of the sharpness.
    public var betaSteps: Int
    /// Upper limit of the cache's weight.
    public var alphaLimit: Double
    /// Values of the cache's weight.
    public var alphaSteps: Int

    /// A grid. The default is about that of the LP++ benchmark; it is a little wider so that it reaches α = 50, because on
    /// some data, the bundled sample among them, weights of 30 and more are best.
    public init(betaLimit: Double = 50, betaSteps: Int = 200, alphaLimit: Double = 51, alphaSteps: Int = 200) {
        self.betaLimit = betaLimit
        self.betaSteps = betaSteps
        self.alphaLimit = alphaLimit
        self.alphaSteps = alphaSteps
    }

    /// The values of β in search order.
    public var betas: [Double] { Self.values(betaLimit, betaSteps) }
    /// The values of α in search order.
    public var alphas: [Double] { Self.values(alphaLimit, alphaSteps) }

    private static func values(_ limit: Double, _ steps: Int) -> [Double] {
        (0..<steps).map { 0.1 + Double($0) * (limit - 0.1) / Double(steps) }
    }
}

/// The search for β and α on validation pictures: β outside, α inside, strictly better accuracy wins (arXiv 2207.09519;
/// docs/methods.md#tip-adapter).
///
/// Similarities are computed once, the exponential once for each β, and α is free: the logits are linear in it, so a
/// picture is answered right on an interval of α that one pass over the classes finds.
public struct TipAdapterSearch: Sendable, Equatable {
    /// Validation pictures right, `[betas][alphas]`.
    public private(set) var correct: [[Int]] = []
    /// The first best pair's indices.
    public private(set) var bestIndex = (beta: 0, alpha: 0)
    /// The sharpness that won.
    public private(set) var beta: Double
    /// The weight that won.
    public private(set) var alpha: Double
    /// Validation pictures right with the winners.
    public private(set) var bestCorrect = -1

    /// Equal in what was found.
    public static func == (a: TipAdapterSearch, b: TipAdapterSearch) -> Bool {
        a.correct == b.correct && a.bestIndex == b.bestIndex && a.beta == b.beta && a.alpha == b.alpha
    }

    /// Searches; the adapter's own α and β are left alone.
    /// - Parameters:
    ///   - features: validation features, any norm, `[n, width]`.
    ///   - betas: the values of β in search order, at least one.
    ///   - alphas: the values of α in search order, at least one, ascending.
    public init<Scalar: TensorScalar>(
        _ adapter: TipAdapter<Scalar>, features: Tensor<Scalar>, labels: [Int32], betas: [Double], alphas: [Double]
    ) {
        precondition(!betas.isEmpty && !alphas.isEmpty, "nothing to search through")
        (beta, alpha) = (betas[0], alphas[0])
        let unit = Matrix(features.normalisedRows())
        let zeroShot = adapter.zeroShotLogits(unit)
        let affinities = adapter.affinities(unit)
        let scratch = Matrix<Scalar>(rows: affinities.rows, columns: affinities.columns)
        let cache = Matrix<Scalar>(rows: zeroShot.rows, columns: zeroShot.columns)
        for (i, beta) in betas.enumerated() {
            scratch.elements.update(from: affinities.elements, count: affinities.count)
            cache.elements.update(repeating: 0, count: cache.count)
            adapter.addCache(scratch, beta: beta, weight: 1, to: cache)
            let counts = Self.correct(zeroShot, cache, labels: labels, alphas: alphas)
            correct.append(counts)
            for (j, count) in counts.enumerated() where count > bestCorrect {
                (bestCorrect, bestIndex) = (count, (i, j))
                (self.beta, self.alpha) = (beta, alphas[j])
            }
        }
    }

    /// For each α, how many rows of `zeroShot + α · cache` have their label's logit ahead.
    private static func correct<Scalar: TensorScalar>(
        _ zeroShot: Matrix<Scalar>, _ cache: Matrix<Scalar>, labels: [Int32], alphas: [Double]
    ) -> [Int] {
        // Where a row's interval begins one more is right, and one fewer where it has ended.
        var changes = [Int](repeating: 0, count: alphas.count + 1)
        for row in labels.indices {
            let start = row * zeroShot.columns
            guard
                let interval = interval(
                    zeroShot.elements + start, cache.elements + start, label: Int(labels[row]), count: zeroShot.columns)
            else { continue }
            let first = partition(alphas) { $0 >= interval.lower }
            let end = partition(alphas) { $0 > interval.upper }
            guard first < end else { continue }
            changes[first] += 1
            changes[end] -= 1
        }
        var running = 0
        return alphas.indices.map { index in
            running += changes[index]
            return running
        }
    }

    /// The α between which no class overtakes `label`; nil if there are none. Of equal logits the lower index wins.
    private static func interval<Scalar: TensorScalar>(
        _ z: UnsafePointer<Scalar>, _ c: UnsafePointer<Scalar>, label: Int, count: Int
    ) -> (lower: Double, upper: Double)? {
        var (lower, upper) = (-Double.infinity, Double.infinity)
        for k in 0..<count where k != label {
            let lead = Double(z[label]) - Double(z[k])
            let gain = Double(c[label]) - Double(c[k])
            if gain > 0 {
                lower = max(lower, -lead / gain)
            } else if gain < 0 {
                upper = min(upper, -lead / gain)
            } else if !(gain == 0 && (lead > 0 || (lead == 0 && label < k))) {
                return nil
            }
        }
        return lower <= upper ? (lower, upper) : nil
    }

    /// The first index whose value satisfies `predicate`, which once true stays true; the count if none does.
    private static func partition(_ values: [Double], _ predicate: (Double) -> Bool) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(values[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
