import Foundation
import GRDB

/// The feature cache of one feature space (a model with its preprocessing): a blob for each picture's content.
///
/// The space's row can be pruned by another process at any time, and is made again by the next one that stores features: so
/// every statement finds it by its key.
public struct FeatureTable: Sendable {
    private let database: StateDatabase
    private let key: String
    private let model: String?
    private let use: SpaceUse?

    /// The features of the space named `key`; it is made if it is new. As long as this value lives, nothing of the space is
    /// pruned.
    /// - Parameter model: what people call the model, for listings.
    /// - Throws: ``StoreError``.
    public init(_ database: StateDatabase, space key: String, model: String? = nil) throws {
        (self.database, self.key, self.model) = (database, key, model)
        use = SpaceUse(key, database)
        let known = try database.read {
            try Row.fetchOne($0, sql: "SELECT model FROM featureSpace WHERE key = ?", arguments: [key])
        }
        if let known, try model == nil || known.decode(String?.self, atIndex: 0) == model { return }
        _ = try database.write(space)
    }

    /// The number of the space's row, which is made if it is not there.
    private func space(_ connection: Database) throws -> Int64 {
        let find = try connection.cachedStatement(sql: "SELECT id, model FROM featureSpace WHERE key = ?")
        if let row = try Row.fetchOne(find, arguments: [key]),
            try model == nil || row.decode(String?.self, atIndex: 1) == model
        {
            return try row.decode(atIndex: 0)
        }
        try connection.execute(
            sql: """
                INSERT INTO featureSpace (key, model) VALUES (?, ?)
                ON CONFLICT (key) DO UPDATE SET model = ifnull(excluded.model, model)
                """, arguments: [key, model])
        return try Row.fetchOne(find, arguments: [key])?.decode(atIndex: 0) ?? 0
    }

    /// The stored blobs among `pictures` (content checksums).
    /// - Throws: ``StoreError``.
    public func values(for pictures: [Data]) throws -> [Data: Data] {
        try fetch("picture, \"values\"", pictures) { rows in
            var found: [Data: Data] = [:]
            while let row = try rows.next() { found[try row.decode(atIndex: 0)] = try row.decode(atIndex: 1) }
            return found
        } ?? [:]
    }

    /// Which of `pictures` have a blob of `size` bytes.
    /// - Throws: ``StoreError``.
    public func contains(_ pictures: [Data], size: Int) throws -> Set<Data> {
        try fetch("picture, length(\"values\")", pictures) { rows in
            var found: Set<Data> = []
            while let row = try rows.next() {
                if try row.decode(Int.self, atIndex: 1) == size { found.insert(try row.decode(atIndex: 0)) }
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
                sql: """
                    SELECT \(columns) FROM feature WHERE space = (SELECT id FROM featureSpace WHERE key = ?)
                    AND picture IN (\(marks(pictures.count)))
                    """)
            return try body(
                try Row.fetchCursor(statement, arguments: [key] + StatementArguments(pictures)))
        }
    }

    /// Stores blobs, and the files they were read from, in one transaction: after a crash either all are there or none.
    /// - Throws: ``StoreError``.
    public func insert(
        _ entries: [(picture: Data, values: Data)], files: [PictureFileRecord] = [], at time: Date = Date()
    ) throws {
        guard !entries.isEmpty || !files.isEmpty else { return }
        try database.write { connection in
            let space = try space(connection)
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
            let space = try space(connection)
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
            try Int.fetchOne(
                $0, sql: "SELECT count(*) FROM feature JOIN featureSpace ON space = id WHERE key = ?", arguments: [key])
                ?? 0
        }
    }
}

/// `?,?,?` for so many values.
func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ",") }
