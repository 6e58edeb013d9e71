import Foundation
import GRDB

/// Finished cells of comparisons: a text for each key. The key says everything that a cell's result depends on, so that
/// a result found is the result that training again would give; cells of several databases can be put together.
public struct ComparisonTable: Sendable {
    private let database: StateDatabase

    /// The cells of a database.
    public init(_ database: StateDatabase) { self.database = database }

    /// The stored results among `keys`.
    /// - Throws: ``StoreError``.
    public func results(for keys: [String]) throws -> [String: String] {
        try database.read { connection in
            let statement = try connection.cachedStatement(sql: "SELECT result FROM comparisonCell WHERE key = ?")
            return try keys.reduce(into: [:]) { found, key in
                found[key] = try String.fetchOne(statement, arguments: [key])
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
}
