import Tensors

/// What answers for pictures: a classifier with the weights of one moment. Whoever shows probabilities asks one, and says
/// of which weights they are.
public struct Predictor {
    /// The weights that it answers with.
    public enum Version: Sendable, Equatable {
        /// None: the model as it is.
        case zeroShot
        /// Those of a run after so many steps and completed epochs.
        case trained(step: Int, epoch: Int)
        /// Those of an adapter file.
        case file(String)
    }

    /// The weights that it answers with.
    public let version: Version
    private let classifier: any FeatureClassifier

    /// A classifier that was trained.
    public init(_ classifier: any FeatureClassifier, version: Version) {
        self.classifier = classifier
        self.version = version
    }

    /// The predictor without parameters, `s · f̂ · Ŵᵀ`.
    /// - Parameters:
    ///   - textFeatures: classifier weights `Ŵ`, unit rows, `[classes, width]`.
    ///   - logitScale: the multiplier of the cosines, `s`.
    public static func zeroShot(textFeatures: Tensor<Float>, logitScale: Float) -> Predictor {
        Predictor(ZeroShotMethod(textFeatures: textFeatures, logitScale: logitScale), version: .zeroShot)
    }

    /// What a run has left in a file, for the classes of `textFeatures`. A file that does not name its classes is taken at
    /// the user's word; its shapes must agree.
    /// - Throws: ``AdapterFileError`` if it belongs to other classes, or does not hold what its kind needs.
    public init(
        _ file: AdapterFile, classNames: [String], textFeatures: Tensor<Float>, logitScale: Float
    ) throws {
        guard !file.kind.descriptor.isClassBound || file.classNames.isEmpty || file.classNames == classNames else {
            throw AdapterFileError.otherClasses(path: file.path, kind: file.kind.rawValue)
        }
        self.init(
            try MethodRegistry.classifier(file, textFeatures: textFeatures, logitScale: logitScale),
            version: .file(file.path))
    }

    /// Class logits `[n, classes]` for image features, any norm, `[n, width]`.
    public func logits(_ features: Tensor<Float>) -> Tensor<Float> { classifier.logits(features) }

    /// Class probabilities `[n, classes]` for image features, any norm, `[n, width]`.
    public func probabilities(_ features: Tensor<Float>) -> Tensor<Float> { logits(features).softmaxRows() }
}
