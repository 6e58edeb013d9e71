import Foundation
import GRDB

/// The feature cache of one feature space (a model with its preprocessing): a blob for each picture's content.
public struct FeatureTable: Sendable {
    private let database: StateDatabase
    private let space: Int64

    /// The features of the space named `key`; it is made if it is new.
    /// - Parameter model: what people call the model, for listings.
    /// - Throws: ``StoreError``.
    public init(_ database: StateDatabase, space key: String, model: String? = nil) throws {
        self.database = database
        let known = try database.read {
            try Row.fetchOne($0, sql: "SELECT id, model FROM featureSpace WHERE key = ?", arguments: [key])
        }
        if let known, model == nil || known[1] as String? == model {
            space = known[0]
            return
        }
        space = try database.write { connection in
            try connection.execute(
                sql: """
                    INSERT INTO featureSpace (key, model) VALUES (?, ?)
                    ON CONFLICT (key) DO UPDATE SET model = ifnull(excluded.model, model)
                    """, arguments: [key, model])
            return try Int64.fetchOne(
                connection, sql: "SELECT id FROM featureSpace WHERE key = ?", arguments: [key]) ?? 0
        }
    }

    /// The stored blobs among `pictures` (content checksums).
    /// - Throws: ``StoreError``.
    public func values(for pictures: [Data]) throws -> [Data: Data] {
        try fetch("picture, \"values\"", pictures) { rows in
            var found: [Data: Data] = [:]
            while let row = try rows.next() { found[row[0]] = row[1] }
            return found
        } ?? [:]
    }

    /// Which of `pictures` have a blob of `size` bytes.
    /// - Throws: ``StoreError``.
    public func contains(_ pictures: [Data], size: Int) throws -> Set<Data> {
        try fetch("picture, length(\"values\")", pictures) { rows in
            var found: Set<Data> = []
            while let row = try rows.next() {
                if row[1] == size { found.insert(row[0]) }
            }
            return found
        } ?? []
    }

    private func fetch<Value>(_ columns: String, _ pictures: [Data], _ body: (RowCursor) throws -> Value) throws
        -> Value?
    {
        guard !pictures.isEmpty else { return nil }
        return try database.read { connection in
            let statement = try connection.cachedStatement(
                sql: "SELECT \(columns) FROM feature WHERE space = ? AND picture IN (\(marks(pictures.count)))")
            return try body(
                try Row.fetchCursor(statement, arguments: [space] + StatementArguments(pictures)))
        }
    }

    /// Stores blobs, and the files they were read from, in one transaction: after a crash either all are there or none.
    /// - Throws: ``StoreError``.
    public func insert(
        _ entries: [(picture: Data, values: Data)], files: [PictureFileRecord] = [], at time: Date = Date()
    ) throws {
        guard !entries.isEmpty || !files.isEmpty else { return }
        try database.write { connection in
            let statement = try connection.cachedStatement(
                sql: "INSERT OR REPLACE INTO feature (space, picture, \"values\", addedAt) VALUES (?, ?, ?, ?)")
            for entry in entries {
                try statement.execute(
                    arguments: [space, entry.picture, entry.values, Int64(time.timeIntervalSince1970)])
            }
            for file in files { try file.insert(connection) }
        }
    }

    /// A feature with the time it was made, in seconds since 1970.
    typealias Entry = (picture: Data, values: Data, addedAt: Int64)

    /// Stores those entries whose pictures have none yet, in one transaction, and answers their number.
    func addMissing(_ entries: [Entry]) throws -> Int {
        guard !entries.isEmpty else { return 0 }
        return try database.write { connection in
            let before = connection.totalChangesCount
            let statement = try connection.cachedStatement(
                sql: "INSERT OR IGNORE INTO feature (space, picture, \"values\", addedAt) VALUES (?, ?, ?, ?)")
            for entry in entries {
                try statement.execute(arguments: [space, entry.picture, entry.values, entry.addedAt])
            }
            return connection.totalChangesCount - before
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

/// `?,?,?` for so many values.
func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ",") }
