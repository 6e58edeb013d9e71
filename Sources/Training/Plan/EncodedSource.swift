import CLIP
import FewShot
import Foundation
import Pictures
import Tensors

/// What the plans of one data set are made from: model, class texts, the drawn splits, and the features of every picture
/// in one of them. One for a run, or for all runs of a comparison.
struct EncodedSource: Sendable {
    let model: CLIPModel
    /// What stood for the classes.
    let prompts: ClassPrompts
    let texts: ClassTexts
    let pictures: SelectedPictures

    /// The data set, reduced to the pictures of the splits.
    var dataset: Dataset { pictures.dataset }
    var encoded: EncodedDataset { pictures.encoded }
    var labels: [Int32] { pictures.labels }

    /// Zero-shot for the classes of the data set.
    var zeroShot: Predictor { .zeroShot(textFeatures: texts.classifier, logitScale: model.logitScale) }

    /// The split of a run.
    func draw(of configuration: TrainingConfiguration) -> SelectedPictures.Draw? {
        pictures.draws[configuration.splitRequest]
    }

    /// Features and labels of some pictures.
    /// - Parameter rows: rows of ``encoded``.
    func part(_ rows: [Int]) -> LabelledFeatures {
        LabelledFeatures(features: encoded.features.gatheringRows(rows), labels: rows.map { labels[$0] })
    }
}

/// How a split comes about: drawn by rules, or given.
struct SplitRequest: Hashable, Sendable {
    var rules: FewShotRules
    var selection: FewShotSelection?
}

extension TrainingConfiguration {
    var splitRequest: SplitRequest { SplitRequest(rules: fewShotRules, selection: selection) }
}
