import Foundation

/// Pictures with the same content among those that a run uses: in two classes, one label of them is wrong; in two parts,
/// what is tested on has been trained on.
public struct IdenticalPictures: Equatable, Sendable {
    /// Two of them.
    struct Pair: Equatable, Sendable {
        var first, second: Int
    }

    /// For each content that is in several classes, two pictures with different labels.
    private(set) var acrossClasses: [Pair] = []
    /// For each picture of the second part that is in the first one as well: that picture, and its twin.
    private(set) var acrossParts: [[String]: [Pair]] = [:]

    /// - Parameters:
    ///   - labels: the class of each picture.
    ///   - checksums: that of each picture's content; nil where it is not known.
    ///   - split: which pictures train, validate and test.
    public init(labels: [Int], checksums: [Data?], split: FewShotSplit) {
        var parts: [(name: String, indices: [Int])] = []
        for (name, indices) in [("training", split.train), ("validation", split.validation), ("test", split.test)] {
            parts.append((name, Array(Set(indices)).sorted()))
        }
        var first: [Data: (part: Int, index: Int)] = [:]
        var mixed: Set<Data> = []
        for (part, entry) in parts.enumerated() {
            for index in entry.indices where checksums.indices ~= index {
                guard let checksum = checksums[index] else { continue }
                guard let known = first[checksum] else {
                    first[checksum] = (part, index)
                    continue
                }
                if labels[known.index] != labels[index], mixed.insert(checksum).inserted {
                    acrossClasses.append(Pair(first: known.index, second: index))
                }
                if known.part != part {
                    acrossParts[[parts[known.part].name, entry.name], default: []]
                        .append(Pair(first: known.index, second: index))
                }
            }
        }
    }

    /// What the user should know, one line each.
    public func warnings(_ dataset: Dataset, _ split: FewShotSplit) -> [String] {
        func path(_ index: Int) -> String { dataset.items[index].path }
        var warnings: [String] = []
        if let pair = acrossClasses.first {
            let count = acrossClasses.count
            func name(_ index: Int) -> String { dataset.items[index].label.map { dataset.classNames[$0] } ?? "" }
            warnings.append(
                "\(count) \(count == 1 ? "picture is" : "pictures are") in two classes, with identical content: e.g. "
                    + "\(path(pair.first)) ('\(name(pair.first))') and \(path(pair.second)) ('\(name(pair.second))')")
        }
        let sizes = ["validation": Set(split.validation).count, "test": split.test.count]
        for (parts, pairs) in acrossParts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            warnings.append(
                "\(pairs.count) of \(sizes[parts[1]] ?? 0) \(parts[1]) pictures are identical to \(parts[0]) pictures, e.g. "
                    + "\(path(pairs[0].second)) and \(path(pairs[0].first)); what is measured on them is too good")
        }
        return warnings
    }
}
