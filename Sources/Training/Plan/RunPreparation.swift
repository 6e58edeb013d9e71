import CLIP
import FewShot
import Foundation
import Pictures
import Store
import Tensors

/// Somebody asked for the end while the run was being prepared.
struct PreparationCancelled: Error {}

/// Makes a ``RunPlan``, saying what it is doing. Nothing else reads, draws and encodes for a run.
struct RunPreparation {
    let configuration: TrainingConfiguration
    let state: StateDirectory
    let emit: @Sendable (TrainingEvent) -> Void
    let isCancelled: @Sendable () -> Bool

    /// The plan of a run that is in the list of runs.
    /// - Parameter existing: the run that goes on, or is repeated; nil for a new one.
    /// - Throws: errors of the model, the data set and the store, ``PreparationCancelled``.
    func prepare(_ existing: RunRow? = nil) throws -> RunPlan {
        if let warning = state.opennessWarning { emit(.log(LogEntry(warning, level: .warning))) }
        var plan = try measuringPlan()
        let run = try existing ?? RunTable(StateDatabase(state)).begin(name: configuration.name)
        plan.description.runID = run.id
        plan.description.folder = state.run(run.id)
        plan.pictures = plan.references
        return plan
    }

    /// The plan of a run that is not in the list of runs.
    /// - Throws: errors of the model, the data set and the store, ``PreparationCancelled``.
    func measuringPlan() throws -> RunPlan {
        try configuration.validate()
        let source = try encodedSource(for: [configuration]) { try StateDatabase(state) }
        if let draw = source.draw(of: configuration) {
            warn(about: draw.split, source.dataset, checksums: source.encoded.checksums)
        }
        return try plan(from: source)
    }

    /// Reads, loads, draws for every run and encodes what the draws need.
    /// - Parameters:
    ///   - configurations: runs on the data set and with the model of ``configuration``.
    ///   - database: opens the database for the features, once the data set has been read and the model loaded.
    /// - Throws: errors of the model, the data set and the store, ``PreparationCancelled``.
    func encodedSource(
        for configurations: [TrainingConfiguration], database: () throws -> StateDatabase
    ) throws -> EncodedSource {
        emit(.phase(.readingData))
        // The data set first: a mistyped path should not wait for a model to load.
        let dataset = try DatasetReader.read(
            configuration.data, format: configuration.dataFormat, options: configuration.dataOptions)
        try checkClasses(dataset)
        let prompts = try ClassPrompts(PromptSources(configuration.templates), for: dataset)
        for note in prompts.notes { emit(.log(LogEntry(printable(note)))) }
        for warning in prompts.warnings { emit(.log(LogEntry(printable(warning), level: .warning))) }

        emit(.phase(.loadingModel))
        let model = try CLIPModel(
            directory: configuration.model, format: configuration.modelFormat, precision: configuration.precision)
        try checkCancelled()
        for warning in model.warnings { warn(printable(warning)) }
        let texts = try model.classTexts(prompts.sentences)
        for warning in texts.warnings { warn(printable(warning)) }

        emit(.phase(.encoding))
        let features = try database()
        let pictures = try drawAndEncode(dataset, for: configurations.map(\.splitRequest)) {
            try encode($0, model: model, database: features)
        }
        try checkCancelled()
        for line in pictures.encoded.unreadable.summary { warn("skipped \(printable(line))") }
        return EncodedSource(model: model, prompts: prompts, texts: texts, pictures: pictures)
    }

    /// The plan of this configuration's run, whose split has been drawn and encoded.
    /// - Throws: ``DatasetError`` where nothing can be trained on, what the method cannot be made from,
    ///   ``PreparationCancelled``.
    func plan(from source: EncodedSource) throws -> RunPlan {
        guard let draw = source.draw(of: configuration), !draw.split.train.isEmpty else {
            throw DatasetError.noTrainingPictures(path: source.dataset.root.path)
        }
        let split = draw.split
        if configuration.patience != nil, split.validation.isEmpty {
            throw MethodError.needsValidation(what: "--patience")
        }
        var inputs = MethodInputs(
            train: source.part(split.train), validation: source.part(split.validation),
            texts: source.texts, needs: configuration.method.descriptor.needs, logitScale: source.model.logitScale,
            batchSize: min(configuration.batchSize, split.train.count), seed: configuration.seed)
        inputs.keyFeatures = try keyFeatures(source.model, split.train.map { source.dataset.items[$0] })
        let method = try MethodRegistry.make(configuration.method, inputs)
        return RunPlan(
            configuration: configuration, source: source, split: split, selection: draw.selection, method: method,
            description: describe(method, source, draw))
    }

    func checkCancelled() throws {
        if isCancelled() { throw PreparationCancelled() }
    }

    /// The features of `items`, from the cache or from the tower.
    private func encode(
        _ items: [DatasetItem], model: CLIPModel, database: StateDatabase
    ) throws -> EncodedDataset {
        let cache = try FeatureCache(
            database, space: FeatureSpace(model: model, pillowCompatible: configuration.pillowCompatible))
        let encoder = FeatureEncoder(model: model, cache: cache, decoding: configuration.decoding)
        let reporter = ProgressReporter { emit(.encoding($0)) }
        let encoded = try encoder.encode(
            items, progress: { reporter.report($0) }, isCancelled: isCancelled)
        try checkCancelled()
        reporter.reportEnd(encoded.counts)
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

    /// Features averaged over random views of the training pictures, for a method that needs them.
    private func keyFeatures(_ model: CLIPModel, _ pictures: [DatasetItem]) throws -> Tensor<Float>? {
        let passes = configuration.method.descriptor.views(configuration.method.settings)
        guard passes > 0 else { return nil }
        let views = AveragedViews(
            model: model, decoding: configuration.decoding, passes: passes, seed: configuration.seed)
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

    /// The live settings of a run at its start: those of its method, and the learning rate where it takes one.
    private func settings(of method: any AdaptationMethod) -> [String: Double] {
        var settings = method.liveValues.reduce(into: [:]) { $0[$1.setting.name] = $1.value }
        if method.ownLearningRate == nil, method.batching != .trainingFree {
            settings[LiveSetting.learningRate.name] = configuration.learningRate
        }
        return settings
    }

    private func describe(
        _ method: any AdaptationMethod, _ source: EncodedSource, _ draw: SelectedPictures.Draw
    ) -> RunDescription {
        let count = draw.split.train.count
        // A full batch is all there is; a method without training has no epochs.
        let batchSize = method.batching == .shuffled ? configuration.batchSize : count
        let isTrained = method.batching != .trainingFree
        return RunDescription(
            runID: "", name: configuration.name, dataset: source.dataset.name, model: source.model.name,
            method: configuration.method.title, shots: draw.shots, seed: configuration.seed,
            classNames: source.dataset.classNames, epochs: isTrained ? configuration.epochs : 0,
            batchesPerEpoch: isTrained ? (count + batchSize - 1) / batchSize : 0, batchSize: batchSize,
            trainCount: count, validationCount: draw.split.validation.count, testCount: draw.split.test.count,
            split: draw.identity, learningRate: method.ownLearningRate ?? configuration.learningRate,
            settings: settings(of: method), augment: configuration.augment && isTrained, pace: configuration.pace,
            folder: source.dataset.root)
    }
}

extension TrainingConfiguration {
    /// How pictures are read.
    var decoding: DecodingOptions { DecodingOptions(pillowCompatible: pillowCompatible) }
}
