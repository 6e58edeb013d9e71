import Foundation
import GRDB

/// A comparison that was begun: what it is over, as a text that only its maker reads.
public struct ComparisonRow: Sendable, Equatable {
    /// The same wherever the same comparison is begun.
    public var id: String
    /// What it is over, and the keys of its cells.
    public var description: String
    /// When it was last begun.
    public var startedAt: Date

    /// A comparison.
    public init(id: String, description: String, startedAt: Date) {
        self.id = id
        self.description = description
        self.startedAt = startedAt
    }
}

/// A finished cell of a comparison.
public struct ComparisonCellRow: Sendable, Equatable {
    /// Everything its result depends on.
    public var key: String
    /// The result, as a text that only its maker reads.
    public var result: String
    /// When it was found.
    public var finishedAt: Date

    /// A finished cell.
    public init(key: String, result: String, finishedAt: Date) {
        self.key = key
        self.result = result
        self.finishedAt = finishedAt
    }
}

/// Comparisons, and their finished cells: a text for each key. The key says everything that a cell's result depends on,
/// so that a result found is the result that training again would give; cells of several databases can be put together.
public struct ComparisonTable: Sendable {
    private let database: StateDatabase

    /// The cells of a database.
    public init(_ database: StateDatabase) { self.database = database }

    /// The stored results among `keys`.
    /// - Throws: ``StoreError``.
    public func results(for keys: [String]) throws -> [String: String] {
        try database.read { connection in
            let statement = try connection.cachedStatement(sql: "SELECT result FROM comparisonCell WHERE key = ?")
            return keys.reduce(into: [:]) { found, key in
                // A result that cannot be read is found anew.
                found[key] = try? String.fetchOne(statement, arguments: [key])
            }
        }
    }

    /// Stores one result; it is there for good once the call returns.
    /// - Throws: ``StoreError``.
    public func insert(_ result: String, for key: String, at time: Date = Date()) throws {
        try database.write {
            try $0.execute(
                sql: "INSERT OR REPLACE INTO comparisonCell (key, result, finishedAt) VALUES (?, ?, ?)",
                arguments: [key, result, time.timeIntervalSince1970])
        }
    }

    /// Records that a comparison is begun, or begun again.
    /// - Throws: ``StoreError``.
    public func begin(_ comparison: ComparisonRow) throws {
        try database.write { try Self.insert(comparison, $0) }
    }

    /// The comparisons that were begun last, the newest first.
    /// - Throws: ``StoreError``.
    public func comparisons(limit: Int) throws -> [ComparisonRow] {
        try database.read { try Self.comparisons($0, limit: limit) }
    }

    /// Takes over comparisons and cells of other databases in one transaction; of what is here already, the comparison
    /// that was begun last stands, and the cells that are here.
    /// - Throws: ``StoreError``.
    public func add(_ comparisons: [ComparisonRow], cells: [ComparisonCellRow]) throws {
        try database.write { connection in
            for comparison in comparisons { try Self.insert(comparison, connection) }
            let statement = try connection.cachedStatement(
                sql: "INSERT OR IGNORE INTO comparisonCell (key, result, finishedAt) VALUES (?, ?, ?)")
            for cell in cells {
                try statement.execute(arguments: [cell.key, cell.result, cell.finishedAt.timeIntervalSince1970])
            }
        }
    }

    private static func insert(_ comparison: ComparisonRow, _ connection: Database) throws {
        try connection.execute(
            sql: """
                INSERT INTO comparison (id, description, startedAt) VALUES (?, ?, ?) ON CONFLICT (id)
                DO UPDATE SET description = excluded.description, startedAt = excluded.startedAt
                WHERE excluded.startedAt >= startedAt
                """,
            arguments: [comparison.id, comparison.description, comparison.startedAt.timeIntervalSince1970])
    }

    fileprivate static func comparisons(_ connection: Database, limit: Int) throws -> [ComparisonRow] {
        try Row.fetchAll(
            connection, sql: "SELECT id, description, startedAt FROM comparison ORDER BY startedAt DESC, id LIMIT ?",
            arguments: [limit]
        ).compactMap { row in
            // A damaged row costs that comparison.
            guard let id = try? row.decode(String.self, atIndex: 0),
                let description = try? row.decode(String.self, atIndex: 1),
                let startedAt = try? row.decode(Double.self, atIndex: 2)
            else { return nil }
            return ComparisonRow(id: id, description: description, startedAt: Date(timeIntervalSince1970: startedAt))
        }
    }
}

/// What another database, such as a shard's, holds of comparisons.
public struct ComparisonContents: Sendable {
    /// The comparisons, the one begun last first.
    public let comparisons: [ComparisonRow]
    /// All cells.
    public let cells: [ComparisonCellRow]

    /// Reads a database.
    /// - Parameter url: its file, or the state directory that holds it.
    /// - Throws: ``StoreError`` for what is not a database of cliptop, or one of another version.
    public init(_ url: URL) throws {
        (comparisons, cells) = try OtherDatabase(url).read { connection in
            (
                try ComparisonTable.comparisons(connection, limit: .max),
                try Row.fetchAll(connection, sql: "SELECT key, result, finishedAt FROM comparisonCell").compactMap {
                    guard let key = try? $0.decode(String.self, atIndex: 0),
                        let result = try? $0.decode(String.self, atIndex: 1),
                        let finishedAt = try? $0.decode(Double.self, atIndex: 2)
                    else { return nil }
                    return ComparisonCellRow(
                        key: key, result: result, finishedAt: Date(timeIntervalSince1970: finishedAt))
                }
            )
        }
    }
}
