import Testing

@testable import Tensors

/// Known answers from Python (docs/methods.md#random-numbers).
@Suite struct PythonRandomTests {
    @Test func drawsWhatPythonDraws() {
        var random = PythonRandom(seed: 1)
        #expect(random.sample(Array(0..<20), 4) == [4, 18, 2, 8])
        #expect(
            random.sample(Array(0..<100), 16) == [15, 63, 97, 57, 60, 83, 48, 26, 12, 62, 3, 49, 55, 77, 98, 0])
        #expect(random.uniform() == 0.6958328667684435)
    }

    @Test func shufflesAsPythonShuffles() {
        var random = PythonRandom(seed: 2)
        #expect(random.sample(Array(0..<20), 4) == [1, 2, 18, 11])
        var numbers = Array(0..<10)
        random.shuffle(&numbers)
        #expect(numbers == [5, 3, 9, 0, 6, 1, 7, 8, 4, 2])
    }

    @Test func drawsNothingFromNothing() {
        var random = PythonRandom(seed: 0)
        #expect(random.sample([Int](), 0).isEmpty)
        #expect(random.below(1) == 0)
    }
}

@Suite struct SeededGeneratorTests {
    @Test func isAFunctionOfSeedPurposeAndIndices() {
        func first(_ seed: Int, _ purpose: String, _ index: Int) -> UInt64 {
            var generator = SeededGenerator(seed: seed, purpose: purpose, index)
            return generator.next()
        }
        #expect(first(1, "view", 2) == first(1, "view", 2))
        let different: Set = [first(1, "view", 2), first(2, "view", 2), first(1, "mask", 2), first(1, "view", 3)]
        #expect(different.count == 4)
    }

    @Test func permutationsAreComplete() {
        var generator = SeededGenerator(seed: 7, purpose: "test")
        let order = generator.permutation(100)
        #expect(order.sorted() == Array(0..<100))
        #expect(order != Array(0..<100))
    }

    @Test func uniformNumbersFillTheInterval() {
        var generator = SeededGenerator(seed: 7, purpose: "test")
        let numbers = (0..<10_000).map { _ in generator.uniform() }
        #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(numbers.reduce(0, +) / 10_000 - 0.5) < 0.01)
    }
}
