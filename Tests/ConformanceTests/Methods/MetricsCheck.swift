import FewShot
import Foundation
import Safetensors
import Tensors

/// Losses, rankings, per-class figures, calibration and aggregation against NumPy, PyTorch and scikit-learn.
enum MetricsCheck {
    static func run(_ test: MethodCase) throws -> [String] {
        let (inputs, expected) = (try test.inputs(), try test.expected())
        var problems: [String] = []
        func compare(_ name: String, _ values: [Double]) throws {
            let tensor = Tensor(values.map(Float.init), shape: [values.count])
            if let problem = try test.mismatch(name, tensor, expected) { problems.append(problem) }
        }
        func compare(_ name: String, integers: [Int]) throws {
            if try expected.integers(name) != integers { problems.append("\(name): not identical") }
        }

        for prefix in ["", "extreme.", "small."] {
            let logits = try inputs.tensor("\(prefix)logits")
            let labels = try inputs.integers("\(prefix)labels").map(Int32.init)
            let losses = labels.enumerated().map { row, label in
                ClassificationMetrics(logits: logits.gatheringRows([row]), labels: [label])?.loss ?? .nan
            }
            try compare("\(prefix)cross_entropy_per_sample", losses)
            // The case's note: the absolute tolerance is meant for the large ones.
            let wanted = try expected.tensor("\(prefix)cross_entropy_per_sample").values.map(Double.init)
            for (loss, wanted) in zip(losses, wanted) where prefix == "extreme." && wanted < 100 {
                if !(abs(loss - wanted) <= 1e-5) { problems.append("extreme loss \(loss), wanted \(wanted)") }
            }
            try compare("\(prefix)probabilities", logits.softmaxRows().values.map(Double.init))
            try compare("\(prefix)gradient", gradient(logits, labels))
            guard prefix != "extreme.", let metrics = ClassificationMetrics(logits: logits, labels: labels) else {
                continue
            }
            try compare("\(prefix)cross_entropy", [metrics.loss])
            try compare("\(prefix)top1", [metrics.top1])
            try compare("\(prefix)top5", [metrics.top5])
            try compare(
                "\(prefix)top5_indices",
                integers: labels.indices.flatMap { ScoreRanking.top(5, in: logits.row($0)) })
        }

        let logits = try inputs.tensor("logits")
        let labels = try inputs.integers("labels").map(Int32.init)
        guard let metrics = DetailedMetrics(logits: logits, labels: labels),
            let scaling = TemperatureScaling.fitted(logits: logits, labels: labels),
            let seeds = SeedStatistics(try inputs.tensor("seed_accuracies").values.map(Double.init))
        else { return ["no metrics"] }
        let (confusion, calibration) = (metrics.confusion, metrics.calibration)
        let classes = 0..<confusion.classes
        try compare("confusion", integers: confusion.counts)
        try compare("class_count", integers: confusion.support)
        try compare("class_accuracy", classes.map { confusion.recall($0) ?? -1 })
        try compare(
            "confusion_normalised",
            classes.flatMap { truth in
                classes.map { Double(confusion[truth, $0]) / Double(max(confusion.support[truth], 1)) }
            })
        try compare("mean_per_class", [confusion.meanPerClass])
        try compare("macro_f1", [confusion.macroF1])
        try compare("ece_bins", calibration.bins.flatMap { [Double($0.count), $0.accuracy, $0.confidence] })
        try compare("ece", [calibration.ece])
        try compare("nll", [calibration.nll])
        try compare("brier", [calibration.brier])
        try compare("temperature", [scaling.temperature])
        try compare("temperature_nll", [scaling.nll])
        // The reference divides by n, as NumPy does; what it makes of that, 1.96 · std / √n, is no interval of few seeds.
        let count = Double(seeds.count)
        let population = (seeds.sampleDeviation ?? 0) * ((count - 1) / count).squareRoot()
        try compare("aggregate", [seeds.mean, population, 1.96 * population / count.squareRoot()])
        return problems
    }

    /// The gradient that training uses, `(softmax − onehot) / n`.
    private static func gradient(_ logits: Tensor<Float>, _ labels: [Int32]) -> [Double] {
        let matrix = Matrix(logits)
        _ = labels.withUnsafeBufferPointer { labels in
            labels.baseAddress.map {
                Float.softmaxCrossEntropy(
                    matrix.elements, labels: $0, rows: logits.rows, columns: logits.columns, batch: logits.rows)
            }
        }
        return matrix.tensor.values.map(Double.init)
    }
}
