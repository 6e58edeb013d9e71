import CLIP
import FewShot
import Foundation
import Pictures
import Store
import Tensors

/// Everything a run needs before its first step: model, features, splits, classifier and the untrained method.
struct PreparedRun {
    let model: CLIPModel
    let dataset: Dataset
    let encoded: EncodedDataset
    let split: FewShotSplit
    /// Unit text features, one row a class, `[classes, width]`.
    let classifier: Tensor<Float>
    /// The class of every picture of the data set, `[items]`.
    let labels: [Int32]
    let method: any AdaptationMethod
    /// What stood for the classes.
    let prompts: ClassPrompts
    /// The draw, as a file keeps it; nil for a run that leaves no files.
    let selection: FewShotSelection?
    var description: RunDescription
    /// The usable pictures as viewers see them.
    let pictures: [PictureReference]
    /// For each of ``pictures`` its row in ``encoded``.
    let rows: [Int]

    /// Features and labels of one part of the data set.
    func part(_ indices: [Int]) -> LabelledFeatures { Self.part(indices, encoded, labels) }

    static func part(_ indices: [Int], _ encoded: EncodedDataset, _ labels: [Int32]) -> LabelledFeatures {
        LabelledFeatures(features: encoded.features.gatheringRows(indices), labels: indices.map { labels[$0] })
    }

    /// Zero-shot logits `[n, classes]`.
    func zeroShotLogits(_ features: Tensor<Float>) -> Tensor<Float> {
        features.normalisedRows().product(classifier, transposeOther: true, alpha: model.logitScale)
    }
}

/// Somebody asked for the end while the run was being prepared.
struct PreparationCancelled: Error {}

/// Makes a ``PreparedRun``, saying what it is doing.
struct RunPreparation {
    let configuration: TrainingConfiguration
    let state: StateDirectory
    let emit: @Sendable (TrainingEvent) -> Void
    let isCancelled: @Sendable () -> Bool

    /// - Parameter existing: the run that goes on, or is repeated; nil for a new one.
    /// - Throws: errors of the model, the data set and the store, ``PreparationCancelled``.
    func prepare(_ existing: RunRow? = nil) throws -> PreparedRun {
        try configuration.validate()
        let (source, prompts) = try readSource()
        let model = try loadModel()
        let texts = try model.classTexts(prompts.sentences)

        emit(.phase(.encoding))
        let database = try StateDatabase(state)
        let selected = try drawAndEncode(source) { try encode($0, model: model, database: database) }
        try checkCancelled()

        let method = try makeMethod(model, selected, texts)
        let run = try existing ?? RunTable(database).begin(name: configuration.name)
        return assemble(run, model, selected, method, prompts, texts.classifier)
    }

    /// The data set with the prompts of its classes; what is odd about them is in the log.
    /// - Throws: errors of the data set and the prompts.
    func readSource() throws -> (Dataset, ClassPrompts) {
        emit(.phase(.readingData))
        // The data set first: a mistyped path should not wait for a model to load.
        let source = try DatasetReader.read(
            configuration.data, format: configuration.dataFormat, options: configuration.dataOptions)
        try checkClasses(source)
        let prompts = try ClassPrompts(PromptSources(configuration.templates), for: source)
        for note in prompts.notes { emit(.log(LogEntry(printable(note)))) }
        for warning in prompts.warnings { emit(.log(LogEntry(printable(warning), level: .warning))) }
        return (source, prompts)
    }

    /// - Throws: errors of the model, ``PreparationCancelled``.
    func loadModel() throws -> CLIPModel {
        emit(.phase(.loadingModel))
        let model = try CLIPModel(
            directory: configuration.model, format: configuration.modelFormat, precision: configuration.precision)
        try checkCancelled()
        return model
    }

    func checkCancelled() throws {
        if isCancelled() { throw PreparationCancelled() }
    }

    /// The features of `items`, from the cache or from the tower; what could not be read is in the log.
    func encode(_ items: [DatasetItem], model: CLIPModel, database: StateDatabase) throws -> EncodedDataset {
        let cache = try FeatureCache(
            database, space: FeatureSpace(model: model, pillowCompatible: configuration.pillowCompatible))
        let encoder = FeatureEncoder(
            model: model, cache: cache, decoding: DecodingOptions(pillowCompatible: configuration.pillowCompatible))
        let reporter = ProgressReporter { emit(.encoding($0)) }
        let encoded = try encoder.encode(
            items, progress: { reporter.report($0) }, isCancelled: isCancelled)
        try checkCancelled()
        reporter.reportEnd(encoded.counts)
        for picture in encoded.unreadable {
            emit(
                .log(
                    LogEntry(
                        "skipped \(printable(picture.path)): \(printable(picture.reason))",
                        level: .warning)))
        }
        let counts = encoded.counts
        let speed =
            counts.encoded > 0 && encoded.seconds > 0
            ? ", \(NumberFormat.fixed(Double(counts.encoded) / encoded.seconds, 0)) pictures/s" : ""
        emit(
            .log(
                LogEntry(
                    "encoded \(counts.encoded) pictures in \(NumberFormat.fixed(encoded.seconds, 1)) s\(speed); "
                        + "\(counts.fromCache) from the cache, \(counts.unreadable) unreadable")))
        return encoded
    }

    private func makeMethod(
        _ model: CLIPModel, _ selected: SelectedPictures, _ texts: ClassTexts
    ) throws -> any AdaptationMethod {
        let labels = selected.labels.map { Int32($0) }
        let validation = PreparedRun.part(selected.split.validation, selected.encoded, labels)
        if configuration.patience != nil, validation.isEmpty { throw MethodError.needsValidation(what: "--patience") }
        var inputs = MethodInputs(
            train: PreparedRun.part(selected.split.train, selected.encoded, labels), validation: validation,
            textFeatures: texts.classifier, meanTextFeatures: texts.means, logitScale: model.logitScale,
            batchSize: min(configuration.batchSize, selected.split.train.count), seed: configuration.seed)
        inputs.keyFeatures = try keyFeatures(model, selected.split.train.map { selected.dataset.items[$0] })
        return try MethodRegistry.make(configuration.method, inputs)
    }

    /// What a cache's keys are averaged from, where random views of the training pictures are asked for.
    private func keyFeatures(_ model: CLIPModel, _ pictures: [DatasetItem]) throws -> Tensor<Float>? {
        let passes = configuration.method.tipAdapter.augmentPasses
        guard passes > 0, [.tipAdapter, .tipAdapterF].contains(configuration.method.name) else { return nil }
        let views = AveragedViews(
            model: model, decoding: DecodingOptions(pillowCompatible: configuration.pillowCompatible), passes: passes,
            seed: configuration.seed)
        let start = ContinuousClock.now
        let features = try views.encode(pictures, isCancelled: isCancelled)
        try checkCancelled()
        let seconds = NumberFormat.fixed((ContinuousClock.now - start) / .seconds(1), 1)
        emit(
            .log(
                LogEntry("averaged the cache's keys over \(passes) views of \(pictures.count) pictures in \(seconds) s")
            ))
        return features
    }

    private func assemble(
        _ run: RunRow, _ model: CLIPModel, _ selected: SelectedPictures, _ method: any AdaptationMethod,
        _ prompts: ClassPrompts, _ classifier: Tensor<Float>
    ) -> PreparedRun {
        let (dataset, encoded, split) = (selected.dataset, selected.encoded, selected.split)
        // With --repeat a training picture may occur several times.
        let membership = Dictionary(
            [(Split.train, split.train), (.validation, split.validation), (.test, split.test)]
                .flatMap { part, indices in indices.map { ($0, part) } }, uniquingKeysWith: { first, _ in first })
        let rows = membership.keys.sorted()
        let pictures = rows.map { index in
            PictureReference(
                name: dataset.items[index].path, url: dataset.items[index].url, label: selected.labels[index],
                split: membership[index] ?? .test)
        }
        return PreparedRun(
            model: model, dataset: dataset, encoded: encoded, split: split, classifier: classifier,
            labels: selected.labels.map { Int32($0) }, method: method, prompts: prompts, selection: selected.selection,
            description: describe(run, method, model, selected), pictures: pictures, rows: rows)
    }

    /// The live settings of a run at its start: those of its method, and the learning rate where it takes one.
    private func settings(of method: any AdaptationMethod) -> [String: Double] {
        var settings = method.liveValues.reduce(into: [:]) { $0[$1.setting.name] = $1.value }
        if method.ownLearningRate == nil, method.batching != .trainingFree {
            settings[LiveSetting.learningRate.name] = configuration.learningRate
        }
        return settings
    }

    private func describe(
        _ run: RunRow, _ method: any AdaptationMethod, _ model: CLIPModel, _ selected: SelectedPictures
    ) -> RunDescription {
        let (dataset, split) = (selected.dataset, selected.split)
        let count = split.train.count
        // A full batch is all there is; a method without training has no epochs.
        let batchSize = method.batching == .shuffled ? configuration.batchSize : count
        let isTrained = method.batching != .trainingFree
        return RunDescription(
            runID: run.id, name: configuration.name, dataset: dataset.name, model: model.name,
            method: configuration.method.title, shots: selected.selection.shots, seed: configuration.seed,
            classNames: dataset.classNames, epochs: isTrained ? configuration.epochs : 0,
            batchesPerEpoch: isTrained ? (count + batchSize - 1) / batchSize : 0, batchSize: batchSize,
            trainCount: count, validationCount: split.validation.count, testCount: split.test.count,
            learningRate: method.ownLearningRate ?? configuration.learningRate,
            settings: settings(of: method), augment: configuration.augment && isTrained, pace: configuration.pace,
            folder: state.run(run.id))
    }
}
