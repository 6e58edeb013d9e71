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

    /// What there is of one method and number of shots, over the seeds.
    public func summary(method: Int, shots: Int) -> ComparisonSummary {
        let cells = cells(method: method, shots: shots)
        return ComparisonSummary(
            top1: top1(method: method, shots: shots), finished: cells.count, seeds: grid.seeds.count,
            failed: cells.count { $0.failure != nil })
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

/// One method with one number of shots, over the seeds.
public struct ComparisonSummary: Sendable, Equatable {
    /// Over the seeds that have an accuracy; nil where none has.
    public var top1: SeedStatistics?
    /// Seeds that have been trained, and seeds in all.
    public var finished, seeds: Int
    /// Seeds whose run failed.
    public var failed: Int

    /// Whether all seeds have been trained.
    public var isComplete: Bool { finished == seeds }
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
