import FewShot
import Tensors

/// Turns logits for a whole split into answers that can be browsed. The zero-shot side never changes and is kept.
struct SplitPredictor {
    let split: Split
    /// Indices into the run's pictures, in the order of the features' rows.
    let pictures: [Int]
    let features: LabelledFeatures
    private let zeroShot: [PictureAnswer.Answer]

    init(_ split: Split, of prepared: RunPlan) {
        self.split = split
        pictures = prepared.split.rows(of: split)
        features = prepared.part(split)
        zeroShot = Self.answers(prepared.zeroShot.probabilities(features.features), labels: features.labels)
    }

    /// The answers with a predictor's weights.
    /// - Parameter epoch: epochs that they have been trained for.
    func answers(of predictor: Predictor, epoch: Int) -> SplitPredictions {
        answers(logits: predictor.logits(features.features), epoch: epoch)
    }

    /// The answers that these logits of the split are.
    func answers(logits: Tensor<Float>, epoch: Int) -> SplitPredictions {
        let adapted = Self.answers(logits.softmaxRows(), labels: features.labels)
        let answers = pictures.indices.map { row in
            PictureAnswer(
                picture: pictures[row], label: Int(features.labels[row]), zeroShot: zeroShot[row], adapted: adapted[row]
            )
        }
        return SplitPredictions(split: split, epoch: epoch, answers: answers)
    }

    /// The winner of each row, with its probability and that of the true class.
    private static func answers(_ probabilities: Tensor<Float>, labels: [Int32]) -> [PictureAnswer.Answer] {
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
