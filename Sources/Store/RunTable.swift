import Foundation
import GRDB

/// What the database knows of one run; everything else is in the run's folder.
public struct RunRow: Sendable, Equatable {
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
        let id = try database.write { connection in
            var id = Self.randomID()
            while try Bool.fetchOne(connection, sql: "SELECT 1 FROM run WHERE id = ?", arguments: [id]) != nil {
                id = Self.randomID()
            }
            try connection.execute(
                sql: "INSERT INTO run (id, name, startedAt, state) VALUES (?, ?, ?, 'running')",
                arguments: [id, name, time.timeIntervalSince1970])
            return id
        }
        let folder = database.directory.run(id)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw StoreError.notWritable(path: folder.path, reason: error.plainReason)
        }
        return RunRow(id: id, name: name, startedAt: time, state: "running")
    }

    /// Records how a run ended.
    /// - Throws: ``StoreError``.
    public func end(_ id: String, state: String) throws {
        try database.write {
            try $0.execute(sql: "UPDATE run SET state = ? WHERE id = ?", arguments: [state, id])
        }
    }

    /// All runs, newest first.
    /// - Throws: ``StoreError``.
    public func all() throws -> [RunRow] {
        try database.read { connection in
            try Row.fetchAll(
                connection, sql: "SELECT id, name, startedAt, state FROM run ORDER BY startedAt DESC, rowid DESC"
            )
            .map {
                RunRow(
                    id: $0[0], name: $0[1], startedAt: Date(timeIntervalSince1970: $0[2]), state: $0[3])
            }
        }
    }

    /// The run that `query` means: an ID, a unique prefix of one, a name (the newest run of it) or `latest`.
    /// - Throws: ``StoreError/unknownRun(_:)``, ``StoreError/ambiguousRun(_:candidates:)``.
    public func find(_ query: String) throws -> RunRow {
        let runs = try all()
        if query == "latest", let newest = runs.first { return newest }
        if let run = runs.first(where: { $0.id == query }) ?? runs.first(where: { $0.name == query }) { return run }
        let candidates = query.isEmpty ? [] : runs.filter { $0.id.hasPrefix(query) }
        guard candidates.count <= 1 else {
            throw StoreError.ambiguousRun(query, candidates: candidates.map(\.id))
        }
        guard let run = candidates.first else { throw StoreError.unknownRun(query) }
        return run
    }

    /// Eight hexadecimal digits that nobody else has: run IDs are typed by people.
    private static func randomID() -> String {
        let bits = UInt32.random(in: .min ... .max)
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
