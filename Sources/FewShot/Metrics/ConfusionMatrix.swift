import Tensors

/// How often each class was predicted as each class, with recall, precision and F1
/// (docs/methods.md#losses-and-metrics).
public struct ConfusionMatrix: Sendable, Equatable {
    /// Number of classes `K`.
    public let classes: Int
    /// `counts[truth * K + answer]`, `[K, K]`.
    public private(set) var counts: [Int]
    /// Pictures of each class, those without an answer among them, `[K]`.
    public private(set) var support: [Int]

    /// Counts the predictions of `logits` `[n, K]` for pictures of the classes `labels` `[n]`. A picture whose scores
    /// are all NaN has no prediction: it counts as a picture of its class and in no column.
    public init(logits: Tensor<Float>, labels: [Int32]) {
        classes = logits.columns
        counts = Array(repeating: 0, count: classes * classes)
        support = Array(repeating: 0, count: classes)
        for (row, label) in labels.enumerated() {
            support[Int(label)] += 1
            guard let answer = ScoreRanking.best(in: logits.row(row)) else { continue }
            counts[Int(label) * classes + answer] += 1
        }
    }

    /// How many pictures of class `truth` were predicted as `answer`.
    public subscript(truth: Int, answer: Int) -> Int { counts[truth * classes + answer] }

    /// How often a class was predicted.
    public func answered(_ label: Int) -> Int { (0..<classes).reduce(0) { $0 + self[$1, label] } }

    /// Recall: the share of the pictures of a class that were predicted correctly; nil for a class without pictures.
    public func recall(_ label: Int) -> Double? {
        support[label] > 0 ? Double(self[label, label]) / Double(support[label]) : nil
    }

    /// Precision: the share of the predictions of a class that were correct; nil for a class that was never predicted.
    public func precision(_ label: Int) -> Double? {
        let answers = answered(label)
        return answers > 0 ? Double(self[label, label]) / Double(answers) : nil
    }

    /// The harmonic mean of precision and recall, `2·TP / (pictures + answers)`: 0 where scikit-learn calls it
    /// undefined; nil for a class that occurs neither as truth nor as answer.
    public func f1(_ label: Int) -> Double? {
        let sum = support[label] + answered(label)
        return sum > 0 ? 2 * Double(self[label, label]) / Double(sum) : nil
    }

    /// Unweighted mean of the accuracies of the classes that have pictures.
    public var meanPerClass: Double { Self.mean((0..<classes).compactMap(recall)) }

    /// Unweighted mean F1 over the classes that occur as truth or as answer, as scikit-learn's `f1_score(average:
    /// "macro")`.
    public var macroF1: Double { Self.mean((0..<classes).compactMap(f1)) }

    /// The mistakes that were made most often, most frequent first; of equally frequent ones in class order.
    public func confusions(_ count: Int) -> [(truth: Int, answer: Int, count: Int)] {
        var all: [(truth: Int, answer: Int, count: Int)] = []
        for truth in 0..<classes {
            for answer in 0..<classes where answer != truth && self[truth, answer] > 0 {
                all.append((truth, answer, self[truth, answer]))
            }
        }
        return Array(all.sorted { (-$0.count, $0.truth, $0.answer) < (-$1.count, $1.truth, $1.answer) }.prefix(count))
    }

    private static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
}
