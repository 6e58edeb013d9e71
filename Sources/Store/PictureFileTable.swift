import Files
import Foundation
import GRDB

/// What the operating system says of a file: as long as it says the same, the content is the same.
public struct FileState: Sendable, Equatable {
    /// The device the file is on.
    public var device: Int64
    /// Its number there.
    public var inode: Int64
    /// Its length in bytes.
    public var size: Int64
    /// When its content was last written, in nanoseconds since 1970; programs can set it back.
    public var modifiedAt: Int64
    /// When its content or its attributes were last changed, in nanoseconds since 1970; nobody can set it back.
    public var changedAt: Int64

    /// The state of the file at `path`, links followed; nil where there is none.
    public init?(path: String) {
        var status = stat()
        guard path.withSystemPath({ stat($0, &status) }) == 0 else { return nil }
        func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec) }
        device = Int64(bitPattern: UInt64(status.st_dev))
        inode = Int64(bitPattern: UInt64(status.st_ino))
        size = Int64(status.st_size)
        modifiedAt = nanoseconds(status.st_mtim)
        changedAt = nanoseconds(status.st_ctim)
    }
}

/// A file that was read, and what was in it.
public struct PictureFileRecord: Sendable, Equatable {
    /// The file's absolute path.
    public var path: String
    /// The checksum of its content.
    public var picture: Data
    /// Its state before it was read.
    public var state: FileState
    /// When it was read, in nanoseconds since 1970.
    public var readAt: Int64

    /// A record of a file whose state was taken before it was read.
    public init(path: String, picture: Data, state: FileState, readAt: Int64) {
        self.path = path
        self.picture = picture
        self.state = state
        self.readAt = readAt
    }

    /// A file that was written to shortly before it was read could have been written to again within the grain of the
    /// file system's clock, without a trace; such a record does not vouch for the content. The grain is two seconds on
    /// the coarsest file systems.
    public var isTrustworthy: Bool { max(state.modifiedAt, state.changedAt) < readAt - 2_000_000_000 }

    func insert(_ connection: Database) throws {
        let statement = try connection.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO pictureFile
                (path, picture, device, inode, size, modifiedAt, changedAt, readAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            path, picture, state.device, state.inode, state.size, state.modifiedAt, state.changedAt, readAt,
        ])
    }
}

/// Which files held which pictures: what saves reading and hashing a file that has not changed.
public struct PictureFileTable: Sendable {
    private let database: StateDatabase

    /// The files of a database.
    public init(_ database: StateDatabase) { self.database = database }

    /// The checksums of those files whose recorded state is still the present one.
    /// - Parameter files: absolute paths with the present states.
    /// - Throws: ``StoreError``.
    public func pictures(of files: [ExactText: FileState]) throws -> [ExactText: Data] {
        guard !files.isEmpty else { return [:] }
        return try database.read { connection in
            let statement = try connection.cachedStatement(
                sql: """
                    SELECT path, picture, device, inode, size, modifiedAt, changedAt, readAt FROM pictureFile
                    WHERE path IN (\(marks(files.count)))
                    """)
            let rows = try Row.fetchCursor(statement, arguments: StatementArguments(files.keys.map(\.text)))
            var found: [ExactText: Data] = [:]
            while let row = try rows.next() {
                // A damaged record vouches for nothing.
                guard let record = try? PictureFileRecord(row) else { continue }
                let path = ExactText(record.path)
                if record.state == files[path], record.isTrustworthy { found[path] = record.picture }
            }
            return found
        }
    }

    /// Calls `body` with every record, those of one picture after each other.
    /// - Throws: ``StoreError`` and what `body` throws.
    public func forEach(_ body: (PictureFileRecord) throws -> Void) throws {
        try database.read { connection in
            let rows = try Row.fetchCursor(
                connection,
                sql: """
                    SELECT path, picture, device, inode, size, modifiedAt, changedAt, readAt FROM pictureFile
                    ORDER BY picture
                    """)
            while let row = try rows.next() {
                if let record = try? PictureFileRecord(row) { try body(record) }
            }
        }
    }
}

extension PictureFileRecord {
    fileprivate init(_ row: Row) throws {
        path = try row.decode(atIndex: 0)
        picture = try row.decode(atIndex: 1)
        state = FileState(
            device: try row.decode(atIndex: 2), inode: try row.decode(atIndex: 3), size: try row.decode(atIndex: 4),
            modifiedAt: try row.decode(atIndex: 5), changedAt: try row.decode(atIndex: 6))
        readAt = try row.decode(atIndex: 7)
    }
}

extension FileState {
    fileprivate init(device: Int64, inode: Int64, size: Int64, modifiedAt: Int64, changedAt: Int64) {
        self.device = device
        self.inode = inode
        self.size = size
        self.modifiedAt = modifiedAt
        self.changedAt = changedAt
    }
}
