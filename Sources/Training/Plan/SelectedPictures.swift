import FewShot
import Foundation
import Pictures
import Tensors

/// The pictures a run works on, with their features: those that train, validate or test, and no others.
struct SelectedPictures {
    /// The data set, reduced to these pictures.
    var dataset: Dataset
    /// The class of each.
    var labels: [Int]
    /// Their features.
    var encoded: EncodedDataset
    /// Which of them is for what.
    var split: FewShotSplit
    /// The same draw in terms of the data set's own lists.
    var selection: FewShotSelection
}

extension RunPreparation {
    /// Draws the split and encodes what it needs; of a training part with a million pictures these are a few hundred.
    ///
    /// A drawn picture that turns out to be unreadable is left out of every part: the draw is repeated without it, until
    /// all of the drawn pictures are there.
    /// - Throws: ``DatasetError`` if nothing is left to train on, and what `encode` throws.
    func drawAndEncode(_ source: Dataset, encode: ([DatasetItem]) throws -> EncodedDataset) throws -> SelectedPictures {
        var features: [Int: (part: Int, row: Int)] = [:]
        var parts: [EncodedDataset] = []
        var unreadable: [Int: UnreadablePicture] = [:]
        while true {
            let split = try draw(source, without: Set(unreadable.keys))
            let used = Set(split.train).union(split.validation).union(split.test).sorted()
            let missing = used.filter { features[$0] == nil }
            if missing.isEmpty, !(parts.isEmpty && used.isEmpty) {
                try checkSplit(split, source, unreadable)
                return select(used, of: source, split: split, parts: parts, features, unreadable)
            }
            guard !missing.isEmpty else { throw DatasetError.noTrainingPictures(path: source.root.path) }
            let encoded = try encode(missing.map { source.items[$0] })
            for (row, index) in missing.enumerated() { features[index] = (parts.count, row) }
            for var picture in encoded.unreadable {
                picture.index = missing[picture.index]
                unreadable[picture.index] = picture
            }
            parts.append(encoded)
        }
    }

    /// The split, drawn anew or as a selection says.
    private func draw(_ source: Dataset, without unreadable: Set<Int>) throws -> FewShotSplit {
        if let selection = configuration.selection { return try selection.split(of: source).without(unreadable) }
        return FewShotSplit(SplitPools(source, excluding: unreadable), rules: configuration.fewShotRules)
    }

    /// The result with one row per used picture, in file order; unreadable ones stay in the list, in no part.
    private func select(
        _ used: [Int], of source: Dataset, split: FewShotSplit, parts: [EncodedDataset],
        _ features: [Int: (part: Int, row: Int)], _ unreadable: [Int: UnreadablePicture]
    ) -> SelectedPictures {
        let kept = Set(used).union(unreadable.keys).sorted()
        let position = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
        var dataset = source
        dataset.items = kept.map { source.items[$0] }
        let width = parts[0].features.columns
        var values: [Float] = []
        values.reserveCapacity(kept.count * width)
        for index in kept {
            guard let place = features[index] else { continue }
            values += parts[place.part].features.row(place.row)
        }
        var encoded = parts[0]
        encoded.features = Tensor(values, shape: [kept.count, width])
        encoded.unreadable = unreadable.values.map { picture in
            var picture = picture
            picture.index = position[picture.index] ?? 0
            return picture
        }.sorted { $0.index < $1.index }
        for part in parts.dropFirst() {
            encoded.seconds += part.seconds
            encoded.counts.done += part.counts.done
            encoded.counts.total += part.counts.total
            encoded.counts.fromCache += part.counts.fromCache
            encoded.counts.unreadable += part.counts.unreadable
        }
        var renumbered = split
        renumbered.train = split.train.compactMap { position[$0] }
        renumbered.validation = split.validation.compactMap { position[$0] }
        renumbered.test = split.test.compactMap { position[$0] }
        var selection = FewShotSelection(split, of: source, rules: configuration.fewShotRules)
        if let given = configuration.selection {
            let fullest = Dictionary(grouping: split.train) { source.items[$0].label }.values.map(\.count).max()
            selection.shots = given.shots > 0 ? given.shots : fullest ?? 0
            (selection.seed, selection.pick, selection.replacement) = (given.seed, given.pick, given.replacement)
        }
        return SelectedPictures(
            dataset: dataset, labels: dataset.items.map { $0.label ?? 0 }, encoded: encoded, split: renumbered,
            selection: selection)
    }

    /// Says what is odd about a data set, before anything expensive happens.
    /// - Throws: ``DatasetError`` where nothing can be learned from it.
    func checkClasses(_ dataset: Dataset) throws {
        for note in dataset.notes { emit(.log(LogEntry(printable(note)))) }
        if let first = dataset.unreadableFormats.first {
            warn(
                "\(dataset.unreadableFormats.count) pictures are in formats cliptop does not read, "
                    + "e.g. \(printable(first))")
        }
        let pools = SplitPools(dataset)
        guard dataset.items.contains(where: { $0.label != nil }) else {
            throw DatasetError.noLabels(path: dataset.root.path)
        }
        guard !pools.train.isEmpty else { throw DatasetError.noTrainingPictures(path: dataset.root.path) }
        let labels = Set(pools.train.map(\.label))
        let empty = dataset.classNames.indices.filter { !labels.contains($0) }
        let what = dataset.hasSplits ? "training pictures" : "pictures"
        if empty.count > 3 {
            warn("\(empty.count) of \(dataset.classes.count) classes have no \(what)")
        } else {
            for label in empty { warn("class '\(printable(dataset.classNames[label]))' has no \(what)") }
        }
    }

    private func checkSplit(
        _ split: FewShotSplit, _ dataset: Dataset, _ unreadable: [Int: UnreadablePicture]
    ) throws {
        guard !split.train.isEmpty else {
            if let first = unreadable.values.min(by: { $0.index < $1.index }) {
                throw DatasetError.noUsablePicture(
                    path: dataset.root.path, tried: unreadable.count, firstReason: first.reason)
            }
            throw DatasetError.noTrainingPictures(path: dataset.root.path)
        }
        let short = split.shortClasses
        let nothingLeft = dataset.hasSplits ? "" : " and none left to validate or test"
        let repeated = configuration.repeats ? ", drawn with replacement" : ""
        if short.count > 3 {
            let fewest = short.map(\.shots).min() ?? 0
            warn(
                "\(short.count) of \(dataset.classes.count) classes have fewer than \(configuration.shots) training "
                    + "pictures, the smallest \(fewest)\(nothingLeft)\(repeated)")
        } else {
            for short in short {
                let name = printable(dataset.classNames[short.label])
                warn(
                    "class '\(name)' has \(short.shots) of \(configuration.shots) training pictures"
                        + "\(nothingLeft)\(repeated)")
            }
        }
        if split.test.isEmpty {
            warn("no pictures are left for the test split; there will be no test result")
        }
    }

    private func warn(_ text: String) { emit(.log(LogEntry(text, level: .warning))) }
}
