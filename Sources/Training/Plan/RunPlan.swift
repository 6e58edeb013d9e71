import CLIP
import FewShot
import Foundation
import Store
import Tensors

/// One run before its first step: data set, split, features, class texts, the untrained method, and a description.
///
/// Whatever trains or measures is made from one: `train`, `resume`, `replay` and `branch`, each cell of `compare`, and
/// `evaluate` and `ratio`, whose plans have the method without parameters and no run in the list of runs.
public struct RunPlan {
    /// What it is made from.
    public let configuration: TrainingConfiguration
    let source: EncodedSource
    /// Rows of the features that train, validate and test.
    let split: FewShotSplit
    /// The same draw as a file keeps it; nil for a cell of a comparison, which leaves no files.
    let selection: FewShotSelection?
    let method: any AdaptationMethod
    /// The run for people.
    public internal(set) var description: RunDescription
    /// The pictures as viewers see them, one for each row of the features; none where there are no viewers.
    var pictures: [PictureReference] = []

    /// The model.
    public var model: CLIPModel { source.model }
    var prompts: ClassPrompts { source.prompts }
    /// The pictures of all parts, one for each row of ``encoded``.
    var dataset: Dataset { source.dataset }
    var encoded: EncodedDataset { source.encoded }
    /// Unit text features, one row a class, `[classes, width]`.
    var classifier: Tensor<Float> { source.texts.classifier }
    /// The class of every picture of the data set, `[pictures]`.
    var labels: [Int32] { source.labels }
    /// Pictures that could not be used; they are in no part.
    public var unreadable: [UnreadablePicture] { encoded.unreadable }

    /// Features and labels of one part of the split.
    public func part(_ part: Split) -> LabelledFeatures { source.part(split.rows(of: part)) }

    /// The pictures as viewers see them.
    var references: [PictureReference] {
        var parts = [Split](repeating: .test, count: dataset.items.count)
        for row in split.validation { parts[row] = .validation }
        for row in split.train { parts[row] = .train }
        return zip(dataset.items, zip(labels, parts)).map { item, place in
            PictureReference(name: item.path, url: item.url, label: Int(place.0), split: place.1)
        }
    }

    /// Zero-shot for the plan's classes: the line to beat.
    public var zeroShot: Predictor { source.zeroShot }

    /// What a trained method left in a file, ready to answer for these classes. A file from elsewhere does not say which
    /// model it belongs to, and is taken at its word.
    /// - Throws: ``AdapterFileError`` if it belongs to another model or to other classes.
    public func predictor(_ file: AdapterFile) throws -> Predictor {
        guard file.modelChecksum.isEmpty || file.modelChecksum == model.weightsChecksum else {
            throw AdapterFileError.otherModel(path: file.path, trainedWith: file.modelName, given: model.name)
        }
        return try Predictor(
            file, classNames: description.classNames, textFeatures: classifier, logitScale: model.logitScale)
    }
}

extension RunPlan {
    /// A plan to measure a finished method with: its split drawn and encoded as the run's was, and no run of its own.
    /// - Parameters:
    ///   - emit: called from any thread with what is being done and with warnings.
    ///   - isCancelled: asked now and then.
    /// - Returns: nil once `isCancelled` says true.
    /// - Throws: errors of the model, the data set and the store.
    public static func measuring(
        _ configuration: TrainingConfiguration, state: StateDirectory,
        emit: @escaping @Sendable (TrainingEvent) -> Void, isCancelled: @escaping @Sendable () -> Bool
    ) throws -> RunPlan? {
        try OpenBLAS.prepare()
        var configuration = configuration
        configuration.use(MethodRegistry.baseline)
        configuration.patience = nil
        configuration.augment = false
        let preparation = RunPreparation(
            configuration: configuration, state: state, emit: emit, isCancelled: isCancelled)
        do { return try preparation.measuringPlan() } catch is PreparationCancelled { return nil }
    }
}

extension SplitIdentity {
    /// The checksum of one part.
    public func checksum(of part: Split) -> String {
        switch part {
        case .train: train
        case .validation: validation
        case .test: test
        }
    }

    /// The split's name and the checksum of a part: `4 shots, seed 1; test 3f9a1c2e`.
    public func title(of part: Split) -> String { "\(name); \(part.rawValue) \(checksum(of: part))" }
}

extension FewShotSplit {
    /// The indices of one part.
    func rows(of part: Split) -> [Int] {
        switch part {
        case .train: train
        case .validation: validation
        case .test: test
        }
    }
}
