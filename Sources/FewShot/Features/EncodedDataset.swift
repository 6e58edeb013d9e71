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
    /// What could not be used, in file order.
    public var unreadable: [UnreadablePicture]
    /// Where the features came from: cache or encoder.
    public var counts: EncodingCounts
    /// Wall time in seconds.
    public var seconds: Double
}
