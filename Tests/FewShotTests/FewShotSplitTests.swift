import Tensors
import Testing

@testable import FewShot

@Suite struct FewShotSplitTests {
    /// Groups of the given sizes, numbered through.
    private func items(_ sizes: [Int]) -> [(index: Int, label: Int)] {
        sizes.enumerated().flatMap { label, size in Array(repeating: label, count: size) }
            .enumerated().map { ($0.offset, $0.element) }
    }

    @Test func everyPictureIsInExactlyOnePart() {
        let split = FewShotSplit(
            items: items([13, 5, 35]), classes: 3, shots: 4, validation: .perClass(4), pick: .random, seed: 1)
        #expect(split.train.count == 12)
        #expect(split.validation.count == 4 + 1 + 4)
        #expect((split.train + split.validation + split.test).sorted() == Array(0..<53))
        #expect(split.shortClasses.isEmpty)
    }

    /// The draw without validation is CoOp's (spec, few-shot 4.3, known answers).
    @Test func drawsAsCoOpDraws() {
        let split = FewShotSplit(
            items: items([20, 30, 10, 3]), classes: 4, shots: 4, validation: .perClass(0), pick: .random, seed: 1)
        #expect(split.train == [4, 18, 2, 8] + [23, 35, 44, 34] + [57, 56, 53, 50] + [60, 61, 62])
        #expect(split.shortClasses.count == 1)
        #expect(split.shortClasses.first?.label == 3)
        #expect(split.shortClasses.first?.shots == 3)
    }

    /// Training first, for all classes, then validation with the same generator.
    @Test func validationIsDrawnAfterAllTrainingPictures() {
        var random = PythonRandom(seed: 2)
        let train = random.sample(Array(0..<10), 3) + random.sample(Array(10..<20), 3)
        let validation =
            random.sample((0..<10).filter { !train.contains($0) }, 2)
            + random.sample((10..<20).filter { !train.contains($0) }, 2)
        let split = FewShotSplit(
            items: items([10, 10]), classes: 2, shots: 3, validation: .perClass(2), pick: .random, seed: 2)
        #expect(split.train == train)
        #expect(split.validation == validation)
    }

    @Test func firstTakesFileOrder() {
        let split = FewShotSplit(
            items: items([6, 6]), classes: 2, shots: 2, validation: .perClass(0), pick: .first, seed: 9)
        #expect(split.train == [0, 1, 6, 7])
    }

    @Test func aFifthOfTheTrainingPicturesValidates() {
        let split = FewShotSplit(
            items: items([20, 20]), classes: 2, shots: 10, validation: .fifthOfTraining, pick: .random, seed: 3)
        #expect(split.train.count == 16)
        #expect(split.validation.count == 4)
        #expect(split.test.count == 20)
        #expect(Set(split.train).isDisjoint(with: split.validation))
    }

    @Test func aClassWithOnePictureTrainsOnIt() {
        let split = FewShotSplit(
            items: items([1, 8]), classes: 2, shots: 4, validation: .perClass(4), pick: .random, seed: 1)
        #expect(split.train.contains(0))
        #expect(!split.validation.contains(0) && !split.test.contains(0))
    }

    @Test func anotherSeedDrawsOtherPictures() {
        func train(_ seed: UInt32) -> [Int] {
            FewShotSplit(
                items: items([30, 30]), classes: 2, shots: 4, validation: .perClass(4), pick: .random, seed: seed
            ).train
        }
        #expect(train(1) == train(1))
        #expect(train(1) != train(2))
    }
}
