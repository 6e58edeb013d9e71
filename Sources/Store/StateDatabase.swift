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

    /// Opens the database, making directory and tables as needed.
    /// - Throws: ``StoreError``.
    public init(_ directory: StateDirectory) throws {
        try directory.create()
        if let kind = FileSystemKind.network(at: directory.url.path) {
            throw StoreError.networkFileSystem(path: directory.url.path, kind: kind)
        }
        self.directory = directory
        file = directory.database
        let path = file.path
        do {
            pool = try Self.retryingWhileBusy {
                var configuration = Configuration()
                configuration.busyMode = .timeout(10)
                // Of a new database: several features share a page instead of half filling one each.
                configuration.prepareDatabase { try $0.execute(sql: "PRAGMA page_size = 16384") }
                let pool = try DatabasePool(path: path, configuration: configuration)
                try Self.bringUpToDate(pool, path)
                return pool
            }
        } catch let error as StoreError {
            throw error
        } catch {
            throw Self.unusable(path, error)
        }
    }

    /// Opens or makes a shard's file: the same tables in a file of its own for one writer, without a write-ahead log, so
    /// that it may stand in a folder that several machines share.
    /// - Throws: ``StoreError``.
    public init(shardFile file: URL) throws {
        directory = StateDirectory(file.deletingLastPathComponent())
        self.file = file
        let path = file.path
        do {
            pool = try Self.retryingWhileBusy {
                var configuration = Configuration()
                configuration.busyMode = .timeout(10)
                configuration.prepareDatabase { try $0.execute(sql: "PRAGMA page_size = 16384") }
                let queue = try DatabaseQueue(path: path, configuration: configuration)
                // GRDB's queues have a rollback journal; a file that had something else is put right.
                try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
                try Self.bringUpToDate(queue, path)
                return queue
            }
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError.unusableShard(
                path: path, reason: (error as? DatabaseError)?.message ?? error.localizedDescription)
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
        let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if folder >= 0 { close(folder) } }
        while folder >= 0, flock(folder, LOCK_EX) != 0, errno == EINTR {}
        if try !isUpToDate() { try migrator.migrate(pool) }
    }

    /// The versions of the database's layout, oldest first; what has been released is never changed.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: features and runs") { database in
            try database.create(table: "featureSpace") { table in
                table.autoIncrementedPrimaryKey("id")
                table.column("key", .text).notNull().unique()
            }
            try database.create(table: "feature", options: [.withoutRowID]) { table in
                table.column("space", .integer).notNull().references("featureSpace", onDelete: .cascade)
                table.column("picture", .blob).notNull()
                table.column("values", .blob).notNull()
                table.primaryKey(["space", "picture"])
            }
            try database.create(table: "run") { table in
                table.primaryKey("id", .text)
                table.column("name", .text).indexed()
                table.column("startedAt", .double).notNull()
                table.column("state", .text).notNull()
            }
        }
        migrator.registerMigration("2: dates of features, and which files were read") { database in
            try database.alter(table: "featureSpace") { table in table.add(column: "model", .text) }
            // With row IDs a row stands in one page; without, every feature had an overflow page of its own.
            try database.create(table: "dated") { table in
                table.column("space", .integer).notNull().references("featureSpace", onDelete: .cascade)
                table.column("picture", .blob).notNull()
                table.column("values", .blob).notNull()
                table.column("addedAt", .integer).notNull()
                table.uniqueKey(["space", "picture"])
            }
            // Nobody knows when the features of the first version were made: their age counts from now.
            try database.execute(
                sql: """
                    INSERT INTO dated SELECT space, picture, "values", CAST(strftime('%s', 'now') AS INTEGER) FROM feature
                    """)
            try database.drop(table: "feature")
            try database.rename(table: "dated", to: "feature")
            try database.create(table: "pictureFile", options: [.withoutRowID]) { table in
                table.column("path", .text).notNull()
                table.column("picture", .blob).notNull()
                table.column("device", .integer).notNull()
                table.column("inode", .integer).notNull()
                table.column("size", .integer).notNull()
                table.column("modifiedAt", .integer).notNull()
                table.column("changedAt", .integer).notNull()
                table.column("readAt", .integer).notNull()
                table.primaryKey(["path", "picture"])
            }
        }
        migrator.registerMigration("3: cells of comparisons") { database in
            try database.create(table: "comparisonCell", options: [.withoutRowID]) { table in
                table.primaryKey("key", .text)
                table.column("result", .text).notNull()
                table.column("finishedAt", .double).notNull()
            }
        }
        migrator.registerMigration("4: the course of runs", migrate: RunLayout.create)
        migrator.registerMigration("5: comparisons") { database in
            try database.create(table: "comparison", options: [.withoutRowID]) { table in
                table.primaryKey("id", .text)
                table.column("description", .text).notNull()
                table.column("startedAt", .double).notNull()
            }
        }
        return migrator
    }

    /// The names of the layouts that this version knows, oldest first.
    static var layouts: [String] { migrator.migrations }

    /// The switch to a write-ahead log does not wait as other statements do: two processes that make a new database at
    /// the same time would meet there.
    private static func retryingWhileBusy<Value>(_ body: () throws -> Value) throws -> Value {
        let end = ContinuousClock.now + .seconds(10)
        while true {
            do { return try body() } catch let error as DatabaseError
                where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < end
            {
                Thread.sleep(forTimeInterval: 0.02)
            }
        }
    }

    static func unusable(_ path: String, _ error: any Error) -> StoreError {
        if (error as? DatabaseError)?.resultCode == .SQLITE_BUSY { return .busy(path: path) }
        return .unusableDatabase(path: path, reason: (error as? DatabaseError)?.message ?? error.localizedDescription)
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
        do { return try pool.write(body) } catch let error as DatabaseError {
            throw Self.unusable(file.path, error)
        }
    }

    /// A transaction that a loss of power does not take back either, if `durably`.
    func writeDurably(_ durably: Bool, _ body: (Database) throws -> Void) throws {
        guard durably else { return try write(body) }
        do {
            try pool.writeWithoutTransaction { connection in
                // Otherwise the log is only synchronised with the disk when it is brought into the database.
                try connection.execute(sql: "PRAGMA synchronous = FULL")
                defer { try? connection.execute(sql: "PRAGMA synchronous = NORMAL") }
                try connection.inTransaction {
                    try body(connection)
                    return .commit
                }
            }
        } catch let error as DatabaseError {
            throw Self.unusable(directory.database.path, error)
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do { return try pool.read(body) } catch let error as DatabaseError {
            throw Self.unusable(file.path, error)
        }
    }
}
