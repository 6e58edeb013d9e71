import Checksums
import Foundation
import Safetensors

/// A few-shot draw as a file (docs/data.md#selections): `shot_<S>-seed_<seed>.json`.
public struct FewShotSelection: Sendable, Hashable, Codable {
    /// What `format` says.
    static let formatName = "cliptop-fewshot-1"

    /// The data set's name.
    public var dataset: String
    /// Training pictures a class.
    public var shots: Int
    /// The seed of the draw.
    public var seed: Int
    /// Whether it was drawn with replacement.
    public var replacement = false
    /// How it was picked.
    public var pick = Pick.random
    /// Checksum of the listing whose rows are numbered; nil for an imported list that has none.
    public var sourceChecksum: String?
    /// Rows of the training part, in draw order.
    public var train: [Int]
    /// Rows of ``validationPart``, in draw order.
    public var validation: [Int]
    /// The part that ``validation`` numbers; the training part where the set has no validation part of its own.
    public var validationPart: SourceSplit?
    /// Rows of ``testPart``, of a draw that leaves pictures out of every part; nil where the test pictures are those of every
    /// draw: the data set's test part, or all that neither train nor validate.
    public var test: [Int]?
    /// The part that ``test`` numbers.
    public var testPart: SourceSplit?
    /// Base name and label of the pictures in an imported list, in the order of ``train`` and ``validation``.
    var trainCheck: [Picture] = []
    var validationCheck: [Picture] = []
    /// The file it was read from, for messages.
    var file = ""

    /// Base name and label of a picture in an imported list.
    struct Picture: Sendable, Hashable, Codable {
        var baseName: String
        var label: Int
    }

    /// The file name it is kept under.
    public var fileName: String { "shot_\(shots)-seed_\(seed).json" }

    /// The selection of a split that was drawn.
    /// - Parameter given: the selection that it was made by; nil for one that was drawn by the rules.
    public init(
        _ split: FewShotSplit, of dataset: Dataset, rules: FewShotRules, following given: FewShotSelection? = nil
    ) {
        let rows = SourceRows(dataset)
        self.dataset = dataset.name
        shots = rules.shots
        seed = Int(rules.seed)
        replacement = rules.repeats
        pick = rules.pick
        sourceChecksum = dataset.sourceChecksum
        train = split.train.compactMap { rows.row(of: $0) }
        validation = split.validation.compactMap { rows.row(of: $0) }
        validationPart = split.validation.first.map { dataset.items[$0].split } ?? nil
        if let given {
            let fullest = Dictionary(grouping: split.train) { dataset.items[$0].label }.values.map(\.count).max()
            shots = given.shots > 0 ? given.shots : fullest ?? 0
            (seed, pick, replacement) = (given.seed, given.pick, given.replacement)
        }
        if rules.nestedIn != nil || given?.test != nil {
            test = split.test.compactMap { rows.row(of: $0) }
            testPart = split.test.first.map { dataset.items[$0].split } ?? nil
        }
    }

    /// The split of `dataset` that this selects.
    /// - Throws: ``DatasetError`` if it was drawn from something else.
    public func split(of dataset: Dataset) throws -> FewShotSplit {
        func refuse(_ reason: String) -> DatasetError { .invalid(file: file, reason: reason) }
        if let sourceChecksum, sourceChecksum != dataset.sourceChecksum {
            throw refuse(
                "was drawn from other data: the checksum of \(dataset.name) is \(dataset.sourceChecksum.prefix(12))…, "
                    + "the selection wants \(sourceChecksum.prefix(12))…")
        }
        let rows = SourceRows(dataset)
        func items(_ numbers: [Int], _ part: SourceSplit?, _ checks: [Picture]) throws -> [Int] {
            let list = rows.parts[part] ?? []
            return try numbers.enumerated().map { position, row in
                guard list.indices ~= row else {
                    throw refuse(
                        "row \(row) is outside the \(list.count) rows of the part '\(part?.rawValue ?? "all")'")
                }
                let item = dataset.items[list[row]]
                guard item.label != nil else { throw refuse("row \(row), \(shortened(item.path)), has no label") }
                if checks.indices ~= position {
                    let check = checks[position]
                    guard check.baseName == item.path.split(separator: "/").last ?? "", check.label == item.label else {
                        throw refuse(
                            "row \(row) should be \(shortened(check.baseName)) of class \(check.label), the data set has "
                                + "\(shortened(item.path)) of class \(item.label ?? -1) there")
                    }
                }
                return list[row]
            }
        }
        let hasParts = dataset.hasSplits
        let split = FewShotSplit(
            train: try items(train, hasParts ? .train : nil, trainCheck),
            validation: try items(validation, validationPart ?? (hasParts ? .train : nil), validationCheck),
            test: try test.map { try items($0, testPart, []) }, pools: SplitPools(dataset))
        guard Set(split.train).isDisjoint(with: split.validation) else {
            throw refuse("the same picture trains and validates")
        }
        guard Set(split.test).isDisjoint(with: split.train + split.validation) else {
            throw refuse("a test picture trains or validates, too")
        }
        return split
    }

    private struct SourceRows {
        let parts: [SourceSplit?: [Int]]
        private let rows: [Int]

        init(_ dataset: Dataset) {
            var parts: [SourceSplit?: [Int]] = [:]
            rows = dataset.items.enumerated().map { index, item in
                let row = parts[item.split, default: []].count
                parts[item.split, default: []].append(index)
                return row
            }
            self.parts = parts
        }

        func row(of index: Int) -> Int? { rows.indices ~= index ? rows[index] : nil }
    }
}

extension Dataset {
    /// SHA-256 of the split file of a CoOp data set; of any other the digest of its listing: part, label and path of each
    /// picture, separated by tabs, one a line.
    public var sourceChecksum: String {
        let hash = SHA256()
        if format == .coop, let listFile, let bytes = try? TextLines.bytes(of: listFile) {
            hash.update(bytes)
        } else {
            for item in items {
                let label = item.label.map { "\($0)" } ?? ""
                hash.update("\(item.split?.rawValue ?? "")\t\(label)\t\(item.path)\n")
            }
        }
        return hash.finalize().hexadecimal
    }
}
