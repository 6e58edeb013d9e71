import CLIP
import FewShot
import Pictures
import Safetensors
import Training

/// What a precision gains and loses on a model, in words.
struct PrecisionReport {
    let precision: Precision
    /// The data set's name.
    let data: String
    let comparison: PrecisionComparison

    /// Rows of a table.
    var rows: [(String, String)] {
        let name = precision.rawValue
        var rows = [
            ("precision", "\(name) against fp32, on \(comparison.pictures) pictures of \(printable(data))"),
            (
                "cosine",
                "between a picture's features in both: mean \(cosine(comparison.meanCosine)), "
                    + "least \(cosine(comparison.leastCosine))"
            ),
        ]
        if let answers = comparison.answers {
            rows.append(("top-1", topOne(answers)))
        }
        let gain = NumberFormat.fixed(comparison.speed / comparison.referenceSpeed, 2)
        rows.append(
            (
                "speed",
                "\(speed(comparison.referenceSpeed)) pictures/s in fp32, \(speed(comparison.speed)) in \(name): "
                    + "\(gain) times, decoding included"
            ))
        return rows
    }

    private func topOne(_ answers: PrecisionComparison.Answers) -> String {
        let name = precision.rawValue
        let changed = "\(answers.changed) of \(answers.count) answers changed"
        guard answers.isAboveChance else {
            return "zero-shot is at chance on these \(answers.classes) classes and shows no loss; \(changed)"
        }
        return "zero-shot \(NumberFormat.percent(answers.referenceTop1)) % in fp32, "
            + "\(NumberFormat.percent(answers.top1)) % in \(name); \(changed)"
    }

    private func cosine(_ value: Double) -> String { NumberFormat.fixed(value, 6) }
    private func speed(_ value: Double) -> String { NumberFormat.fixed(value, 1) }
}
