import Foundation
import Tensors

/// Measures of a classifier on labelled pictures (spec, few-shot 1). Accuracies are fractions 0...1.
public struct ClassificationMetrics: Sendable, Equatable {
    /// Mean cross-entropy.
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
            let rank = Self.rank(of: label, in: scores)
            perClass[label].count += 1
            if rank == 0 {
                hits += 1
                perClass[label].correct += 1
            }
            if rank < 5 { hits5 += 1 }
            loss -= Self.logProbability(of: label, in: scores)
        }
        self.loss = loss / Double(rows)
        top1 = Double(hits) / Double(rows)
        top5 = Double(hits5) / Double(rows)
    }

    /// How many classes stand before `label`: those with a larger logit, and earlier ones with an equal logit.
    /// A NaN is never before anything, and nothing is certain against it: it ranks last.
    static func rank(of label: Int, in scores: ArraySlice<Float>) -> Int {
        let own = scores[scores.startIndex + label]
        guard !own.isNaN else { return scores.count }
        var rank = 0
        for (index, score) in scores.enumerated() where score > own || (score == own && index < label) { rank += 1 }
        return rank
    }

    private static func logProbability(of label: Int, in scores: ArraySlice<Float>) -> Double {
        let largest = Double(scores.max() ?? 0)
        let sum = scores.reduce(0.0) { $0 + exp(Double($1) - largest) }
        return Double(scores[scores.startIndex + label]) - largest - log(sum)
    }
}
