import Foundation
import Tensors

/// How well confidences match accuracies (docs/methods.md#losses-and-metrics).
public struct Calibration: Sendable, Equatable {
    /// One row of the reliability table: the pictures whose confidence lies in `(lower, upper]`.
    public struct Bin: Sendable, Equatable {
        /// Where the bin begins, exclusive.
        public var lower: Double
        /// Where it ends, inclusive.
        public var upper: Double
        /// Pictures in it.
        public var count = 0
        /// Share of them predicted correctly; 0 if there are none.
        public var accuracy = 0.0
        /// Their mean confidence; 0 if there are none.
        public var confidence = 0.0
    }

    /// Equal widths on (0, 1], least confident first.
    public let bins: [Bin]
    /// Expected calibration error `Σ (|B_m| / n) · |accuracy(B_m) − confidence(B_m)|`.
    public let ece: Double
    /// Brier score `(1/n) Σ ‖p − y‖²`, 0...2.
    public let brier: Double
    /// Mean cross-entropy.
    public let nll: Double

    /// Measures the probabilities `softmax(logits / temperature)`, `logits` `[n, classes]`, against `labels` `[n]`; nil
    /// for no pictures.
    public init?(logits: Tensor<Float>, labels: [Int32], bins binCount: Int = 15, temperature: Double = 1) {
        guard !labels.isEmpty, logits.rows == labels.count, binCount > 0 else { return nil }
        var sums = [(count: Int, right: Int, confidence: Double)](repeating: (0, 0, 0), count: binCount)
        var (brier, nll) = (0.0, 0.0)
        for (row, label) in labels.enumerated() {
            let scores = logits.row(row)
            let largest = Double(scores.max() ?? 0)
            let powers = scores.map { exp((Double($0) - largest) / temperature) }
            let sum = powers.reduce(0, +)
            // ‖p − y‖² = Σ p² − 2 p_label + 1.
            let squares = powers.reduce(0) { $0 + $1 * $1 } / (sum * sum)
            brier += squares - 2 * powers[Int(label)] / sum + 1
            nll -= scores.logProbability(of: Int(label), temperature: temperature)
            guard let answer = ScoreRanking.best(in: scores) else { continue }
            let confidence = powers[answer] / sum
            guard confidence.isFinite else { continue }
            let bin = min(max(Int((confidence * Double(binCount)).rounded(.up)) - 1, 0), binCount - 1)
            sums[bin].count += 1
            sums[bin].right += answer == Int(label) ? 1 : 0
            sums[bin].confidence += confidence
        }
        let total = Double(labels.count)
        bins = sums.enumerated().map { index, sum in
            let count = Double(max(sum.count, 1))
            return Bin(
                lower: Double(index) / Double(binCount), upper: Double(index + 1) / Double(binCount), count: sum.count,
                accuracy: Double(sum.right) / count, confidence: sum.confidence / count)
        }
        ece = bins.reduce(0) { $0 + Double($1.count) / total * abs($1.accuracy - $1.confidence) }
        self.brier = brier / total
        self.nll = nll / total
    }
}
