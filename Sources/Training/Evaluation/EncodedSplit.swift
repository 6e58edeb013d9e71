import CLIP
import FewShot
import Foundation
import Store
import Tensors

/// The parts of a data set as a run of the same settings draws them, with their features: for looking at a classifier
/// once its run is over.
public struct EncodedSplit: Sendable {
    /// The model.
    public let model: CLIPModel
    /// What people call the data set.
    public let dataset: String
    /// Class names in label order.
    public let classNames: [String]
    /// Classifier weights, unit rows, `[classes, width]`.
    public let textFeatures: Tensor<Float>
    /// The few shots.
    public let train: LabelledFeatures
    /// What choices are made on.
    public let validation: LabelledFeatures
    /// What nothing is chosen on.
    public let test: LabelledFeatures
    /// How the features were come by.
    public let encoding: EncodingCounts
    /// Wall time of that, in seconds.
    public let encodingSeconds: Double
    /// Pictures that could not be used.
    public let unreadable: [UnreadablePicture]

    /// Reads, draws and encodes.
    /// - Parameters:
    ///   - emit: called from any thread with what is being done and with warnings.
    ///   - isCancelled: asked now and then.
    /// - Returns: nil once `isCancelled` says true.
    /// - Throws: errors of the model, the data set and the store.
    public static func read(
        _ configuration: TrainingConfiguration, state: StateDirectory,
        emit: @escaping @Sendable (TrainingEvent) -> Void, isCancelled: @escaping @Sendable () -> Bool
    ) throws -> EncodedSplit? {
        OpenBLAS.threads = 1
        let preparation = RunPreparation(
            configuration: configuration, state: state, emit: emit, isCancelled: isCancelled)
        do { return try preparation.encodedSplit() } catch is PreparationCancelled { return nil }
    }

    /// One of the parts.
    public func part(_ split: Split) -> LabelledFeatures {
        switch split {
        case .train: train
        case .validation: validation
        case .test: test
        }
    }

    /// The line to beat.
    public var zeroShot: ZeroShotMethod { ZeroShotMethod(textFeatures: textFeatures, logitScale: model.logitScale) }

    /// What a trained method left in a file, ready to answer for these classes. A file from elsewhere does not say what
    /// model and which classes it belongs to, and is taken at its word; its shapes must agree.
    /// - Throws: ``AdapterFileError`` if it belongs to another model or to other classes.
    public func classifier(_ file: AdapterFile) throws -> any FeatureClassifier {
        guard file.modelChecksum.isEmpty || file.modelChecksum == model.weightsChecksum else {
            throw AdapterFileError.otherModel(path: file.path, trainedWith: file.modelName, given: model.name)
        }
        guard !file.kind.descriptor.isClassBound || file.classNames.isEmpty || file.classNames == classNames else {
            throw AdapterFileError.otherClasses(path: file.path, kind: file.kind.rawValue)
        }
        return try MethodRegistry.classifier(file, textFeatures: textFeatures, logitScale: model.logitScale)
    }
}

extension RunPreparation {
    fileprivate func encodedSplit() throws -> EncodedSplit {
        try configuration.validate()
        let (source, prompts) = try readSource()
        let model = try loadModel()
        let texts = try model.classTexts(prompts.sentences)
        emit(.phase(.encoding))
        let database = try StateDatabase(state)
        let selected = try drawAndEncode(source) { try encode($0, model: model, database: database) }
        try checkCancelled()
        let labels = selected.labels.map { Int32($0) }
        func part(_ indices: [Int]) -> LabelledFeatures { PreparedRun.part(indices, selected.encoded, labels) }
        return EncodedSplit(
            model: model, dataset: source.name, classNames: source.classNames, textFeatures: texts.classifier,
            train: part(selected.split.train), validation: part(selected.split.validation),
            test: part(selected.split.test), encoding: selected.encoded.counts,
            encodingSeconds: selected.encoded.seconds, unreadable: selected.encoded.unreadable)
    }
}
