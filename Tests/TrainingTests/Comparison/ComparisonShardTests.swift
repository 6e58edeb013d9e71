import FewShot
import Foundation
import Store
import TestSupport
import Testing

@testable import Training

@Suite struct ComparisonShardTests {
    @Test(arguments: [
        ("1/4", 1, 4), ("4/4", 4, 4), ("0/4", 4, 4), ("3/4", 3, 4), ("0/1", 1, 1), ("1/1", 1, 1),
    ])
    func partsAreCountedFromOneOrFromZero(text: String, number: Int, count: Int) throws {
        let shard = try #require(Shard(text))
        #expect(shard.number == number && shard.count == count)
    }

    @Test(arguments: ["", "1", "5/4", "-1/4", "1/0", "0/0", "a/4", "1/4/2", "1/", "/4"])
    func whatIsNoPartIsNone(text: String) { #expect(Shard(text) == nil) }

    /// Both ways in which an array may count have every part once.
    @Test func arraysFromZeroAndFromOneHaveEveryPartOnce() {
        for tasks in [0..<4, 1..<5] {
            #expect(Set(tasks.compactMap { Shard("\($0)/4")?.number }) == [1, 2, 3, 4])
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 7, 40]) func partsOfAGridHaveEveryCellOnceAndAreEven(count: Int) throws {
        for methods in 1...7 {
            let grid = ComparisonGrid(
                methods: Array(MethodName.allCases.prefix(methods)), shots: [1, 2, 4], seeds: [1, 2])
            let parts = (1...count).map { grid.cells(of: Shard(number: $0, count: count)) }
            #expect(parts.joined().count == grid.cells.count && Set(parts.joined()) == Set(grid.cells))
            let sizes = parts.map(\.count)
            #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
            // No part is left with the slow method alone.
            if count == methods { #expect(parts.allSatisfy { Set($0.map(\.method)).count == min(methods, 6) }) }
        }
    }

    private func part(_ number: Int, of count: Int, _ harness: ComparisonHarness) throws -> ComparisonPart {
        let shard = try #require(Shard(number: number, count: count))
        return ComparisonPart(shard: shard, file: harness.folder.appending(path: shard.fileName("compare")))
    }

    @Test func theMergedPartsAreTheWhole() throws {
        let (alone, shared) = (try ComparisonHarness(), try ComparisonHarness())
        let whole = try alone.run(alone.plan())
        let parts = try (1...3).map { try part($0, of: 3, shared) }
        for part in parts {
            let comparison = try shared.run(shared.plan(), part: part)
            #expect(comparison.isComplete && comparison.results.count < 4)
        }
        let merge = try ComparisonMerge(parts.map(\.file))
        let merged = try #require(merge.comparisons.first)
        #expect(merge.comparisons.count == 1 && merged.comparison.isComplete)
        #expect(ComparisonTests.figures(merged.comparison) == ComparisonTests.figures(whole))
        #expect(ComparisonFiles(Self.timeless(merged.comparison)).csv == ComparisonFiles(Self.timeless(whole)).csv)
        // The two harnesses' folders differ, and nothing else.
        var description = merged.comparison.description
        description.dataPath = whole.description.dataPath
        #expect(description == whole.description)

        // Nothing went into the state database yet but features; the merge puts it there, and it is found again.
        #expect(try StoredComparisons(shared.state).comparisons().isEmpty)
        try merge.store(in: StateDatabase(shared.state))
        #expect(try StoredComparisons(shared.state).comparisons() == [merged])
        #expect(try shared.run(shared.plan()).reused == 8)
    }

    private static func timeless(_ comparison: Comparison) -> Comparison {
        var comparison = comparison
        for cell in comparison.results.keys { comparison.results[cell]?.trainSeconds = 0 }
        return comparison
    }

    @Test func aPartGoesOnWhereItWasAndAMissingOneIsMissed() throws {
        let harness = try ComparisonHarness()
        let (first, second) = (try part(1, of: 2, harness), try part(2, of: 2, harness))
        _ = try harness.run(harness.plan(), part: first)
        let half = try #require(try ComparisonMerge([first.file]).comparisons.first?.comparison)
        #expect(Set(half.openCells) == Set(half.grid.cells(of: second.shard)))
        #expect(try harness.run(harness.plan(), part: first).reused == 4)
        #expect(try harness.run(harness.plan(), part: second).reused == 0)
    }

    /// Where the user's own database cannot be used, the shard's file has room for the features.
    @Test func aPartNeedsNoStateDatabase() throws {
        let harness = try ComparisonHarness()
        try Data().write(to: harness.folder.appending(path: "state"))
        let part = try part(1, of: 4, harness)
        #expect(try harness.run(harness.plan(), part: part).isComplete)
        #expect(try CacheContents(StateDatabase(shardFile: part.file)).spaces().first?.pictures == 36)
        // Another part takes the features of the first instead of encoding again.
        var other = try self.part(2, of: 4, harness)
        other.features = [part.file]
        let encoded = try OneOf<Int>()
        let plan = try harness.plan()
        let runner = ComparisonRunner(plan, state: harness.state, part: other) { event in
            if case .preparation(.encoding(let progress)) = event { encoded.value = progress.fromCache }
        }
        #expect(try runner.run()?.isComplete == true)
        #expect(encoded.value == 36)
    }

    /// A machine with other kernels knows the cells under other keys; their results are joined all the same.
    @Test func partsOfDifferentMachinesAreJoined() throws {
        let harness = try ComparisonHarness()
        let (first, second) = (try part(1, of: 2, harness), try part(2, of: 2, harness))
        _ = try harness.run(harness.plan(), part: first)
        _ = try harness.run(harness.plan(), part: second)
        let table = try ComparisonTable(StateDatabase(shardFile: second.file))
        var row = try #require(try table.comparisons(limit: 1).first)
        var description = try #require(ComparisonDescription(json: row.description))
        let keys = description.keys
        description.keys = keys.map { "other \($0)" }
        description.openblasCore = "Elsewhere"
        row.description = try description.json
        try table.begin(row)
        for (key, result) in try table.results(for: keys) { try table.insert(result, for: "other \(key)") }
        let merge = try ComparisonMerge([first.file, second.file])
        #expect(merge.comparisons.count == 1 && merge.comparisons.first?.comparison.isComplete == true)
        #expect(merge.cores.values.first?.count == 2)
        try merge.store(in: StateDatabase(harness.state))
        #expect(try StoredComparisons(harness.state).comparisons().first?.comparison.isComplete == true)
    }
}

/// A value that another thread sets.
private final class OneOf<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var stored: Value?

    init() throws {}

    var value: Value? {
        get { lock.withLock { stored } }
        set { lock.withLock { stored = newValue } }
    }
}
