import Foundation
import Tensors
import TestSupport
import Testing

@testable import FewShot

@Suite struct SplitConstructionTests {
    private func dataset(_ sizes: [Int], split: SourceSplit? = nil) -> Dataset {
        let items = sizes.enumerated().flatMap { label, size in
            (0..<size).map { DatasetItem(path: "\(label)/\($0).jpg", location: "", label: label, split: split) }
        }
        return Dataset(
            name: "test", root: URL(filePath: "/test"), format: .folder,
            classes: sizes.indices.map { DatasetClass(name: "class \($0)", promptName: "class \($0)") }, items: items)
    }

    private func counts(_ dataset: Dataset, _ label: Int) -> [Int] {
        SourceSplit.allCases.map { split in dataset.items.count { $0.split == split && $0.label == label } }
    }

    /// Halves go to the even number: 12.5 is 12, 13.5 is 14.
    @Test func roundsAsPythonDoes() {
        #expect(SplitConstruction.rounded(25, 0.5) == 12)
        #expect(SplitConstruction.rounded(27, 0.5) == 14)
        #expect(SplitConstruction.rounded(13, 0.2) == 3)
    }

    @Test func halfAFifthAndTheRest() throws {
        let divided = try SplitConstruction.halves(dataset([25, 27, 4]))
        #expect(counts(divided, 0) == [12, 5, 8])
        #expect(counts(divided, 1) == [14, 5, 8])
        #expect(counts(divided, 2) == [2, 1, 1])
        var random = PythonRandom(seed: 1)
        var first = Array(0..<25)
        random.shuffle(&first)
        #expect(divided.items.prefix(12).map(\.path) == first.prefix(12).map { "0/\($0).jpg" })
    }

    @Test func tinyClassesTrainFirst() throws {
        #expect(throws: SplitConstruction.TooFew(className: "class 1", count: 2, parts: "train, val and test")) {
            try SplitConstruction.halves(dataset([10, 2]))
        }
        let divided = try SplitConstruction.halves(dataset([1, 2, 3]), allowsSmallClasses: true)
        #expect((0..<3).map { counts(divided, $0) } == [[1, 0, 0], [1, 1, 0], [1, 1, 1]])
    }

    @Test func aFifthOfTheTrainingPartValidates() throws {
        var source = dataset([10, 7], split: .train)
        source.items.append(DatasetItem(path: "t.jpg", location: "", label: 0, split: .test))
        let divided = try SplitConstruction.validationFromTraining(source)
        #expect(counts(divided, 0) == [8, 2, 1])
        #expect(counts(divided, 1) == [6, 1, 0])
    }

    /// What is written is read back as the same split.
    @Test func aSplitIsAFile() throws {
        var source = dataset([10, 10])
        source.classes[1].promptName = "é \"quoted\" 😀"
        let divided = try SplitConstruction.halves(source)
        let bytes = [UInt8](CoOpSplitFile(divided).encoded())
        #expect(bytes.allSatisfy { $0 < 0x7F })
        let read = try CoOpSplitFile(bytes, file: "test", paths: PathRules(allowOutside: false))
        #expect(read.classNames == divided.classNames)
        #expect(SourceSplit.allCases.flatMap { read.rows[$0] ?? [] }.map(\.path) == divided.items.map(\.path))
    }
}
