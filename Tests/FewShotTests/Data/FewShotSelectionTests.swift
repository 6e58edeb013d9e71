import Foundation
import TestSupport
import Testing

@testable import FewShot

@Suite struct FewShotSelectionTests {
    private func dataset(_ prefix: String = "") -> Dataset {
        var items: [DatasetItem] = []
        for (split, size) in [(SourceSplit.train, 8), (.validation, 4), (.test, 3)] {
            for label in 0..<2 {
                items += (0..<size).map {
                    DatasetItem(path: "\(prefix)\(split)/\(label)_\($0).jpg", location: "", label: label, split: split)
                }
            }
        }
        return Dataset(
            name: "test", root: URL(filePath: "/test"), format: .folder,
            classes: ["a", "b"].map { DatasetClass(name: $0, promptName: $0) }, items: items)
    }

    private func rules(_ change: (inout FewShotRules) -> Void = { _ in }) -> FewShotRules {
        var rules = FewShotRules()
        rules.shots = 3
        rules.seed = 7
        change(&rules)
        return rules
    }

    @Test(arguments: [ValidationRule.standard, .fifthOfTraining, .perClass(0)])
    func isReadBack(validation: ValidationRule) throws {
        let dataset = dataset()
        let rules = rules { $0.validation = validation }
        let split = FewShotSplit(SplitPools(dataset), rules: rules)
        let selection = FewShotSelection(split, of: dataset, rules: rules)
        #expect(selection.fileName == "shot_3-seed_7.json")
        let read = try FewShotSelection([UInt8](selection.encoded()), file: "shot.json")
        #expect(read.train == selection.train && read.shots == 3 && read.seed == 7)
        #expect(try read.split(of: dataset) == split)
    }

    @Test func isRefusedForOtherData() throws {
        let dataset = dataset()
        let split = FewShotSplit(SplitPools(dataset), rules: rules())
        let bytes = [UInt8](try FewShotSelection(split, of: dataset, rules: rules()).encoded())
        let read = try FewShotSelection(bytes, file: "shot.json")
        let error = #expect(throws: DatasetError.self) { try read.split(of: self.dataset("other/")) }
        #expect(error?.errorDescription?.contains("shot.json: was drawn from other data") == true)
    }

    @Test func rowsStayInsideTheirPart() throws {
        let dataset = dataset()
        func selection(_ train: String, _ val: String) throws -> FewShotSelection {
            let text = """
                {"format": "cliptop-fewshot-1", "dataset": "test", "shots": 1, "seed": 1, "method": "python-sample",
                 "replacement": false, "pick": "random", "source_sha256": "\(dataset.sourceChecksum)",
                 "train": \(train), "val": \(val), "val_part": "val"}
                """
            return try FewShotSelection(Array(text.utf8), file: "s.json")
        }
        #expect(try selection("[0, 15]", "[7]").split(of: dataset).train == [0, 15])
        #expect(throws: DatasetError.self) { try selection("[16]", "[]").split(of: dataset) }
        #expect(throws: DatasetError.self) { try selection("[0]", "[8]").split(of: dataset) }
        #expect(throws: DatasetError.self) { try selection("[-1]", "[]") }
        #expect(throws: DatasetError.self) { try selection("[1.0]", "[]") }
        #expect(throws: DatasetError.self) { try selection("[]", "[]") }
    }

    /// The index lists of cross-modal adaptation: rows of the split's parts, checked by base name and label.
    @Test func readsPublicIndexLists() throws {
        let dataset = dataset()
        func list(_ name: String) -> [UInt8] {
            Array(
                """
                {"train": {"data": [{"impath": "/x/0_2.jpg", "label": 0, "classname": "a"},
                                    {"impath": "/x/\(name)", "label": 1, "classname": "b"}], "indices": [2, 9]},
                 "val": {"data": [{"impath": "/x/0_1.jpg", "label": 0, "classname": "a"}], "indices": [1]}}
                """.utf8)
        }
        let selection = try FewShotSelection(list("1_1.jpg"), file: "list.json")
        let split = try selection.split(of: dataset)
        #expect(split.train == [2, 9] && split.validation == [17] && split.test.count == 6)
        #expect(selection.shots == 1)
        #expect(throws: DatasetError.self) {
            try FewShotSelection(list("1_5.jpg"), file: "list.json").split(of: dataset)
        }
    }
}
