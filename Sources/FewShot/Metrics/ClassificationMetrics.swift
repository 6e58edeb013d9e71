import Foundation
import Tensors

/// Measures of a classifier on labelled pictures (docs/methods.md#losses-and-metrics). Accuracies are fractions 0...1.
///
/// What a run needs after every epoch; ``DetailedMetrics`` has the rest.
public struct ClassificationMetrics: Sendable, Equatable {
    /// Mean cross-entropy, the negative log-likelihood (NLL) of the true classes.
    public var loss: Double
    /// Fraction whose true class has the largest logit; of equal logits the lower class index wins.
    public var top1: Double
    /// Fraction whose true class is among the five largest logits (all, with fewer than five classes).
    public var top5: Double
    /// Pictures counted.
    public var count: Int
    /// For each class: pictures of it, and how many of them were answered right.
    public var perClass: [(count: Int, correct: Int)]

    /// Equal in every figure.
    public static func == (a: ClassificationMetrics, b: ClassificationMetrics) -> Bool {
        a.loss == b.loss && a.top1 == b.top1 && a.top5 == b.top5 && a.count == b.count
            && a.perClass.elementsEqual(b.perClass, by: ==)
    }

    /// Measures `logits` `[n, classes]` against `labels` `[n]`; nil for no pictures.
    public init?(logits: Tensor<Float>, labels: [Int32]) {
        let (rows, classes) = (logits.rows, logits.columns)
        guard rows > 0, labels.count == rows else { return nil }
        perClass = Array(repeating: (0, 0), count: classes)
        count = rows
        var (loss, hits, hits5) = (0.0, 0, 0)
        for row in 0..<rows {
            let scores = logits.row(row)
            let label = Int(labels[row])
            let rank = ScoreRanking.rank(of: label, in: scores)
            perClass[label].count += 1
            if rank == 0 {
                hits += 1
                perClass[label].correct += 1
            }
            if rank < 5 { hits5 += 1 }
            loss -= scores.logProbability(of: label)
        }
        self.loss = loss / Double(rows)
        top1 = Double(hits) / Double(rows)
        top5 = Double(hits5) / Double(rows)
    }
}

extension ArraySlice<Float> {
    /// `log softmax(z / T)` at one place, in double precision: `z_k − max z − log Σ exp(z − max z)`, each over `T`.
    func logProbability(of label: Int, temperature: Double = 1) -> Double {
        let largest = Double(self.max() ?? 0)
        let sum = reduce(0.0) { $0 + exp((Double($1) - largest) / temperature) }
        return (Double(self[startIndex + label]) - largest) / temperature - log(sum)
    }
}
