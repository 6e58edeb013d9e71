import Foundation
import FuzzTargets
import TestSupport
import Testing

/// Every reader takes every seed of its corpus, and changes of them: a few hundred, the same in every run, or as many as
/// `make fuzz` asks for. Those that found a fault once stay mended.
@Suite struct FuzzCorpusTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let rounds = environment["CLIPTOP_FUZZ_ROUNDS"].flatMap(Int.init)
    private static let seed = environment["CLIPTOP_FUZZ_SEED"].flatMap(UInt64.init) ?? 1

    @Test(arguments: FuzzTarget.allCases) func noInputEndsTheProcess(_ target: FuzzTarget) throws {
        let seeds = try target.seeds()
        #expect(!seeds.isEmpty)
        for seed in seeds { try run(target, seed) }
        var fuzzer = Fuzzer(seed: target.rawValue.utf8.reduce(Self.seed) { $0 &* 31 &+ UInt64($1) })
        for round in 0..<(Self.rounds ?? 300) {
            var bytes = seeds[round % seeds.count]
            for _ in 0...round % 3 { fuzzer.change(&bytes) }
            try run(target, bytes)
        }
    }

    /// Runs a target; while `make fuzz` searches, the input is on disk before it is read.
    private func run(_ target: FuzzTarget, _ bytes: [UInt8]) throws {
        if Self.rounds != nil {
            let folder = Fixtures.repository.appending(path: ".build/fuzz")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(bytes).write(to: folder.appending(path: target.rawValue))
        }
        let start = ContinuousClock.now
        target.run(bytes)
        #expect(.now - start < .seconds(20), "a short input takes long: \(target) \(bytes.count) bytes")
    }
}
