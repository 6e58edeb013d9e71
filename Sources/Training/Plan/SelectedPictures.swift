import FewShot
import Foundation
import Pictures
import Tensors

/// The pictures that runs work on, with their features: those that train, validate or test in one of them, and no others.
struct SelectedPictures: Sendable {
    /// One of the splits.
    struct Draw: Sendable {
        /// Which picture is for what, by rows of ``encoded``.
        var split: FewShotSplit
        /// What it is called, with the checksums of its parts.
        var identity: SplitIdentity
        /// Training pictures a class.
        var shots: Int
        /// The same in terms of the data set's own lists; nil where several runs share the pictures.
        var selection: FewShotSelection?
    }

    /// The data set, reduced to these pictures, in file order.
    var dataset: Dataset
    /// The class of each, `[pictures]`.
    var labels: [Int32]
    /// Their features, a row for each; what could not be read is numbered as in the whole data set.
    var encoded: EncodedDataset
    /// The splits.
    var draws: [SplitRequest: Draw]
}

extension RunPreparation {
    /// Draws the splits and encodes what they need; of a training part with a million pictures these are a few hundred.
    ///
    /// A drawn picture that turns out to be unreadable is left out of every part: all draws are repeated without it, until
    /// all of the drawn pictures are there.
    /// - Throws: ``DatasetError`` if nothing is left to train on, and what `encode` throws.
    func drawAndEncode(
        _ source: Dataset, for requests: [SplitRequest], encode: ([DatasetItem]) throws -> EncodedDataset
    ) throws -> SelectedPictures {
        var features: [Int: (part: Int, row: Int)] = [:]
        var parts: [EncodedDataset] = []
        var unreadable: [Int: UnreadablePicture] = [:]
        while true {
            let splits = try draw(source, requests, without: Set(unreadable.keys))
            let used = splits.values.reduce(into: Set<Int>()) {
                $0.formUnion($1.train)
                $0.formUnion($1.validation)
                $0.formUnion($1.test)
            }.sorted()
            let missing = used.filter { features[$0] == nil }
            if missing.isEmpty, !parts.isEmpty {
                guard splits.values.contains(where: { !$0.train.isEmpty }) else {
                    throw nothingToTrainOn(source, unreadable)
                }
                return select(used, of: source, splits, parts: parts, features, Array(unreadable.values))
            }
            guard !missing.isEmpty else { throw nothingToTrainOn(source, unreadable) }
            let encoded = try encode(missing.map { source.items[$0] })
            for (row, index) in missing.enumerated() { features[index] = (parts.count, row) }
            for var picture in encoded.unreadable {
                picture.index = missing[picture.index]
                unreadable[picture.index] = picture
            }
            parts.append(encoded)
        }
    }

    /// The splits, drawn anew or as selections say.
    private func draw(
        _ source: Dataset, _ requests: [SplitRequest], without unreadable: Set<Int>
    ) throws -> [SplitRequest: FewShotSplit] {
        var draw = SplitDraw(SplitPools(source, excluding: unreadable))
        return try Set(requests).reduce(into: [:]) { splits, request in
            splits[request] =
                try request.selection.map { try $0.split(of: source).without(unreadable) } ?? draw.split(request.rules)
        }
    }

    /// The result with one row per used picture.
    private func select(
        _ used: [Int], of source: Dataset, _ splits: [SplitRequest: FewShotSplit], parts: [EncodedDataset],
        _ features: [Int: (part: Int, row: Int)], _ unreadable: [UnreadablePicture]
    ) -> SelectedPictures {
        var dataset = source
        dataset.items = used.map { source.items[$0] }
        let width = parts[0].features.columns
        var values: [Float] = []
        values.reserveCapacity(used.count * width)
        for place in used.compactMap({ features[$0] }) { values += parts[place.part].features.row(place.row) }
        var encoded = parts[0]
        encoded.features = Tensor(values, shape: [used.count, width])
        encoded.checksums = used.map { index in features[index].flatMap { parts[$0.part].checksums[$0.row] } }
        encoded.unreadable = unreadable.sorted { $0.index < $1.index }
        for part in parts.dropFirst() {
            encoded.seconds += part.seconds
            encoded.counts.done += part.counts.done
            encoded.counts.total += part.counts.total
            encoded.counts.fromCache += part.counts.fromCache
            encoded.counts.unreadable += part.counts.unreadable
        }
        let row = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        // A single run leaves its draw as a file.
        let isSingle = splits.count == 1
        var draws: [SplitRequest: SelectedPictures.Draw] = [:]
        for (request, split) in splits {
            let selection =
                isSingle
                ? FewShotSelection(split, of: source, rules: request.rules, following: request.selection) : nil
            draws[request] = SelectedPictures.Draw(
                split: split.renumbered(row),
                identity: SplitIdentity(split, of: source, rules: request.rules, selection: request.selection),
                shots: selection?.shots ?? request.rules.shots, selection: selection)
        }
        return SelectedPictures(
            dataset: dataset, labels: dataset.items.map { Int32($0.label ?? 0) }, encoded: encoded, draws: draws)
    }

    private func nothingToTrainOn(_ source: Dataset, _ unreadable: [Int: UnreadablePicture]) -> DatasetError {
        guard let first = unreadable.values.min(by: { $0.index < $1.index }) else {
            return .noTrainingPictures(path: source.root.path)
        }
        return .noUsablePicture(path: source.root.path, tried: unreadable.count, firstReason: first.reason)
    }

    /// Says what is odd about a data set, before anything expensive happens.
    /// - Throws: ``DatasetError`` where nothing can be learned from it.
    func checkClasses(_ dataset: Dataset) throws {
        for note in dataset.notes { emit(.log(LogEntry(printable(note)))) }
        for warning in dataset.warnings + dataset.unread.summary { warn(printable(warning)) }
        let pools = SplitPools(dataset)
        guard dataset.items.contains(where: { $0.label != nil }) else {
            if dataset.format == .list, let file = dataset.listFile {
                throw DatasetError.listWithoutLabels(file: file.path)
            }
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

    /// Says what is odd about a split: what it lacks, and pictures that are in it twice.
    func warn(about split: FewShotSplit, _ dataset: Dataset, checksums: [Data?]) {
        let identical = IdenticalPictures(
            labels: dataset.items.map { $0.label ?? 0 }, checksums: checksums, split: split)
        for warning in identical.warnings(dataset, split) { warn(printable(warning)) }
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

    func warn(_ text: String) { emit(.log(LogEntry(text, level: .warning))) }
}
