import Crypto
import Foundation
import Store

/// Features on disk, found by the content of a picture: moved and renamed pictures are not encoded again.
public struct FeatureCache: Sendable {
    private let table: FeatureTable
    private let width: Int

    /// The cache of one feature space.
    /// - Throws: `StoreError`.
    public init(_ database: StateDatabase, space: FeatureSpace) throws {
        table = try FeatureTable(database, space: space.key)
        width = space.width
    }

    /// The identity of a picture's content.
    static func checksum(_ content: [UInt8]) -> Data { Data(SHA256.hash(data: content)) }

    /// The cached features among the pictures with these checksums; an entry of the wrong size counts as absent.
    /// - Throws: `StoreError`.
    func features(for checksums: [Data]) throws -> [Data: [Float]] {
        try table.values(for: checksums).compactMapValues { blob in
            guard blob.count == width * MemoryLayout<Float>.size else { return nil }
            var values = [Float](repeating: 0, count: width)
            _ = values.withUnsafeMutableBytes { blob.copyBytes(to: $0) }
            return values
        }
    }

    /// Stores features in one transaction.
    /// - Throws: `StoreError`.
    func insert(_ features: [(checksum: Data, values: ArraySlice<Float>)]) throws {
        try table.insert(
            features.map { entry in (entry.checksum, entry.values.withUnsafeBytes { Data($0) }) })
    }
}
