import Foundation
import GRDB

/// Takes over the features of another database. Features are found by content and model, so nothing can contradict:
/// what both have is the same.
public struct CacheMerge {
    private let source: OtherDatabase

    /// How far a merge has come.
    public struct Counts: Sendable, Equatable {
        /// Features of the other database that have been looked at.
        public var done = 0
        /// Features of the other database.
        public var total = 0
        /// Features that were new here.
        public var added = 0
    }

    /// Opens the other database, for reading only.
    /// - Parameter url: its file, or the state directory that holds it.
    /// - Throws: ``StoreError`` for what is not a database of cliptop, or one of another version.
    public init(_ url: URL) throws { source = try OtherDatabase(url) }

    /// Copies the features that `database` does not have, a batch per transaction.
    /// - Parameters:
    ///   - progress: called after every batch.
    ///   - isCancelled: asked between batches; what has been copied stays.
    /// - Throws: ``StoreError``.
    public func run(
        into database: StateDatabase, progress: (Counts) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws -> Counts {
        var counts = Counts()
        try source.read { connection in
            counts.total = try Int.fetchOne(connection, sql: "SELECT count(*) FROM feature") ?? 0
            let spaces = try Row.fetchAll(connection, sql: "SELECT id, key, model FROM featureSpace")
            for space in spaces where !isCancelled() {
                let table = try FeatureTable(database, space: space.decode(atIndex: 1), model: space.decode(atIndex: 2))
                let rows = try Row.fetchCursor(
                    connection, sql: "SELECT picture, \"values\", addedAt FROM feature WHERE space = ?",
                    arguments: [space.decode(Int64.self, atIndex: 0)])
                var batch: [FeatureTable.Entry] = []
                while let row = try rows.next(), !isCancelled() {
                    batch.append(
                        (
                            picture: try row.decode(atIndex: 0), values: try row.decode(atIndex: 1),
                            addedAt: try row.decode(atIndex: 2)
                        ))
                    if batch.count == 256 { try copy(&batch, to: table, &counts, progress) }
                }
                if !isCancelled() { try copy(&batch, to: table, &counts, progress) }
            }
        }
        return counts
    }

    private func copy(
        _ batch: inout [FeatureTable.Entry], to table: FeatureTable, _ counts: inout Counts,
        _ progress: (Counts) -> Void
    ) throws {
        counts.added += try table.addMissing(batch)
        counts.done += batch.count
        batch.removeAll(keepingCapacity: true)
        progress(counts)
    }
}
