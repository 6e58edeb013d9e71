import Foundation
import Store

/// A comparison as the state database or a shard's file has it.
public struct StoredComparison: Sendable, Equatable {
    /// The same wherever the same comparison is begun.
    public var id: String
    /// When it was last begun.
    public var startedAt: Date
    /// What has been found of it so far.
    public var comparison: Comparison

    /// A stored comparison.
    public init(id: String, startedAt: Date, comparison: Comparison) {
        self.id = id
        self.startedAt = startedAt
        self.comparison = comparison
    }

    /// Out of a row and the results that there are for its keys; nil if another version wrote it in another form.
    init?(_ row: ComparisonRow, results: (_ keys: [String]) throws -> [String: String]) rethrows {
        guard let description = ComparisonDescription(json: row.description) else { return nil }
        self.init(id: row.id, startedAt: row.startedAt, comparison: Comparison(description))
        let found = try results(description.keys)
        for (cell, key) in zip(description.grid.cells, description.keys) {
            comparison.results[cell] = found[key].flatMap(ComparedRun.init(json:))
        }
        comparison.reused = comparison.results.count
    }
}

/// Where the dashboard gets comparisons from. It is asked on a background thread.
public protocol ComparisonLibrary: Sendable {
    /// The stored comparisons, the one begun last first.
    /// - Throws: an error with one readable line.
    func comparisons() throws -> [StoredComparison]
}

/// The comparisons of a state directory.
public struct StoredComparisons: ComparisonLibrary {
    private let state: StateDirectory
    /// More than anybody looks through.
    private static let limit = 200

    /// The comparisons of a state directory.
    public init(_ state: StateDirectory) { self.state = state }

    /// - Throws: `StoreError`.
    public func comparisons() throws -> [StoredComparison] {
        let table = try ComparisonTable(StateDatabase.reading(state))
        return try table.comparisons(limit: Self.limit).compactMap {
            try StoredComparison($0) { try table.results(for: $0) }
        }
    }
}
