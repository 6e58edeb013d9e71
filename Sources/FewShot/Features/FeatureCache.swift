import Checksums
import Files
import Foundation
import Store

/// Features on disk, found by the content of a picture: moved and renamed pictures are not encoded again.
public struct FeatureCache: Sendable {
    private let table: FeatureTable
    private let files: PictureFileTable
    private let width: Int

    /// The cache of one feature space.
    /// - Throws: `StoreError`.
    public init(_ database: StateDatabase, space: FeatureSpace) throws {
        table = try FeatureTable(database, space: space.key, model: space.modelName)
        files = PictureFileTable(database)
        width = space.width
    }

    /// The identity of a picture's content: its SHA-256.
    public static func checksum(_ content: [UInt8]) -> Data { SHA256.hash(content) }

    private var blobSize: Int { width * MemoryLayout<Float>.size }

    /// The checksums of those files that have not changed since they were read; the others have to be read.
    /// - Parameter states: absolute paths with the files' present states.
    /// - Throws: `StoreError`.
    func checksums(of states: [ExactText: FileState]) throws -> [ExactText: Data] { try files.pictures(of: states) }

    /// Which pictures have a feature; one of the wrong size counts as absent.
    /// - Throws: `StoreError`.
    func contains(_ checksums: [Data]) throws -> Set<Data> { try table.contains(checksums, size: blobSize) }

    /// The cached features among the pictures with these checksums; an entry of the wrong size counts as absent.
    /// - Throws: `StoreError`.
    func features(for checksums: [Data]) throws -> [Data: [Float]] {
        try table.values(for: checksums).compactMapValues { blob in
            guard blob.count == blobSize else { return nil }
            var values = [Float](repeating: 0, count: width)
            _ = values.withUnsafeMutableBytes { blob.copyBytes(to: $0) }
            return values
        }
    }

    /// Stores features, and the files whose content is now known, in one transaction.
    /// - Throws: `StoreError`.
    func insert(
        _ features: [(checksum: Data, values: ArraySlice<Float>)], files: [PictureFileRecord]
    ) throws {
        try table.insert(
            features.map { entry in (entry.checksum, entry.values.withUnsafeBytes { Data($0) }) }, files: files)
    }
}
