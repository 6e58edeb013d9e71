import Checksums
import Foundation

/// What a split is called, and a checksum of each of its parts: two figures are of the same pictures where these are equal.
public struct SplitIdentity: Sendable, Equatable, Codable {
    /// How it was drawn: `4 shots, seed 1`, `4 of 16 nested shots, seed 1`.
    public var name: String
    /// The first eight hexadecimal digits of the SHA-256 of the pictures of a part, by path and class, in any order.
    public var train, validation, test: String

    /// The identity of a split of `dataset`.
    /// - Parameter selection: the file that names its pictures; nil for one that was drawn by the rules.
    public init(_ split: FewShotSplit, of dataset: Dataset, rules: FewShotRules, selection: FewShotSelection?) {
        func checksum(_ indices: [Int]) -> String {
            let hash = SHA256()
            for line in indices.map({ "\(dataset.items[$0].label ?? -1)\t\(dataset.items[$0].path)\n" }).sorted() {
                hash.update(line)
            }
            return String(hash.finalize().hexadecimal.prefix(8))
        }
        name = selection.map { "selection \($0.fileName)" } ?? rules.name
        train = checksum(split.train)
        validation = checksum(split.validation)
        test = checksum(split.test)
    }
}

extension FewShotRules {
    /// What a split drawn by these rules is called: `4 shots, seed 1`, `4 of 16 nested shots, seed 1`.
    var name: String {
        let drawn = nestedIn.map { "\(shots) of \($0) nested shots" } ?? (shots == 1 ? "1 shot" : "\(shots) shots")
        return "\(drawn), seed \(seed)"
    }
}
