import Foundation
import GRDB

/// The one SQLite database of a user: feature cache and runs.
///
/// It runs with a write-ahead log, so that several processes may read while one writes; a process that dies in the
/// middle of a transaction loses that transaction and nothing else.
public final class StateDatabase: Sendable {
    let pool: any DatabaseWriter
    /// The directory it belongs to.
    public let directory: StateDirectory
    /// The file itself.
    public let file: URL
    /// Why nothing can be written; nil if it can.
    public let obstacle: StoreError?

    private init(
        _ pool: any DatabaseWriter, _ directory: StateDirectory, _ file: URL, obstacle: StoreError? = nil
    ) {
        (self.pool, self.directory, self.file, self.obstacle) = (pool, directory, file, obstacle)
    }

    /// How long another process's lock is waited for.
    private static let patience = 10.0

    /// Opens the database, making directory and tables as needed.
    /// - Throws: ``StoreError``.
    public convenience init(_ directory: StateDirectory) throws {
        try directory.create()
        try Self.refuseNetwork(directory)
        let path = directory.database.path
        let pool = try Self.explaining(path) {
            try PrivateFile.prepare(path)
            let pool = try DatabasePool(path: path, configuration: Self.configuration)
            try Self.bringUpToDate(pool, path)
            return pool
        }
        self.init(pool, directory, directory.database)
    }

    /// Opens the database to look things up: where nothing can be written, because the disk is full, or the state is another
    /// user's, it is read all the same.
    /// - Throws: ``StoreError``.
    public static func reading(_ directory: StateDirectory) throws -> StateDatabase {
        do { return try StateDatabase(directory) } catch let error as StoreError where error.allowsReading {
            let path = directory.database.path
            guard FileManager.default.fileExists(atPath: path), let queue = try readOnly(path) else { throw error }
            return StateDatabase(queue, directory, directory.database, obstacle: error)
        }
    }

    /// Opens or makes a shard's file: the same tables in a file of its own for one writer, without a write-ahead log, so
    /// that it may stand in a folder that several machines share.
    /// - Throws: ``StoreError``.
    public convenience init(shardFile file: URL) throws {
        let path = file.path
        do {
            let queue = try Self.retryingWhileBusy {
                let queue = try DatabaseQueue(path: path, configuration: Self.configuration)
                // GRDB's queues have a rollback journal; a file that had something else is put right.
                try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
                try Self.bringUpToDate(queue, path)
                return queue
            }
            self.init(queue, StateDirectory(file.deletingLastPathComponent()), file)
        } catch let error as DatabaseError {
            throw StoreError.unusableShard(path: path, reason: DatabaseProblem(error, path: path).text)
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(patience)
        // Of a new database: several features share a page instead of half filling one each.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA page_size = 16384") }
        return configuration
    }

    /// The database as it stands, if it has this version's tables; nil if it cannot be read either.
    private static func readOnly(_ path: String) throws -> DatabaseQueue? {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(patience)
        var paths = [path]
        // With an empty write-ahead log the file alone is the whole database, and can be read without the log's index.
        if (FileState(path: path + "-wal")?.size ?? 0) == 0,
            let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
        {
            paths.append("file:\(escaped)?immutable=1")
        }
        for path in paths {
            guard let queue = try? DatabaseQueue(path: path, configuration: configuration),
                (try? queue.read(migrator.hasCompletedMigrations)) == true
            else { continue }
            return queue
        }
        return nil
    }

    private static func refuseNetwork(_ directory: StateDirectory) throws {
        if let kind = FileSystemKind.network(at: directory.url.path) {
            throw StoreError.networkFileSystem(path: directory.url.path, kind: kind)
        }
    }

    private static func bringUpToDate(_ pool: some DatabaseWriter, _ path: String) throws {
        let migrator = Self.migrator
        func isUpToDate() throws -> Bool {
            if try pool.read(migrator.hasBeenSuperseded) { throw StoreError.newerDatabase(path: path) }
            return try pool.read(migrator.hasCompletedMigrations)
        }
        if try isUpToDate() { return }
        // The migrator looks what is missing and then makes it: of two processes at a new database, one has to wait. The
        // folder is what they lock, since closing a second descriptor of the database would give up SQLite's own locks.
        let folderPath = (path as NSString).deletingLastPathComponent
        let folder = open(folderPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if folder >= 0 { close(folder) } }
        let end = Date(timeIntervalSinceNow: patience)
        while folder >= 0, flock(folder, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK || errno == EINTR {
            guard Date() < end else { throw StoreError.busy(path: path, owners: LockOwners.of([folderPath])) }
            Thread.sleep(forTimeInterval: 0.02)
        }
        if try !isUpToDate() { try migrator.migrate(pool) }
    }

    /// The switch to a write-ahead log does not wait as other statements do: two processes that make a new database at
    /// the same time would meet there.
    private static func retryingWhileBusy<Value>(_ body: () throws -> Value) throws -> Value {
        let end = ContinuousClock.now + .seconds(patience)
        while true {
            do { return try body() } catch let error as DatabaseError
                where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < end
            {
                Thread.sleep(forTimeInterval: 0.02)
            }
        }
    }

    private static func explaining<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do { return try retryingWhileBusy(body) } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }

    /// Gives the room of deleted rows back to the file system; does nothing while another process uses the database.
    /// - Returns: whether it was done.
    public func compact() -> Bool {
        (try? pool.vacuum()) != nil && (try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }) != nil
    }

    /// The bytes that the database takes on disk, its log included.
    public var bytesOnDisk: Int {
        let path = file.path
        return [path, path + "-wal"].reduce(0) { $0 + Int(FileState(path: $1)?.size ?? 0) }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        if let obstacle { throw obstacle }
        return try explained { try pool.write(body) }
    }

    /// A transaction that a loss of power does not take back either, if `durably`.
    func writeDurably(_ durably: Bool, _ body: (Database) throws -> Void) throws {
        guard durably else { return try write(body) }
        if let obstacle { throw obstacle }
        try explained {
            try pool.writeWithoutTransaction { connection in
                // Otherwise the log is only synchronised with the disk when it is brought into the database.
                try connection.execute(sql: "PRAGMA synchronous = FULL")
                defer { try? connection.execute(sql: "PRAGMA synchronous = NORMAL") }
                try connection.inTransaction {
                    try body(connection)
                    return .commit
                }
            }
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value { try explained { try pool.read(body) } }

    private func explained<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as DatabaseError {
            throw StoreError(error, path: file.path)
        } catch let error as RowDecodingError {
            throw StoreError.damagedRow(path: file.path, reason: Self.firstLine("\(error)"))
        }
    }

    private static func firstLine(_ text: String) -> String {
        String(text.prefix { !$0.isNewline }.prefix(200))
    }
}
