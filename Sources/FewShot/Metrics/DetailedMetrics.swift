import Tensors

/// Everything there is to say about a classifier on one part of a data set (spec, few-shot 1).
public struct DetailedMetrics: Sendable, Equatable {
    /// Loss and accuracies.
    public let summary: ClassificationMetrics
    /// What was taken for what.
    public let confusion: ConfusionMatrix
    /// How honest the confidences are.
    public let calibration: Calibration
    /// Share of each class's pictures whose class is among the five largest logits; nil without pictures, `[classes]`.
    public let top5PerClass: [Double?]

    /// Measures `logits` `[n, classes]` against `labels` `[n]`; nil for no pictures.
    public init?(logits: Tensor<Float>, labels: [Int32]) {
        guard let summary = ClassificationMetrics(logits: logits, labels: labels),
            let calibration = Calibration(logits: logits, labels: labels)
        else { return nil }
        self.summary = summary
        self.calibration = calibration
        confusion = ConfusionMatrix(logits: logits, labels: labels)
        var hits = [Int](repeating: 0, count: logits.columns)
        for (row, label) in labels.enumerated() where ScoreRanking.rank(of: Int(label), in: logits.row(row)) < 5 {
            hits[Int(label)] += 1
        }
        top5PerClass = zip(hits, confusion.support).map { $1 > 0 ? Double($0) / Double($1) : nil }
    }
}
