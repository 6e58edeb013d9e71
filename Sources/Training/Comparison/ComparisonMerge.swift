import FewShot
import Foundation
import Store

/// Joins what the shards of comparisons found, each in its own database file.
public struct ComparisonMerge: Sendable {
    /// The comparisons of all files with the results of all, the one begun last first.
    public let comparisons: [StoredComparison]
    /// For each comparison, by ID, the OpenBLAS kernels that its shards were computed with.
    public let cores: [String: Set<String>]
    /// How many of the files' comparisons were made by an older version, whose results are wrong; they are left out.
    public let outdated: Int
    private let rows: [ComparisonRow]
    private let cells: [ComparisonCellRow]

    /// Reads all files.
    /// - Throws: `StoreError` for the first that is not a database of cliptop.
    public init(_ files: [URL]) throws {
        let contents = try files.map { try ComparisonContents($0) }
        cells = contents.flatMap(\.cells)
        let texts = Dictionary(cells.map { ($0.key, $0.result) }, uniquingKeysWith: { first, _ in first })
        var merged: [String: StoredComparison] = [:]
        var cores: [String: Set<String>] = [:]
        var outdated: Set<String> = []
        for row in contents.flatMap(\.comparisons) {
            guard let next = StoredComparison(row, results: { _ in texts }) else {
                outdated.insert(row.id)
                continue
            }
            cores[row.id, default: []].insert(next.comparison.description.openblasCore)
            if let known = merged[row.id] {
                merged[row.id] = Self.joined(known, next)
            } else {
                merged[row.id] = next
            }
        }
        self.cores = cores
        self.outdated = outdated.count
        comparisons = merged.values.sorted { ($0.startedAt, $1.id) > ($1.startedAt, $0.id) }
        rows = try comparisons.map {
            ComparisonRow(id: $0.id, description: try $0.comparison.description.json, startedAt: $0.startedAt)
        }
    }

    /// The same comparison from two places. Machines with different kernels know a cell under different keys: the one
    /// stands that there is a result for.
    private static func joined(_ first: StoredComparison, _ second: StoredComparison) -> StoredComparison {
        var joined = first.startedAt >= second.startedAt ? first : second
        let other = first.startedAt >= second.startedAt ? second : first
        for (index, cell) in joined.comparison.grid.cells.enumerated() where joined.comparison.results[cell] == nil {
            guard let result = other.comparison.results[cell] else { continue }
            joined.comparison.results[cell] = result
            joined.comparison.description.keys[index] = other.comparison.description.keys[index]
        }
        joined.comparison.reused = joined.comparison.results.count
        return joined
    }

    /// Puts everything into a state database, where further comparisons and the dashboard find it.
    /// - Throws: `StoreError`.
    public func store(in database: StateDatabase) throws {
        try ComparisonTable(database).add(rows, cells: cells)
    }
}
