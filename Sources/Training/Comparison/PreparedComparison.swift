import CLIP
import FewShot
import Foundation
import Store
import Tensors

/// What all runs of a comparison share: one model, one encoding, and for each seed its nested splits.
struct PreparedComparison: Sendable {
    let model: CLIPModel
    /// The data set, reduced to the pictures that are used.
    let dataset: Dataset
    /// Their features.
    let encoded: EncodedDataset
    /// The class of each, `[items]`.
    let labels: [Int32]
    /// Classifier weights, unit rows, and mean prompt features, both `[classes, width]`.
    let texts: ClassTexts
    /// What stood for the classes.
    let prompts: ClassPrompts
    /// The splits of each seed.
    let splits: [Int: NestedSplits]
    /// Pictures that could not be used; they are in no split.
    let unreadable: [UnreadablePicture]

    /// What a session needs for one run, without a place in the list of runs.
    /// - Throws: what the method cannot be made from.
    func run(_ configuration: TrainingConfiguration, _ split: FewShotSplit) throws -> PreparedRun {
        let method = try MethodRegistry.make(
            configuration.method,
            MethodInputs(
                train: PreparedRun.part(split.train, encoded, labels),
                validation: PreparedRun.part(split.validation, encoded, labels), texts: texts,
                needs: configuration.method.descriptor.needs, logitScale: model.logitScale,
                batchSize: min(configuration.batchSize, split.train.count), seed: configuration.seed))
        return PreparedRun(
            model: model, dataset: dataset, encoded: encoded, split: split, classifier: texts.classifier,
            labels: labels, method: method, prompts: prompts, selection: nil,
            description: describe(configuration, split), pictures: [], rows: [])
    }

    /// The run for people; it has no ID and no folder.
    func describe(_ configuration: TrainingConfiguration, _ split: FewShotSplit) -> RunDescription {
        RunDescription(
            runID: "", dataset: dataset.name, model: model.name, method: configuration.method.title,
            shots: configuration.shots, seed: configuration.seed, classNames: dataset.classNames,
            epochs: configuration.epochs, batchesPerEpoch: 1, batchSize: configuration.batchSize,
            trainCount: split.train.count, validationCount: split.validation.count, testCount: split.test.count,
            learningRate: configuration.learningRate, folder: dataset.root)
    }

    /// Zero-shot on the test pictures of a seed; nil if there are none.
    func zeroShot(_ splits: NestedSplits) -> ClassificationMetrics? {
        let test = PreparedRun.part(splits.test, encoded, labels)
        let method = ZeroShotMethod(textFeatures: texts.classifier, logitScale: model.logitScale)
        return ClassificationMetrics(logits: method.logits(test.features), labels: test.labels)
    }
}

extension RunPreparation {
    /// Reads, loads, draws for every seed and encodes what the draws need.
    ///
    /// A drawn picture that turns out to be unreadable is left out of every part: all seeds are drawn again without it.
    /// - Parameter open: opens the database for the features, once the data set has been read and the model loaded.
    /// - Throws: errors of the model, the data set and the store, ``PreparationCancelled``.
    func prepareComparison(
        _ plan: ComparisonPlan, database open: () throws -> StateDatabase
    ) throws -> PreparedComparison {
        let (source, prompts) = try readSource()
        let model = try loadModel()
        let texts = try model.classTexts(prompts.sentences)

        emit(.phase(.encoding))
        let database = try open()
        var unreadable: [Int: UnreadablePicture] = [:]
        while true {
            let pools = SplitPools(source, excluding: Set(unreadable.keys))
            let splits = Dictionary(
                uniqueKeysWithValues: plan.seeds.map { ($0, NestedSplits(pools, rules: plan.rules(seed: $0))) })
            let used = splits.values.reduce(into: Set<Int>()) { $0.formUnion($1.all) }.sorted()
            guard !pools.train.isEmpty else {
                if let first = unreadable.min(by: { $0.key < $1.key }) {
                    throw DatasetError.noUsablePicture(
                        path: source.root.path, tried: unreadable.count, firstReason: first.value.reason)
                }
                throw DatasetError.noTrainingPictures(path: source.root.path)
            }
            let encoded = try encode(used.map { source.items[$0] }, model: model, database: database)
            guard encoded.unreadable.isEmpty else {
                for picture in encoded.unreadable { unreadable[used[picture.index]] = picture }
                continue
            }
            let number = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
            var dataset = source
            dataset.items = used.map { source.items[$0] }
            return PreparedComparison(
                model: model, dataset: dataset, encoded: encoded,
                labels: dataset.items.map { Int32($0.label ?? 0) }, texts: texts, prompts: prompts,
                splits: splits.mapValues { $0.renumbered(number) },
                unreadable: unreadable.sorted { $0.key < $1.key }.map(\.value))
        }
    }
}
