import FewShot
import Tensors

/// Turns logits for a whole split into answers that can be browsed. The zero-shot side never changes and is kept.
struct SplitPredictor {
    let split: Split
    /// Indices into the run's pictures, in the order of the features' rows.
    let pictures: [Int]
    let features: LabelledFeatures
    private let zeroShot: [PictureAnswer.Answer]

    /// - Parameter indices: the split's rows of the data set.
    init(_ split: Split, indices: [Int], of prepared: PreparedRun) {
        self.split = split
        let places = Dictionary(uniqueKeysWithValues: prepared.rows.enumerated().map { ($1, $0) })
        pictures = indices.map { places[$0] ?? 0 }
        features = prepared.part(indices)
        zeroShot = Self.answers(prepared.zeroShotLogits(features.features), labels: features.labels)
    }

    /// The answers of a method with its weights as they are now.
    func answers(of method: any AdaptationMethod, epoch: Int) -> SplitPredictions {
        answers(logits: method.logits(features.features), epoch: epoch)
    }

    /// The answers that these logits of the split are.
    func answers(logits: Tensor<Float>, epoch: Int) -> SplitPredictions {
        let adapted = Self.answers(logits, labels: features.labels)
        let answers = pictures.indices.map { row in
            PictureAnswer(
                picture: pictures[row], label: Int(features.labels[row]), zeroShot: zeroShot[row], adapted: adapted[row]
            )
        }
        return SplitPredictions(split: split, epoch: epoch, answers: answers)
    }

    /// The winner of each row, with its probability and that of the true class.
    private static func answers(_ logits: Tensor<Float>, labels: [Int32]) -> [PictureAnswer.Answer] {
        let probabilities = logits.softmaxRows()
        let classes = probabilities.columns
        return labels.enumerated().map { row, label in
            let values = probabilities.values[row * classes..<(row + 1) * classes]
            var winner = values.startIndex
            for index in values.indices where values[index] > values[winner] { winner = index }
            return PictureAnswer.Answer(
                label: winner - values.startIndex, confidence: values[winner],
                trueProbability: values[values.startIndex + Int(label)])
        }
    }
}
