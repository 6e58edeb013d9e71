import FewShot
import Foundation

/// Everything a comparison has found, whole or interrupted.
public struct Comparison: Sendable, Equatable {
    /// What was known before the first run.
    public var description: ComparisonDescription
    /// The part of the grid that was to be trained here; nil for all of it.
    public var shard: Shard?
    /// The results there are.
    public var results: [ComparisonCell: ComparedRun] = [:]
    /// How many of the results had been found before.
    public var reused = 0
    /// Wall time of the training, in seconds.
    public var seconds = 0.0

    /// A comparison without results.
    public init(_ description: ComparisonDescription, shard: Shard? = nil) {
        self.description = description
        self.shard = shard
    }

    /// What is compared.
    public var grid: ComparisonGrid { description.grid }

    /// The cells that have no result yet.
    public var openCells: [ComparisonCell] { grid.cells(of: shard).filter { results[$0] == nil } }

    /// Whether every cell has a result.
    public var isComplete: Bool { openCells.isEmpty }

    /// Top-1 over the seeds that have one; nil where none has.
    /// - Parameter method: index into the grid's methods.
    public func top1(method: Int, shots: Int) -> SeedStatistics? {
        SeedStatistics(cells(method: method, shots: shots).compactMap(\.top1))
    }

    /// Zero-shot top-1 over the seeds.
    public var zeroShotTop1: SeedStatistics? {
        SeedStatistics(grid.seeds.compactMap { description.zeroShot[$0]?.top1 })
    }

    /// The results of all seeds, as many as there are.
    public func cells(method: Int, shots: Int) -> [ComparedRun] {
        grid.seeds.compactMap { results[ComparisonCell(method: method, shots: shots, seed: $0)] }
    }

    /// Results in the order of methods, shots and seeds.
    public var ordered: [ComparedRun] {
        grid.methods.indices.flatMap { method in grid.shots.flatMap { cells(method: method, shots: $0) } }
    }

    /// The runs that failed, in the same order.
    public var failures: [ComparedRun] { ordered.filter { $0.failure != nil } }
}

/// How far a comparison has come.
public struct ComparisonProgress: Sendable, Equatable {
    /// Cells that are done with.
    public var done: Int
    /// Cells in all.
    public var total: Int
    /// Cells that had been found from an earlier comparison.
    public var reused: Int
    /// Cells that failed.
    public var failed: Int
    /// Seconds until the end, if it goes on as it went; nil before anything is known.
    public var secondsLeft: Double?

    /// How far a comparison has come.
    public init(done: Int, total: Int, reused: Int = 0, failed: Int = 0, secondsLeft: Double? = nil) {
        self.done = done
        self.total = total
        self.reused = reused
        self.failed = failed
        self.secondsLeft = secondsLeft
    }
}
