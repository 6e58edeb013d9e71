import Foundation
import FuzzTargets
import TestSupport
import Testing

/// Every reader takes every seed of its corpus, and some hundred changes of them: those that found a fault once stay mended.
@Suite struct FuzzCorpusTests {
    @Test(.timeLimit(.minutes(3)), arguments: FuzzTarget.allCases)
    func noInputEndsTheProcess(_ target: FuzzTarget) throws {
        let seeds = try target.seeds()
        #expect(!seeds.isEmpty)
        seeds.forEach(target.run)
        var fuzzer = Fuzzer(seed: target.rawValue.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
        for round in 0..<300 {
            var bytes = seeds[round % seeds.count]
            for _ in 0...round % 3 { fuzzer.change(&bytes) }
            target.run(bytes)
        }
    }
}
