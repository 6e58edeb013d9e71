import Foundation
import Pictures
import Tensors

/// How far an encoding has come.
public struct EncodingCounts: Sendable, Equatable {
    /// Pictures that are done with, whatever came of them.
    public var done = 0
    /// Pictures in all.
    public var total = 0
    /// Pictures found in the cache.
    public var fromCache = 0
    /// Pictures that could not be decoded.
    public var unreadable = 0
    /// Pictures that went through the tower.
    public var encoded: Int { done - fromCache - unreadable }
}

/// A picture that could not be used.
public struct UnreadablePicture: Sendable, Equatable, Encodable {
    /// Its index in the data set.
    public var index: Int
    /// The path as the data set writes it.
    public var path: String
    /// Why, in one line.
    public var reason: String

    private enum CodingKeys: CodingKey {
        case path, reason
    }
}

/// The features of a data set.
public struct EncodedDataset: Sendable {
    /// One row a picture, not normalised, `[items, width]`; rows of unreadable pictures are zero and belong to no split.
    public var features: Tensor<Float>
    /// The checksum of each picture's content, `[items]`; nil for a file that could not be read. Empty where features were
    /// left in the cache.
    public var checksums: [Data?]
    /// What could not be used, in file order.
    public var unreadable: [UnreadablePicture]
    /// How the rest was come by.
    public var counts: EncodingCounts
    /// Wall time in seconds.
    public var seconds: Double
}

extension [UnreadablePicture] {
    /// The first few, each with its reason, and how many more there are for which reasons: a list of which most is lost
    /// says so in a few lines.
    public var summary: [String] {
        let shown = 10
        let first = prefix(shown).map { "\($0.path): \($0.reason)" }
        guard count > shown else { return first }
        let reasons = Dictionary(grouping: dropFirst(shown), by: \.reason).mapValues(\.count)
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let kinds = reasons.prefix(3).map { "\($0.value) \($0.key)" } + (reasons.count > 3 ? ["others"] : [])
        return first + ["and \(count - shown) more pictures: \(kinds.joined(separator: "; "))"]
    }
}
