import FewShot
import Foundation
import Store
import Synchronization
import TestSupport
import Testing

@testable import Training

/// A few pictures of the sample, and comparisons on them.
final class ComparisonHarness {
    let folder: URL

    init(classes: [String] = ["bird", "coin", "tool"], pictures: Int = 12) throws {
        folder = try Fixtures.temporaryFolder()
        for name in classes {
            let source = Fixtures.samples.appending(path: "Images").appending(path: name)
            let target = folder.appending(path: "stamps").appending(path: name)
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            for file in try FileManager.default.contentsOfDirectory(atPath: source.path).sorted().prefix(pictures) {
                try FileManager.default.createSymbolicLink(
                    at: target.appending(path: file), withDestinationURL: source.appending(path: file))
            }
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var state: StateDirectory { StateDirectory(folder.appending(path: "state")) }

    func plan(
        _ methods: [MethodName] = [.zeroShot, .clipAdapter], shots: [Int] = [1, 4], seeds: [Int] = [1, 2],
        change: (inout TrainingConfiguration) -> Void = { _ in }
    ) throws -> ComparisonPlan {
        let configurations = methods.map { method in
            var configuration = TrainingConfiguration(
                model: Fixtures.samples.appending(path: "Model"), data: folder.appending(path: "stamps"))
            configuration.method.name = method
            configuration.epochs = 3
            configuration.batchSize = 4
            configuration.learningRate = 3e-3
            configuration.validation = .perClass(2)
            change(&configuration)
            return configuration
        }
        return try ComparisonPlan(configurations: configurations, shots: shots, seeds: seeds)
    }

    func run(_ plan: ComparisonPlan, workers: Int = 2, part: ComparisonPart? = nil) throws -> Comparison {
        try #require(try ComparisonRunner(plan, state: state, part: part, workers: workers).run())
    }
}

@Suite struct ComparisonTests {
    @Test func everyCellHasAResultWhateverTheNumberOfWorkers() throws {
        let alone = try ComparisonHarness()
        let comparison = try alone.run(alone.plan(), workers: 1)
        #expect(comparison.isComplete && comparison.reused == 0 && comparison.failures.isEmpty)
        #expect(comparison.results.count == 8)
        // 12 pictures a class: 4 train, 2 validate, 6 test.
        #expect(comparison.ordered.allSatisfy { $0.testImages == 18 && $0.validationImages == 6 })
        #expect(comparison.description.zeroShot[1]?.count == 18)
        for seed in [1, 2] {
            let zeroShot = comparison.results[ComparisonCell(method: 0, shots: 4, seed: seed)]
            #expect(zeroShot?.top1 == comparison.description.zeroShot[seed]?.top1)
            #expect(zeroShot?.loss == comparison.description.zeroShot[seed]?.loss)
        }

        let crowd = try ComparisonHarness()
        let other = try crowd.run(crowd.plan(), workers: 5)
        #expect(Self.figures(comparison) == Self.figures(other))
    }

    /// What a result must not owe to chance: everything but the time.
    static func figures(_ comparison: Comparison) -> [ComparedRun] {
        comparison.ordered.map { result in
            var result = result
            result.trainSeconds = 0
            return result
        }
    }

    @Test func whatIsFinishedIsNotTrainedAgain() throws {
        let harness = try ComparisonHarness()
        let first = try harness.run(harness.plan(seeds: [1]))
        #expect(first.reused == 0)
        let more = try harness.run(harness.plan(seeds: [1, 2]))
        #expect(more.reused == 4 && more.isComplete)
        #expect(
            more.results[ComparisonCell(method: 1, shots: 4, seed: 1)]
                == first.results[ComparisonCell(method: 1, shots: 4, seed: 1)])
        // Another setting is another result.
        let other = try harness.run(harness.plan(seeds: [1]) { $0.learningRate = 1e-3 })
        #expect(other.reused == 0)
        // What a run is called and how often it keeps a checkpoint is not a setting that its result depends on.
        let renamed = try harness.run(
            harness.plan(seeds: [1]) {
                $0.name = "again"
                $0.checkpointEvery = .never
            })
        #expect(renamed.reused == 4)
    }

    /// Interrupted after the first results: what is finished stays, and the same comparison goes on.
    @Test func anInterruptedComparisonGoesOn() throws {
        let harness = try ComparisonHarness()
        let plan = try harness.plan([.clipAdapter], shots: [1, 2, 4], seeds: [1, 2, 3])
        let handle = Mutex<ComparisonRunner?>(nil)
        let runner = ComparisonRunner(plan, state: harness.state, workers: 1) { event in
            if case .progress(let progress) = event, progress.done == 2 {
                handle.withLock { $0 }?.cancel()
            }
        }
        handle.withLock { $0 = runner }
        let interrupted = try #require(try runner.run())
        handle.withLock { $0 = nil }
        #expect(interrupted.results.count == 2 && !interrupted.isComplete)
        let whole = try harness.run(plan)
        #expect(whole.reused == 2 && whole.isComplete)
    }

    @Test func aRunThatFailsIsMarkedAndTheOthersGoOn() throws {
        let harness = try ComparisonHarness()
        let comparison = try harness.run(
            harness.plan(shots: [1], seeds: [1]) { if $0.method.name == .clipAdapter { $0.learningRate = 1e30 } })
        #expect(comparison.isComplete && comparison.failures.count == 1)
        #expect(comparison.failures.first?.failure?.contains("NaN or infinite") == true)
        #expect(comparison.top1(method: 1, shots: 1) == nil)
        #expect(comparison.top1(method: 0, shots: 1) != nil)
    }

    /// 12 pictures a class: 5 test, 4 validate, 3 train, whatever the largest number of shots is.
    @Test func largeShotsTakeNoValidationPictures() throws {
        let harness = try ComparisonHarness()
        let comparison = try harness.run(
            harness.plan([.tipAdapter], shots: [1, 16], seeds: [1]) { $0.validation = .perClass(4) })
        #expect(comparison.ordered.map(\.validationImages) == [12, 12])
        #expect(
            comparison.ordered.map(\.trainImages) == [3, 9] && comparison.ordered.allSatisfy { $0.testImages == 15 })
        #expect(comparison.ordered.allSatisfy { $0.search != nil }, "it chose on them")
        #expect(comparison.description.cappedClasses == [16: [0, 1, 2]])
        #expect(comparison.description.shotsWithoutValidation.isEmpty)
        let none = try harness.run(
            harness.plan([.tipAdapter], shots: [1, 16], seeds: [1]) { $0.validation = .perClass(0) })
        #expect(none.description.shotsWithoutValidation == [1, 16] && none.ordered.allSatisfy { $0.search == nil })
    }

    @Test func unreadablePicturesAreLeftOutAndListed() throws {
        let harness = try ComparisonHarness()
        try Data("text".utf8).write(to: harness.folder.appending(path: "stamps/coin/broken.png"))
        let comparison = try harness.run(harness.plan([.zeroShot], shots: [1], seeds: [1]))
        #expect(comparison.description.unreadable.map(\.path) == ["coin/broken.png"])
        #expect(comparison.isComplete)
    }

    /// What stands in the key of a cell, word by word: stored cells are found by it.
    @Test func theKeyNamesTheSettingsThatAreNotTheDefault() throws {
        var configuration = TrainingConfiguration(model: URL(filePath: "/m"), data: URL(filePath: "/d"))
        configuration.use(.clipAdapter)
        configuration.shots = 8
        #expect(try ComparisonKey.settings(configuration) == "method clip-adapter\nshots 8\nseed 1")
        configuration.learningRate = 0.01
        configuration.schedule.warmUpEpochs = 2
        configuration.patience = 3
        configuration.nestedIn = 16
        configuration.precision = .bf16
        #expect(
            try ComparisonKey.settings(configuration)
                == "method clip-adapter\nshots 8\nseed 1\nlearningRate 0.01\npatience 3\nschedule.warmUpEpochs 2")
    }

    /// Results of another revision are wrong: they are neither found nor shown.
    @Test func whatAnOlderVersionFoundIsNotUsed() throws {
        let harness = try ComparisonHarness()
        _ = try harness.run(harness.plan([.zeroShot], shots: [1], seeds: [1]))
        let table = try ComparisonTable(StateDatabase(harness.state))
        var row = try #require(try table.comparisons(limit: 1).first)
        #expect(row.description.contains("\"revision\":\(ComparisonKey.revision)"))
        row.description.replace("\"revision\":\(ComparisonKey.revision)", with: "\"revision\":2")
        try table.begin(row)
        #expect(try StoredComparisons(harness.state).comparisons().isEmpty)
        let merge = try ComparisonMerge([harness.state.url])
        #expect(merge.comparisons.isEmpty && merge.outdated == 1)
    }

    @Test func plansAreChecked() throws {
        let harness = try ComparisonHarness(classes: [])
        #expect(throws: ConfigurationError.self) { try harness.plan(shots: [0]) }
        #expect(throws: ConfigurationError.self) { try harness.plan(seeds: [-1]) }
        #expect(throws: ConfigurationError.self) { try harness.plan(seeds: []) }
        #expect(throws: ConfigurationError.self) { try harness.plan { $0.repeats = true } }
        let plan = try harness.plan([.clipAdapter, .clipAdapter], shots: [4, 1, 4], seeds: [2, 1, 2])
        #expect(plan.configurations.count == 1 && plan.shots == [1, 4] && plan.seeds == [2, 1])
        // Seed by seed, the longest first.
        #expect(plan.grid.cells.map { [$0.seed, $0.shots] } == [[2, 4], [2, 1], [1, 4], [1, 1]])
    }

    @Test func filesHoldEveryRun() throws {
        let harness = try ComparisonHarness()
        let comparison = try harness.run(harness.plan(seeds: [1]))
        let files = ComparisonFiles(comparison)
        let lines = files.csv.split(separator: "\n")
        #expect(lines.first == "method,model,dataset,shots,seed,top1,top5,val_top1,train_s,hyper")
        #expect(lines.count == 5)
        #expect(lines[3].hasPrefix("clip-adapter,") && lines[3].contains("\"{\"\"") && lines[3].contains(",1,1,"))
        let object = try #require(try JSONSerialization.jsonObject(with: files.json()) as? [String: Any])
        #expect(Set(object.keys).isSuperset(of: ["runs", "summary", "zero_shot", "shots", "seeds", "is_complete"]))
        let runs = try #require(object["runs"] as? [[String: Any]])
        #expect(runs.count == 4 && runs.allSatisfy { $0["top1"] is Double && $0["test_images"] as? Int == 18 })
    }
}
