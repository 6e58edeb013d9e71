import Foundation
import GRDB

/// The feature cache: for each feature space (a model with its preprocessing) a blob for each picture's content.
public struct FeatureTable: Sendable {
    private let database: StateDatabase
    private let space: Int64

    /// The features of the space named `key`; it is made if it is new.
    /// - Throws: ``StoreError``.
    public init(_ database: StateDatabase, space key: String) throws {
        self.database = database
        let known = try database.read { try Int64.fetchOne($0, sql: Self.lookup, arguments: [key]) }
        space =
            try known
            ?? database.write { connection in
                try connection.execute(sql: "INSERT OR IGNORE INTO featureSpace (key) VALUES (?)", arguments: [key])
                return try Int64.fetchOne(connection, sql: Self.lookup, arguments: [key]) ?? 0
            }
    }

    private static let lookup = "SELECT id FROM featureSpace WHERE key = ?"

    /// The stored blobs among `pictures` (content checksums).
    /// - Throws: ``StoreError``.
    public func values(for pictures: [Data]) throws -> [Data: Data] {
        guard !pictures.isEmpty else { return [:] }
        return try database.read { connection in
            let marks = Array(repeating: "?", count: pictures.count).joined(separator: ",")
            let statement = try connection.cachedStatement(
                sql: "SELECT picture, \"values\" FROM feature WHERE space = ? AND picture IN (\(marks))")
            let rows = try Row.fetchCursor(statement, arguments: [space] + StatementArguments(pictures))
            var found: [Data: Data] = [:]
            while let row = try rows.next() { found[row[0]] = row[1] }
            return found
        }
    }

    /// Stores blobs in one transaction: after a crash either all of them are there or none.
    /// - Throws: ``StoreError``.
    public func insert(_ entries: [(picture: Data, values: Data)]) throws {
        guard !entries.isEmpty else { return }
        try database.write { connection in
            let statement = try connection.cachedStatement(
                sql: "INSERT OR REPLACE INTO feature (space, picture, \"values\") VALUES (?, ?, ?)")
            for entry in entries { try statement.execute(arguments: [space, entry.picture, entry.values]) }
        }
    }

    /// The number of pictures in this space.
    /// - Throws: ``StoreError``.
    public func count() throws -> Int {
        try database.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM feature WHERE space = ?", arguments: [space]) ?? 0
        }
    }
}
