import Foundation
import Tensors

/// One number that all logits are divided by, so that confidences match accuracies
/// (docs/methods.md#losses-and-metrics). It changes no prediction.
public struct TemperatureScaling: Sendable, Equatable {
    /// The temperature `T`: above 1 for an overconfident classifier.
    public let temperature: Double
    /// Mean cross-entropy of `logits / T` on the pictures it was searched on.
    public let nll: Double
    /// How many pictures that were.
    public let count: Int

    /// Searches the temperature with the lowest mean cross-entropy: golden section on `ln T` in [-3, 3]. The pictures are
    /// validation pictures; whoever shows the result says so.
    /// - Parameters:
    ///   - logits: `[n, classes]`.
    ///   - labels: `[n]`.
    /// - Returns: nil for no pictures, and where the cross-entropy is no number.
    public static func fitted(logits: Tensor<Float>, labels: [Int32]) -> TemperatureScaling? {
        guard !labels.isEmpty, labels.count == logits.rows else { return nil }
        func nll(_ logTemperature: Double) -> Double {
            let temperature = exp(logTemperature)
            let sum = labels.enumerated().reduce(0.0) { sum, entry in
                sum - logits.row(entry.offset).logProbability(of: Int(entry.element), temperature: temperature)
            }
            return sum / Double(labels.count)
        }
        let found = goldenSection(from: -3, to: 3, tolerance: 1e-7, nll)
        let value = nll(found)
        guard value.isFinite else { return nil }
        return TemperatureScaling(temperature: exp(found), nll: value, count: labels.count)
    }

    /// Where a function with one valley between `low` and `high` is lowest.
    static func goldenSection(
        from low: Double, to high: Double, tolerance: Double, _ function: (Double) -> Double
    ) -> Double {
        let ratio = (5.0.squareRoot() - 1) / 2
        var (low, high) = (low, high)
        var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
        var (atLeft, atRight) = (function(left), function(right))
        while high - low > tolerance {
            if atLeft < atRight {
                (high, right, atRight) = (right, left, atLeft)
                left = high - ratio * (high - low)
                atLeft = function(left)
            } else {
                (low, left, atLeft) = (left, right, atRight)
                right = low + ratio * (high - low)
                atRight = function(right)
            }
        }
        return (low + high) / 2
    }
}
