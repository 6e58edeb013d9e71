import Foundation
import GRDB

/// A database that is not this program's own: another machine's, or a shard's. It is only read.
struct OtherDatabase {
    /// Its file.
    let path: String
    private let queue: DatabaseQueue

    /// Opens it for reading.
    /// - Parameter url: its file, or the state directory that holds it.
    /// - Throws: ``StoreError`` for what is not a database of cliptop, or one of another version.
    init(_ url: URL) throws {
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
        let path = (isDirectory.boolValue ? StateDirectory(url).database : url).path
        guard exists, FileManager.default.fileExists(atPath: path) else {
            throw StoreError.unreadableDatabase(path: path, reason: "there is no such file")
        }
        self.path = path
        do {
            queue = try Self.open(path)
        } catch let error as DatabaseError {
            throw Self.unreadable(path, error)
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try check(queue, path)
            return queue
        } catch let error as DatabaseError
            where [.SQLITE_READONLY, .SQLITE_CANTOPEN].contains(error.resultCode)
        {
            // Whoever wrote it was killed in the middle of a transaction: what is half done is taken back by the next one
            // that may write.
            configuration.readonly = false
            try check(DatabaseQueue(path: path, configuration: configuration), path)
            configuration.readonly = true
            return try DatabaseQueue(path: path, configuration: configuration)
        }
    }

    /// Looks whether it has the tables of this version.
    private static func check(_ queue: DatabaseQueue, _ path: String) throws {
        let applied = try queue.read { connection in
            try connection.tableExists("grdb_migrations")
                ? String.fetchAll(connection, sql: "SELECT identifier FROM grdb_migrations") : []
        }
        guard applied.contains(where: StateDatabase.layouts.contains) else {
            throw StoreError.foreignDatabase(path: path)
        }
        let missing = StateDatabase.layouts.filter { !applied.contains($0) }
        guard missing.isEmpty else { throw StoreError.olderDatabase(path: path) }
        guard applied.allSatisfy(StateDatabase.layouts.contains) else { throw StoreError.newerDatabase(path: path) }
    }

    /// Reads in one transaction.
    /// - Throws: ``StoreError``.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do { return try queue.read(body) } catch let error as DatabaseError {
            throw Self.unreadable(path, error)
        } catch is RowDecodingError {
            throw StoreError.unreadableDatabase(path: path, reason: "it is damaged: a value has the wrong type")
        }
    }

    private static func unreadable(_ path: String, _ error: DatabaseError) -> StoreError {
        error.resultCode == .SQLITE_BUSY
            ? StoreError(error, path: path)
            : .unreadableDatabase(path: path, reason: error.message ?? "\(error.resultCode)")
    }
}
