import Tensors

/// All metrics of a classifier on one part of a data set (docs/methods.md#losses-and-metrics).
public struct DetailedMetrics: Sendable, Equatable {
    /// Loss and accuracies.
    public let summary: ClassificationMetrics
    /// Predictions by true class.
    public let confusion: ConfusionMatrix
    /// How well confidences match accuracies.
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
