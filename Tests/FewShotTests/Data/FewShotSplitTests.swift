import Tensors
import Testing

@testable import FewShot

@Suite struct FewShotSplitTests {
    /// A set without parts whose classes have these sizes, in file order.
    private func pools(_ sizes: [Int]) -> SplitPools {
        SplitPools(train: entries(sizes), isInFileOrder: false)
    }

    private func entries(_ sizes: [Int], from start: Int = 0) -> [SplitPools.Entry] {
        sizes.enumerated().flatMap { label, size in [Int](repeating: label, count: size) }
            .enumerated().map { SplitPools.Entry(index: start + $0.offset, label: $0.element) }
    }

    private func rules(
        shots: Int = 4, _ validation: ValidationRule = .perClass(4), pick: Pick = .random, seed: UInt32 = 1
    ) -> FewShotRules {
        var rules = FewShotRules()
        (rules.shots, rules.validation, rules.pick, rules.seed) = (shots, validation, pick, seed)
        return rules
    }

    @Test func everyPictureIsInExactlyOnePart() {
        let split = FewShotSplit(pools([13, 5, 35]), rules: rules())
        #expect(split.train.count == 12)
        #expect(split.validation.count == 4 + 1 + 4)
        #expect((split.train + split.validation + split.test).sorted() == Array(0..<53))
        #expect(split.shortClasses.isEmpty)
    }

    /// The draw without validation is CoOp's (docs/methods.md#random-numbers, known answers).
    @Test func drawsAsCoOpDraws() {
        let split = FewShotSplit(pools([20, 30, 10, 3]), rules: rules(.perClass(0)))
        #expect(split.train == [4, 18, 2, 8] + [23, 35, 44, 34] + [57, 56, 53, 50] + [60, 61, 62])
        #expect(split.shortClasses == [FewShotSplit.ShortClass(label: 3, shots: 3)])
    }

    /// A validation part of its own is drawn from with the same generator; not more than there are shots.
    @Test func drawsFromTheSetsOwnParts() {
        let parts = SplitPools(
            train: entries([20, 30, 10, 3]), validation: entries([6, 5, 3], from: 100),
            test: entries([2, 2], from: 200), isInFileOrder: true)
        let split = FewShotSplit(parts, rules: rules(.standard))
        #expect(split.train == [4, 18, 2, 8] + [23, 35, 44, 34] + [57, 56, 53, 50] + [60, 61, 62])
        #expect(split.validation == [103, 100, 105, 101] + [110, 106, 108, 107] + [111, 112, 113])
        #expect(split.test == [200, 201, 202, 203])
        #expect(FewShotSplit(parts, rules: rules(shots: 2, .standard)).validation.count == 6)
        #expect(FewShotSplit(parts, rules: rules(shots: 2, .perClass(.max))).validation == Array(100..<114))
    }

    /// Two large classes: the generator rejects instead of shrinking a pool (docs/methods.md#random-numbers, known
    /// answers).
    @Test func drawsAsCoOpDrawsFromLargeClasses() {
        let split = FewShotSplit(pools([100, 100]), rules: rules(shots: 16, .perClass(0), seed: 3))
        #expect(split.train.prefix(16) == [30, 75, 69, 16, 47, 77, 60, 80, 74, 8, 1, 33, 70, 29, 24, 91])
        #expect(
            split.train.suffix(16).map { $0 - 100 } == [60, 69, 70, 50, 81, 19, 29, 66, 49, 94, 1, 85, 99, 8, 20, 97])
    }

    /// EuroSAT's published one-shot list for seed 1: half of each class trains, a fifth validates, class after class.
    @Test func drawsThePublishedEuroSATList() {
        let sizes = [3000, 3000, 3000, 2500, 2500, 2000, 2500, 3000, 2500, 3000]
        let parts = SplitPools(
            train: entries(sizes.map { $0 / 2 }), validation: entries(sizes.map { $0 / 5 }, from: 100_000),
            isInFileOrder: true)
        let split = FewShotSplit(parts, rules: rules(shots: 1, .standard))
        #expect(split.train == [275, 2665, 3129, 5022, 5991, 7507, 8920, 10217, 11527, 12429])
        #expect(
            split.validation.map { $0 - 100_000 } == [96, 1099, 1229, 2257, 2727, 2999, 3421, 3702, 4656, 5256])
    }

    /// What is drawn nowhere is the test part of a set that has none.
    @Test func withoutATestPartTheRestIsTest() {
        let parts = SplitPools(
            train: entries([5, 5]), validation: entries([3, 3], from: 10), isInFileOrder: true)
        let split = FewShotSplit(parts, rules: rules(shots: 2, .perClass(1)))
        #expect(split.test == Array(10..<16).filter { !split.validation.contains($0) })
        let trainOnly = FewShotSplit(
            SplitPools(train: entries([5, 5]), isInFileOrder: true), rules: rules(shots: 2, .perClass(1)))
        #expect((trainOnly.train + trainOnly.validation + trainOnly.test).sorted() == Array(0..<10))
    }

    @Test func classesAreDrawnFromInFileOrderWhereTheSetHasParts() {
        let entries = [1, 0, 1, 0].enumerated().map { SplitPools.Entry(index: $0, label: $1) }
        let inFileOrder = SplitPools(train: entries, isInFileOrder: true)
        #expect(FewShotSplit(inFileOrder, rules: rules(.perClass(0))).train == [0, 2, 1, 3])
        let inLabelOrder = SplitPools(train: entries, isInFileOrder: false)
        #expect(FewShotSplit(inLabelOrder, rules: rules(.perClass(0))).train == [1, 3, 0, 2])
    }

    /// Training first, for all classes, then validation with the same generator.
    @Test func validationIsDrawnAfterAllTrainingPictures() {
        var random = PythonRandom(seed: 2)
        let train = random.sample(Array(0..<10), 3) + random.sample(Array(10..<20), 3)
        let validation =
            random.sample((0..<10).filter { !train.contains($0) }, 2)
            + random.sample((10..<20).filter { !train.contains($0) }, 2)
        let split = FewShotSplit(pools([10, 10]), rules: rules(shots: 3, .perClass(2), seed: 2))
        #expect(split.train == train)
        #expect(split.validation == validation)
    }

    @Test func firstTakesFileOrder() {
        let split = FewShotSplit(pools([6, 6]), rules: rules(shots: 2, .perClass(0), pick: .first, seed: 9))
        #expect(split.train == [0, 1, 6, 7])
    }

    @Test func aFifthOfTheTrainingPicturesValidates() {
        let split = FewShotSplit(pools([20, 20]), rules: rules(shots: 10, .fifthOfTraining, seed: 3))
        #expect(split.train.count == 16)
        #expect(split.validation.count == 4)
        #expect(split.test.count == 20)
        #expect(Set(split.train).isDisjoint(with: split.validation))
    }

    @Test func aStratifiedFifthTakesOneOfFour() {
        var stratified = rules(.fifthOfTraining, pick: .first)
        stratified.stratified = true
        let split = FewShotSplit(pools([4, 4, 4, 1]), rules: stratified)
        #expect(split.validation.map { $0 / 4 }.sorted() == [0, 1, 2])
        #expect(split.train.contains(12))
        #expect(split.train.count == 10)
    }

    @Test func repeatsFillAClassUp() {
        var repeating = rules(.perClass(0))
        repeating.repeats = true
        let split = FewShotSplit(pools([2, 9]), rules: repeating)
        #expect(split.train.count == 8)
        #expect(split.train.prefix(4).allSatisfy { $0 < 2 })
        #expect(split.shortClasses == [FewShotSplit.ShortClass(label: 0, shots: 2)])
    }

    @Test func aClassWithOnePictureTrainsOnIt() {
        let split = FewShotSplit(pools([1, 8]), rules: rules())
        #expect(split.train.contains(0))
        #expect(!split.validation.contains(0) && !split.test.contains(0))
    }

    @Test func anotherSeedDrawsOtherPictures() {
        func train(_ seed: UInt32) -> [Int] { FewShotSplit(pools([30, 30]), rules: rules(seed: seed)).train }
        #expect(train(1) == train(1))
        #expect(train(1) != train(2))
    }
}
