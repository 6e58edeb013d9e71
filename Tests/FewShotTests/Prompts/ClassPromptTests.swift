import CLIP
import Foundation
import TestSupport
import Testing

@testable import FewShot

@Suite struct ClassPromptTests {
    private let classes = [
        DatasetClass(name: "white_stork", promptName: "white stork"),
        DatasetClass(name: "happy", promptName: "happy", otherNames: ["smiling"]),
    ]

    private func prompts(_ arguments: [String], dataset: String? = nil) throws -> ClassPrompts {
        try ClassPrompts(PromptSources(arguments), classes: classes, dataset: dataset)
    }

    @Test func severalNamesMultiplyTheTemplates() throws {
        let prompts = try prompts(["a {}", "the {}."])
        #expect(
            prompts.sentences == [
                ["a white stork", "the white stork."], ["a happy", "a smiling", "the happy.", "the smiling."],
            ])
        #expect(!prompts.areTemplatesOnly)
    }

    @Test func theUsualPromptIsTheDataSetsOwn() throws {
        #expect(try prompts([]).sentences[0] == ["a photo of a white stork."])
        #expect(try prompts([], dataset: "EuroSAT").sentences[0] == ["a centered satellite photo of white stork."])
        #expect(try prompts(["{}"], dataset: "EuroSAT").sentences[0] == ["white stork"])
        #expect(try prompts(["clip-eurosat"]).sentences[0].count == 3)
        #expect(try prompts(["imagenet-7", "eurosat"]).sentences[0].count == 8)
    }

    @Test func familiesOfTheChallengeHaveTemplates() throws {
        let classes = ["Animal_Polar_bear", "Thu-dog_papillon", "Other_thing"].map {
            ClassNaming.challengeClass($0, raw: false)
        }
        let prompts = try ClassPrompts(PromptSources([]), classes: classes, dataset: nil)
        #expect(
            prompts.sentences == [
                ["a photo of a Polar bear, a type of animal."], ["a photo of a papillon, a type of dog."],
                ["a photo of a Other thing."],
            ])
        #expect(!prompts.areTemplatesOnly)
        // The competition's baseline: names as they are, one template for all.
        let raw = ClassNaming.challengeClass("Animal_Polar_bear", raw: true)
        let baseline = try ClassPrompts(PromptSources(["a photo of {}"]), classes: [raw], dataset: nil)
        #expect(baseline.sentences == [["a photo of Polar_bear"]])
        #expect(!baseline.areTemplatesOnly)
    }

    @Test func promptFilesByShape() throws {
        func file(_ text: String) throws -> PromptFile { try PromptFile(Array(text.utf8), file: "prompts") }
        #expect(
            try file("# comment\n{} texture.\n\n a {}.\r\n")
                == .templates([PromptTemplate("{} texture."), PromptTemplate("a {}.")]))
        #expect(try file("cat\ta cat\ncat\ta {} again\n") == .byName(["cat": ["a cat", "a {} again"]]))
        #expect(try file(" {\"cat\": [\"a cat\"], \"dog\": []}") == .byName(["cat": ["a cat"], "dog": []]))
        #expect(try file("[[\"a cat\"], [\"a dog\", \"a dog\"]]") == .byLabel([["a cat"], ["a dog", "a dog"]]))
        for bad in [
            "no place", "{} and {}", "cat\t", "cat\ta cat\nno tab", "{\"cat\": [\"\"]}", "[[\" \"]]", "{\"cat\": 1}",
            "[1]", "", "[[\"a\"", "{\"a\": [\"x\"], \"a\": [\"y\"]}",
        ] {
            #expect(throws: DatasetError.self, "\(bad)") { try file(bad) }
        }
    }

    @Test func filesReplaceAndTemplatesExtend() throws {
        try withFileTree(["p.json": "{\"White Stork\": [\"a tall {} on a roof\", \"a bird\"], \"bee\": [\"x\"]}"]) {
            root in
            let path = root.appending(path: "p.json").path
            let alone = try prompts([path])
            #expect(alone.sentences[0] == ["a tall white stork on a roof", "a bird"])
            #expect(alone.sentences[1] == ["a photo of a happy.", "a photo of a smiling."])
            #expect(alone.warnings.count == 1 && alone.warnings[0].contains("1 of 2 classes"))
            #expect(alone.notes.contains { $0.contains("1 classes") })
            #expect(try prompts([path, "a {}."]).sentences[0].count == 3)
        }
        try withFileTree(["p.json": "[[\"one\"]]"]) { root throws in
            #expect(throws: DatasetError.self) { try prompts([root.appending(path: "p.json").path]) }
        }
    }

    @Test func whatIsNeitherIsNamed() {
        let error = #expect(throws: PromptSourceError.self) { try PromptSources(["no-such-list"]) }
        #expect(error?.errorDescription?.contains("{}") == true)
        #expect(throws: CLIPError.self) { try PromptSources(["a {} and {}"]) }
    }
}
