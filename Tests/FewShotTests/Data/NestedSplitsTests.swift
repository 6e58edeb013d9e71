import Foundation
import Testing

@testable import FewShot

@Suite struct NestedSplitsTests {
    /// Classes of the given sizes, their pictures numbered one after the other.
    private func pools(_ sizes: [Int]) -> SplitPools {
        var entries: [SplitPools.Entry] = []
        for (label, size) in sizes.enumerated() {
            for _ in 0..<size { entries.append(SplitPools.Entry(index: entries.count, label: label)) }
        }
        return SplitPools(train: entries, isInFileOrder: false)
    }

    private func rules(
        shots: Int, seed: UInt32 = 1, validation: ValidationRule = .perClass(4), pick: Pick = .random
    ) -> FewShotRules {
        var rules = FewShotRules()
        rules.shots = shots
        rules.seed = seed
        rules.validation = validation
        rules.pick = pick
        return rules
    }

    @Test(arguments: [Pick.random, .first], [UInt32(1), 2, 3]) func fewerShotsAreNestedInMore(
        pick: Pick, seed: UInt32
    ) {
        let sizes = [30, 40, 26]
        let nested = NestedSplits(pools(sizes), rules: rules(shots: 16, seed: seed, pick: pick))
        let splits = [1, 2, 4, 8, 16].map(nested.split(shots:))
        for (fewer, more) in zip(splits, splits.dropFirst()) {
            #expect(Set(fewer.train).isStrictSubset(of: more.train))
            #expect(fewer.test == more.test)
            // Every class has room for all parts here.
            #expect(fewer.validation == more.validation)
        }
        for (split, shots) in zip(splits, [1, 2, 4, 8, 16]) {
            #expect(split.train.count == 3 * shots && split.shortClasses.isEmpty)
            #expect(split.validation.count == 12)
            let parts = split.train + split.validation + split.test
            #expect(Set(parts).count == parts.count, "a picture is in two parts")
        }
        // 30 - 16 - 4, 40 - 16 - 4, 26 - 16 - 4.
        #expect(nested.test.count == 10 + 20 + 6)
        #expect(nested.classesShortOfTest.isEmpty)
        #expect(Set(splits.flatMap { $0.train + $0.validation + $0.test }) == Set(0..<96))
    }

    @Test func theSeedDecides() {
        let (a, b) = (
            NestedSplits(pools([30, 30]), rules: rules(shots: 8, seed: 1)),
            NestedSplits(pools([30, 30]), rules: rules(shots: 8, seed: 2))
        )
        #expect(a == NestedSplits(pools([30, 30]), rules: rules(shots: 8, seed: 1)))
        #expect(a.test != b.test && a.split(shots: 8).train != b.split(shots: 8).train)
    }

    @Test func theFirstInFileOrderTrainWithPickFirst() {
        let split = NestedSplits(pools([20]), rules: rules(shots: 4, pick: .first)).split(shots: 3)
        #expect(split.train == [0, 1, 2])
        #expect(split.test == Array(8..<20))
        #expect(split.validation == [4, 5, 6, 7])
    }

    /// Test pictures first, then validation, then training.
    @Test func aSmallClassIsCappedAndMarked() {
        let nested = NestedSplits(pools([13, 40, 5, 1, 8]), rules: rules(shots: 16))
        func count(_ indices: [Int], _ range: Range<Int>) -> Int { indices.filter(range.contains).count }
        let split = nested.split(shots: 16)
        #expect(count(nested.test, 0..<13) == 5 && count(split.train, 0..<13) == 4)
        #expect(count(split.validation, 0..<13) == 4)
        #expect(count(nested.test, 13..<53) == 20 && count(split.train, 13..<53) == 16)
        // A class is never left without a picture to train on.
        #expect(count(nested.test, 53..<58) == 4 && count(split.train, 53..<58) == 1)
        #expect(count(nested.test, 58..<59) == 0 && count(split.train, 58..<59) == 1)
        #expect(count(nested.test, 59..<67) == 5 && count(split.train, 59..<67) == 1)
        #expect(split.shortClasses.map { [$0.label, $0.shots] } == [[0, 4], [2, 1], [3, 1], [4, 1]])
        #expect(nested.classesShortOfTest == [2, 3])
        #expect(nested.classesShortOfValidation == [2: 0, 3: 0, 4: 2])
        // Fewer shots are the same in all but the shots.
        #expect(nested.split(shots: 2).validation == split.validation)
        #expect(nested.split(shots: 4).shortClasses.map(\.label) == [2, 3, 4])
    }

    @Test func aRuleForAllTakesWhatShotsAndTestLeave() {
        let nested = NestedSplits(pools([30, 12, 6]), rules: rules(shots: 8, validation: .perClass(.max)))
        let split = nested.split(shots: 8)
        #expect(nested.test.count == 15 && split.train.count == 8 + 3 + 1)
        #expect(split.validation.count == 17 + 4 + 0 && nested.classesShortOfValidation == [2: 0])
        #expect(nested.split(shots: 1).validation == split.validation)
    }

    /// Of a set with a test part of its own nothing needs to be set apart for testing.
    @Test func validationIsSetApartOfASetWithATestPart() {
        var pools = pools([6, 30])
        pools.test = [SplitPools.Entry(index: 36, label: 0)]
        let nested = NestedSplits(pools, rules: rules(shots: 8))
        let split = nested.split(shots: 8)
        #expect(nested.test == [36] && nested.classesShortOfTest.isEmpty)
        #expect(split.train.count == 2 + 8 && split.validation.count == 8)
    }

    @Test func aSetWithPartsKeepsItsTestPart() {
        var pools = pools([10, 10])
        pools.validation = [
            SplitPools.Entry(index: 20, label: 0), .init(index: 21, label: 0), .init(index: 22, label: 1),
        ]
        pools.test = [SplitPools.Entry(index: 23, label: 1), .init(index: 24, label: 0)]
        let nested = NestedSplits(pools, rules: rules(shots: 2, validation: .standard))
        #expect(nested.test == [23, 24])
        #expect(nested.split(shots: 2).train.count == 4)
        #expect(Set(nested.split(shots: 2).validation) == [20, 21, 22])
        #expect(nested.split(shots: 1).validation.count == 2)
    }

    @Test func fourToOneTakesItsFifthFromTheShots() {
        let nested = NestedSplits(pools([30, 30]), rules: rules(shots: 10, validation: .fifthOfTraining))
        let split = nested.split(shots: 10)
        #expect(split.train.count == 16 && split.validation.count == 4)
        #expect(nested.test.count == 40)
    }

    /// A single run draws what a comparison draws, and the file it leaves gives the same three parts again.
    @Test func aNestedDrawIsOneOfTheNestedSplits() throws {
        let items = (0..<60).map { DatasetItem(path: "\($0).png", location: "", label: $0 % 2, split: nil) }
        let dataset = Dataset(
            name: "test", root: URL(filePath: "/test"), format: .folder,
            classes: ["a", "b"].map { DatasetClass(name: $0, promptName: $0) }, items: items)
        var rules = rules(shots: 4)
        rules.nestedIn = 16
        var draw = SplitDraw(SplitPools(dataset))
        let split = draw.split(rules)
        let nested = NestedSplits(SplitPools(dataset), rules: self.rules(shots: 16))
        #expect(split == nested.split(shots: 4))
        let selection = FewShotSelection(split, of: dataset, rules: rules)
        let read = try FewShotSelection([UInt8](selection.encoded()), file: "shot.json")
        let again = try read.split(of: dataset)
        #expect(again.train == split.train && again.validation == split.validation && again.test == split.test)
        // The test pictures are those of 16 shots: not all that is left.
        #expect(
            split.test.count == 60 - 2 * (16 + 4)
                && FewShotSplit(SplitPools(dataset), rules: self.rules(shots: 4)).test.count == 60 - 2 * 8)
    }

    @Test func checksumsTellPicturesApartAndNotTheirOrder() {
        let items = (0..<60).map { DatasetItem(path: "\($0).png", location: "", label: $0 % 2, split: nil) }
        let dataset = Dataset(
            name: "test", root: URL(filePath: "/test"), format: .folder,
            classes: ["a", "b"].map { DatasetClass(name: $0, promptName: $0) }, items: items)
        func identity(_ shots: Int, nestedIn: Int?, seed: UInt32 = 1) -> SplitIdentity {
            var rules = self.rules(shots: shots)
            rules.seed = seed
            rules.nestedIn = nestedIn
            var draw = SplitDraw(SplitPools(dataset))
            return SplitIdentity(draw.split(rules), of: dataset, rules: rules, selection: nil)
        }
        let (few, many) = (identity(1, nestedIn: 16), identity(4, nestedIn: 16))
        #expect(few.name == "1 of 16 nested shots, seed 1" && identity(1, nestedIn: nil).name == "1 shot, seed 1")
        #expect(few.test == many.test && few.validation == many.validation && few.train != many.train)
        #expect(identity(4, nestedIn: nil).test != many.test && identity(4, nestedIn: 16, seed: 2).test != many.test)
        #expect(few.test.count == 8)
        var reversed = FewShotSplit()
        reversed.test = [2, 1]
        var forwards = reversed
        forwards.test = [1, 2]
        let rules = self.rules(shots: 1)
        #expect(
            SplitIdentity(reversed, of: dataset, rules: rules, selection: nil)
                == SplitIdentity(forwards, of: dataset, rules: rules, selection: nil))
    }
}
