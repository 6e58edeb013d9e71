import Foundation
import Pictures
import Store

/// Finds pictures that are in none of the files they were read from.
public struct MissingPictures {
    private let files: PictureFileTable

    /// Looks through the files that a database knows.
    public init(_ database: StateDatabase) { files = PictureFileTable(database) }

    /// The checksums of pictures of which files are known, but none that still holds them. Files that were touched since
    /// are read.
    /// - Parameter progress: called with the number of files that have been looked for.
    /// - Throws: `StoreError`.
    public func find(progress: (Int) -> Void = { _ in }) throws -> Set<Data> {
        var missing: Set<Data> = []
        var present: Data?
        var count = 0
        // The files of one picture come after each other.
        try files.forEach { record in
            count += 1
            progress(count)
            if record.picture == present { return }
            if Self.isThere(record) {
                present = record.picture
                missing.remove(record.picture)
            } else {
                missing.insert(record.picture)
            }
        }
        return missing
    }

    private static func isThere(_ record: PictureFileRecord) -> Bool {
        guard let state = FileState(path: record.path) else { return false }
        if state == record.state, record.isTrustworthy { return true }
        guard let bytes = try? readPictureFile(URL(filePath: record.path)) else { return false }
        return FeatureCache.checksum(bytes) == record.picture
    }
}
