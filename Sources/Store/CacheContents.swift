import Foundation
import GRDB

/// One feature space and what the cache holds of it.
public struct FeatureSpaceSummary: Sendable, Equatable {
    /// Its number in the database.
    public var id: Int64
    /// What its features depend on besides the pictures.
    public var key: String
    /// What people called the model when it was last used; nil if the features come from an old version.
    public var model: String?
    /// The number of pictures.
    public var pictures: Int
    /// The bytes of their features.
    public var bytes: Int
    /// When the oldest and the newest feature were added; nil without features.
    public var added: ClosedRange<Date>?
}

/// Some of the features in the cache: those that meet every condition that is given.
public struct FeatureSelection: Sendable {
    /// Only these feature spaces.
    public var spaces: [Int64]?
    /// Only features added before this time.
    public var addedBefore: Date?
    /// Only features of these pictures (content checksums).
    public var pictures: Set<Data>?

    /// Everything.
    public init(spaces: [Int64]? = nil, addedBefore: Date? = nil, pictures: Set<Data>? = nil) {
        self.spaces = spaces
        self.addedBefore = addedBefore
        self.pictures = pictures
    }
}

/// The feature cache as a whole: what is in it, and what may go.
public struct CacheContents: Sendable {
    private let database: StateDatabase

    /// The cache of a database.
    public init(_ database: StateDatabase) { self.database = database }

    /// All feature spaces, the one added to last first.
    /// - Throws: ``StoreError``.
    public func spaces() throws -> [FeatureSpaceSummary] { try summaries(of: FeatureSelection()) }

    /// What the spaces hold of a selection; spaces that hold nothing of it are left out, unless it is everything.
    /// - Throws: ``StoreError``.
    public func summaries(of selection: FeatureSelection) throws -> [FeatureSpaceSummary] {
        func summaries(_ connection: Database) throws -> [FeatureSpaceSummary] {
            let (condition, arguments) = try selection.sql(connection)
            return try Row.fetchAll(
                connection,
                sql: """
                    SELECT featureSpace.id, key, model, count(picture), total(length("values")), min(addedAt), max(addedAt)
                    FROM featureSpace JOIN feature ON feature.space = featureSpace.id WHERE \(condition)
                    GROUP BY featureSpace.id ORDER BY max(addedAt) DESC, featureSpace.id
                    """, arguments: arguments
            ).map { row in
                // A damaged row's date is none.
                let first = try? row.decode(Double.self, atIndex: 5)
                let last = try? row.decode(Double.self, atIndex: 6)
                let dates = (first ?? last ?? 0, last ?? first ?? 0)
                return FeatureSpaceSummary(
                    id: try row.decode(atIndex: 0), key: try row.decode(atIndex: 1),
                    model: try? row.decode(String.self, atIndex: 2), pictures: try row.decode(atIndex: 3),
                    bytes: Int(exactly: try row.decode(Double.self, atIndex: 4)) ?? 0,
                    added: Date(
                        timeIntervalSince1970: min(dates.0, dates.1))...Date(
                            timeIntervalSince1970: max(dates.0, dates.1)))
            }
        }
        // The pictures of a selection go into a temporary table, which is a write as well.
        return try selection.pictures == nil ? database.read(summaries) : database.write(summaries)
    }

    /// The spaces that a process uses now: they are left alone.
    /// - Throws: ``StoreError``.
    public func spacesInUse() throws -> [Int64] {
        try database.read { connection in
            try Row.fetchAll(connection, sql: "SELECT id, key FROM featureSpace").filter {
                SpaceUse.isUsed(try $0.decode(atIndex: 1), database)
            }.map { try $0.decode(atIndex: 0) }
        }
    }

    /// Deletes a selection, except for spaces that a process uses, and the records of files whose pictures have no feature
    /// left.
    /// - Returns: how many features are gone.
    /// - Throws: ``StoreError``.
    @discardableResult public func remove(_ selection: FeatureSelection) throws -> Int {
        let used = try spacesInUse().map(String.init).joined(separator: ",")
        return try database.write { connection in
            let (condition, arguments) = try selection.sql(connection)
            try connection.execute(
                sql: "DELETE FROM feature WHERE \(condition) AND space NOT IN (\(used))", arguments: arguments)
            let count = connection.changesCount
            try connection.execute(
                sql: "DELETE FROM featureSpace WHERE id NOT IN (SELECT space FROM feature) AND id NOT IN (\(used))")
            try connection.execute(sql: "DELETE FROM pictureFile WHERE picture NOT IN (SELECT picture FROM feature)")
            return count
        }
    }
}

extension FeatureSelection {
    /// The condition on the rows of `feature`. The pictures, of which there may be many, go into a temporary table.
    fileprivate func sql(_ connection: Database) throws -> (condition: String, arguments: StatementArguments) {
        var conditions = ["TRUE"]
        var arguments = StatementArguments()
        if let spaces {
            conditions.append("space IN (\(marks(spaces.count)))")
            arguments += StatementArguments(spaces)
        }
        if let addedBefore {
            conditions.append("addedAt < ?")
            arguments += [addedBefore.timeIntervalSince1970]
        }
        if let pictures {
            try connection.execute(
                sql: "CREATE TEMPORARY TABLE IF NOT EXISTS selected (picture BLOB PRIMARY KEY) WITHOUT ROWID")
            try connection.execute(sql: "DELETE FROM selected")
            let statement = try connection.cachedStatement(sql: "INSERT INTO selected VALUES (?)")
            for picture in pictures { try statement.execute(arguments: [picture]) }
            conditions.append("picture IN (SELECT picture FROM selected)")
        }
        return (conditions.joined(separator: " AND "), arguments)
    }
}
