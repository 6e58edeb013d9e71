import Foundation
import GRDB

/// What the database knows of one run; everything else is in the run's folder.
public struct RunRow: Sendable, Equatable {
    /// The database's own number of it.
    public var number: Int64
    /// The run's ID.
    public var id: String
    /// The name its user gave it.
    public var name: String?
    /// When it began.
    public var startedAt: Date
    /// `running`, `done`, `stopped`, `diverged` or `failed`.
    public var state: String
}

/// The list of runs.
public struct RunTable: Sendable {
    private let database: StateDatabase

    /// The runs of a database.
    public init(_ database: StateDatabase) { self.database = database }

    /// Registers a new run under an ID of its own and makes its folder.
    /// - Throws: ``StoreError``.
    public func begin(name: String?, at time: Date = Date()) throws -> RunRow {
        let (id, number) = try database.write { connection in
            var id = Self.randomID()
            while try Bool.fetchOne(connection, sql: "SELECT 1 FROM run WHERE id = ?", arguments: [id]) != nil {
                id = Self.randomID()
            }
            try connection.execute(
                sql: "INSERT INTO run (id, name, startedAt, state) VALUES (?, ?, ?, 'running')",
                arguments: [id, name, time.timeIntervalSince1970])
            return (id, connection.lastInsertedRowID)
        }
        try database.directory.createRun(id)
        return RunRow(number: number, id: id, name: name, startedAt: time, state: "running")
    }

    /// Writes down the state of a run.
    /// - Throws: ``StoreError``.
    public func end(_ id: String, state: String) throws {
        try database.write {
            try $0.execute(sql: "UPDATE run SET state = ? WHERE id = ?", arguments: [state, id])
        }
    }

    /// The columns of a ``RunRow``.
    private static let columns = "number, id, name, startedAt, state"
    private static let newestFirst = "ORDER BY startedAt DESC, number DESC"

    /// The runs that a condition holds for, newest first.
    private static func rows(
        _ connection: Database, where condition: String = "TRUE", _ arguments: StatementArguments = [], limit: Int = -1
    ) throws -> [RunRow] {
        try Row.fetchAll(
            connection, sql: "SELECT \(columns) FROM run WHERE \(condition) \(newestFirst) LIMIT ?",
            arguments: arguments + [limit]
        ).compactMap(RunRow.init)
    }

    /// All runs, newest first.
    /// - Throws: ``StoreError``.
    public func all() throws -> [RunRow] { try database.read { try Self.rows($0) } }

    /// All runs with their figures and tags, newest first.
    /// - Throws: ``StoreError``.
    public func records() throws -> [RunRecord] {
        try database.read { connection in
            var tags: [Int64: [String]] = [:]
            for row in try Row.fetchAll(connection, sql: "SELECT run, tag FROM runTag ORDER BY tag") {
                guard let tag = try? row.decode(String.self, atIndex: 1) else { continue }
                tags[try row.decode(atIndex: 0), default: []].append(tag)
            }
            return try Row.fetchAll(
                connection, sql: "SELECT \(RunRecord.columns) FROM run \(Self.newestFirst)"
            ).compactMap { row in
                guard var record = RunRecord(tolerating: row) else { return nil }
                record.tags = tags[record.number] ?? []
                return record
            }
        }
    }

    /// One run with its figures and tags.
    /// - Throws: ``StoreError/unknownRun(_:)``.
    public func record(_ run: RunRow) throws -> RunRecord {
        try database.read { connection in
            let row = try Row.fetchOne(
                connection, sql: "SELECT \(RunRecord.columns) FROM run WHERE number = ?", arguments: [run.number])
            guard var record = row.flatMap(RunRecord.init(tolerating:)) else { throw StoreError.unknownRun(run.id) }
            record.tags = try Row.fetchAll(
                connection, sql: "SELECT tag FROM runTag WHERE run = ? ORDER BY tag", arguments: [run.number]
            ).compactMap { try? $0.decode(String.self, atIndex: 0) }
            return record
        }
    }

    /// Writes a note about a run; nil takes it away.
    /// - Throws: ``StoreError``.
    public func setNote(_ note: String?, of run: Int64) throws {
        try database.write {
            try $0.execute(sql: "UPDATE run SET note = ? WHERE number = ?", arguments: [note, run])
        }
    }

    /// Gives a run tags and takes others away.
    /// - Throws: ``StoreError``.
    public func changeTags(adding new: [String], removing old: [String], of run: Int64) throws {
        try database.write { connection in
            for tag in old {
                try connection.execute(sql: "DELETE FROM runTag WHERE run = ? AND tag = ?", arguments: [run, tag])
            }
            for tag in new {
                try connection.execute(
                    sql: "INSERT OR IGNORE INTO runTag (run, tag) VALUES (?, ?)", arguments: [run, tag])
            }
        }
    }

    /// Forgets a run and its course.
    /// - Parameter removeFolder: removes the run's folder, once the database is known to let the run go; if it throws the run
    ///   is kept.
    /// - Throws: ``StoreError``, what `removeFolder` throws.
    public func remove(_ run: Int64, removeFolder: () throws -> Void) throws {
        try database.write {
            try $0.execute(sql: "DELETE FROM run WHERE number = ?", arguments: [run])
            try removeFolder()
        }
    }

    /// The run that `query` means: an ID, a unique prefix of one, a name (the newest run of it) or `latest`.
    /// - Throws: ``StoreError/unknownRun(_:)``, ``StoreError/ambiguousRun(_:candidates:)``.
    public func find(_ query: String) throws -> RunRow {
        try database.read { connection in
            if query == "latest", let newest = try Self.rows(connection, limit: 1).first { return newest }
            for column in ["id", "name"] {
                if let run = try Self.rows(connection, where: "\(column) = ?", [query], limit: 1).first { return run }
            }
            // Bytes that stand behind every hexadecimal digit: the index finds the IDs that begin with the query.
            let candidates =
                query.isEmpty ? [] : try Self.rows(connection, where: "id >= ? AND id < ?", [query, query + "\u{7F}"])
            guard candidates.count <= 1 else {
                throw StoreError.ambiguousRun(query, candidates: candidates.map(\.id))
            }
            guard let run = candidates.first else { throw StoreError.unknownRun(query) }
            return run
        }
    }

    /// The run with this ID.
    /// - Throws: ``StoreError/unknownRun(_:)``.
    public func find(id: String) throws -> RunRow {
        guard let run = try database.read({ try Self.rows($0, where: "id = ?", [id], limit: 1) }).first else {
            throw StoreError.unknownRun(id)
        }
        return run
    }

    /// Eight hexadecimal digits that nobody else has: run IDs are typed by people.
    private static func randomID() -> String {
        let bits = UInt32.random(in: .min ... .max)
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

extension RunRow {
    /// The seconds since 1970 that can be the time of a run.
    static let times = 0...1e11

    /// A run by its row; what is damaged of it is unknown, and without a number or an ID there is no run.
    fileprivate init?(_ row: Row) {
        guard let number = try? row.decode(Int64.self, atIndex: 0), let id = try? row.decode(String.self, atIndex: 1)
        else { return nil }
        self.init(
            number: number, id: id, name: try? row.decode(String?.self, atIndex: 2),
            startedAt: Date(
                timeIntervalSince1970: (try? row.decode(Double.self, atIndex: 3)).flatMap {
                    Self.times.contains($0) ? $0 : nil
                } ?? 0),
            state: (try? row.decode(String.self, atIndex: 4)) ?? RunRecord.damagedState)
    }
}
