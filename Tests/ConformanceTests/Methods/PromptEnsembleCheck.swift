import CLIP
import FewShot
import Safetensors
import Tensors

/// Classifiers from prompts alone: each feature normalised, averaged, normalised again; logits, probabilities, ranks.
enum PromptEnsembleCheck {
    static func run(_ test: MethodCase) throws -> [String] {
        let (inputs, expected) = (
            try test.inputs(), try SafetensorsFile(test.folder.appending(path: "expected.safetensors"))
        )
        let texts = try inputs.tensor("text_features")
        let (classes, prompts, width) = (texts.shape[0], texts.shape[1], texts.shape[2])
        let classifier = ClassTexts(
            features: texts.reshaped([classes * prompts, width]),
            counts: [Int](repeating: prompts, count: classes)
        ).classifier
        let logits = try inputs.tensor("features").normalisedRows().product(
            classifier, transposeOther: true, alpha: try inputs.tensor("scale").values[0])
        let ranks = (0..<logits.rows).map { row in
            let values = Array(logits.row(row))
            return values.indices.sorted { (-values[$0], $0) < (-values[$1], $1) }
        }
        let labels = try inputs.integers("labels")
        let right = zip(ranks, labels).count { $0.0[0] == $0.1 }
        var problems = try [
            ("classifier", classifier), ("logits", logits), ("probabilities", logits.softmaxRows()),
            ("top1", Tensor([Float(right) / Float(labels.count)], shape: [1])),
        ].compactMap { try test.mismatch($0, $1, expected) }
        if ranks.flatMap({ $0.prefix(5) }) != (try expected.integers("top5_indices")) {
            problems.append("top5_indices: other classes lead")
        }
        return problems
    }
}
