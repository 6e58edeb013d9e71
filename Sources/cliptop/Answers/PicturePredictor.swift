import CLIP
import FewShot
import Tensors

/// What one model says of image features: zero-shot and, with a run, adapted.
struct PicturePredictor {
    /// The classes to choose from, in order of the answers' columns.
    let classNames: [String]
    private let textFeatures: Tensor<Float>
    private let logitScale: Float
    private let adapter: (any FeatureClassifier)?

    /// - Parameter sentences: the prompts of each class.
    /// - Throws: `CLIPError`, `AdapterFileError`.
    init(_ model: CLIPModel, classNames: [String], sentences: [[String]], run: TrainedRun?) throws {
        self.classNames = classNames
        logitScale = model.logitScale
        textFeatures = try model.classTexts(sentences).classifier
        // A file that does not name its classes takes the user's word; its shapes must agree.
        if let file = run?.file, file.kind.descriptor.isClassBound, !file.classNames.isEmpty,
            classNames != file.classNames
        {
            throw AdapterFileError.otherClasses(path: file.path, kind: file.kind.rawValue)
        }
        let (features, scale) = (textFeatures, logitScale)
        adapter = try run.map { try MethodRegistry.classifier($0.file, textFeatures: features, logitScale: scale) }
    }

    /// Zero-shot logits `[n, classes]` for features `[n, width]`.
    func zeroShotLogits(_ features: Tensor<Float>) -> Tensor<Float> {
        features.normalisedRows().product(textFeatures, transposeOther: true, alpha: logitScale)
    }

    /// Adapted logits `[n, classes]`; nil without a run.
    func adaptedLogits(_ features: Tensor<Float>) -> Tensor<Float>? { adapter?.logits(features) }
}
