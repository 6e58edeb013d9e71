import FewShot
import Foundation

/// Everything a comparison has found, whole or interrupted.
public struct Comparison: Sendable {
    /// What was compared.
    public var plan: ComparisonPlan
    /// What people call the model.
    public var model: String
    /// What people call the data set.
    public var dataset: String
    /// Class names in label order.
    public var classNames: [String]
    /// The results there are.
    public var results: [ComparisonCell: ComparedRun] = [:]
    /// Zero-shot on the test pictures of each seed.
    public var zeroShot: [Int: Evaluation] = [:]
    /// For each number of shots, the classes that cannot give so many in some seed.
    public var cappedClasses: [Int: [Int]] = [:]
    /// Classes with fewer test pictures than a class should have, in some seed.
    public var classesShortOfTest: [Int] = []
    /// How many of the results had been found before.
    public var reused = 0
    /// Pictures encoded, and how.
    public var encoding: EncodingCounts?
    /// Pictures that could not be used.
    public var unreadable: [UnreadablePicture] = []
    /// Wall time of the training, in seconds.
    public var seconds = 0.0

    /// Whether every cell has a result.
    public var isComplete: Bool { results.count == plan.cells.count }

    /// Top-1 over the seeds that have one; nil where none has.
    /// - Parameter method: index into the plan's methods.
    public func top1(method: Int, shots: Int) -> SeedStatistics? {
        SeedStatistics(cells(method: method, shots: shots).compactMap(\.top1))
    }

    /// Zero-shot top-1 over the seeds.
    public var zeroShotTop1: SeedStatistics? {
        SeedStatistics(plan.seeds.compactMap { zeroShot[$0]?.top1 })
    }

    /// The results of all seeds, as many as there are.
    public func cells(method: Int, shots: Int) -> [ComparedRun] {
        plan.seeds.compactMap { results[ComparisonCell(method: method, shots: shots, seed: $0)] }
    }

    /// Results in the order of methods, shots and seeds.
    public var ordered: [ComparedRun] {
        plan.configurations.indices.flatMap { method in plan.shots.flatMap { cells(method: method, shots: $0) } }
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
}
