import CLIP
import FewShot
import Pictures

/// What one model says of image features: zero-shot and, with a run, adapted.
struct PicturePredictor {
    /// The classes to choose from, in order of the answers' columns.
    let classNames: [String]
    let zeroShot: Predictor
    /// Nil without a run.
    let adapted: Predictor?

    /// - Parameter sentences: the prompts of each class.
    /// - Throws: `CLIPError`, `AdapterFileError`.
    init(_ model: CLIPModel, classNames: [String], sentences: [[String]], run: TrainedRun?) throws {
        self.classNames = classNames
        let texts = try model.classTexts(sentences)
        for warning in texts.warnings { printError("warning: \(printable(warning))") }
        let textFeatures = texts.classifier
        zeroShot = .zeroShot(textFeatures: textFeatures, logitScale: model.logitScale)
        adapted = try run.map {
            try Predictor(
                $0.file, classNames: classNames, textFeatures: textFeatures, logitScale: model.logitScale)
        }
    }
}
