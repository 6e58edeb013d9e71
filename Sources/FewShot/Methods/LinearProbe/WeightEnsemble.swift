import Tensors

/// Weight-space ensembling of a tuned linear head with the zero-shot head, as WiSE-FT does (arXiv 2109.01903;
/// docs/methods.md#weight-space-ensembling):
///
///     θ(a) = (1 − a) · θ_zero-shot + a · θ_tuned
public struct WeightEnsemble: Sendable {
    /// The head at `a = 0`.
    public let zeroShot: LinearHead
    /// The head at `a = 1`.
    public let tuned: LinearHead

    /// An ensemble of two heads.
    /// - Precondition: they have the same shape and take the same features.
    public init(zeroShot: LinearHead, tuned: LinearHead) {
        precondition(zeroShot.weight.shape == tuned.weight.shape, "heads of different shapes")
        self.zeroShot = zeroShot
        self.tuned = tuned
    }

    /// The values of `a` that are tried: 0, 0.1, ... 1.
    public static let mixes = (0...10).map { Double($0) / 10 }

    /// The head at mix `a`, 0...1.
    public func head(_ a: Double) -> LinearHead {
        // The ends are given back as they are, so that 0 is zero-shot to the last bit.
        if a == 0 { return zeroShot }
        if a == 1 { return tuned }
        func mixed(_ from: [Float], _ to: [Float]) -> [Float] {
            zip(from, to).map { Float((1 - a) * Double($0) + a * Double($1)) }
        }
        return LinearHead(
            weight: Tensor(mixed(zeroShot.weight.values, tuned.weight.values), shape: zeroShot.weight.shape),
            bias: mixed(zeroShot.bias, tuned.bias))
    }

    /// One point of the curve over `a`.
    public struct Point: Sendable, Equatable {
        /// The mix.
        public var mix: Double
        /// How the mixed head does.
        public var metrics: ClassificationMetrics
    }

    /// How every mix does on `features` `[n, width]`; empty for no pictures.
    public func curve(features: Tensor<Float>, labels: [Int32]) -> [Point] {
        // Logits are linear in the weights, so the ends are enough.
        let (from, to) = (zeroShot.logits(features), tuned.logits(features))
        return Self.mixes.compactMap { a in
            let values = zip(from.values, to.values).map { Float((1 - a) * Double($0) + a * Double($1)) }
            let logits = Tensor(values, shape: from.shape)
            return ClassificationMetrics(logits: logits, labels: labels).map { Point(mix: a, metrics: $0) }
        }
    }

    /// The point with the best top-1, of equals the one with the lower loss; nil for an empty curve.
    public static func best(_ curve: [Point]) -> Point? {
        curve.max { a, b in
            (a.metrics.top1, -a.metrics.loss) < (b.metrics.top1, -b.metrics.loss)
        }
    }
}
