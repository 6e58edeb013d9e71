import Foundation
import TestSupport
import Testing

@testable import CLIP

@Suite("Prompts that do not fit, or are the same") struct PromptReadingTests {
    private func warnings(_ sentences: [[String]], contextLength: Int = 12) throws -> [String] {
        let tokenizer = try Tokenizer(directory: Fixtures.reference.appending(path: "tokenizer/openai"))
        let sequences = tokenizer.sequences(sentences.flatMap { $0 }, contextLength: contextLength)
        return try PromptReading(
            sentences, sequences: sequences, tokenizer: tokenizer, contextLength: contextLength
        ).warnings()
    }

    private let long = "a photo of a small wooden boat beside an old jetty in the reeds"

    @Test func ordinaryPromptsAreNotMentioned() throws {
        #expect(try warnings([["a heron"], ["a kettle"], ["a tram", "a streetcar"]]).isEmpty)
    }

    @Test func whatIsCutIsNamed() throws {
        let found = try warnings([["a heron"], [long]])
        #expect(found.count == 1)
        #expect(found[0].contains("1 prompt does not fit") && found[0].contains("in the reeds"), "\(found)")
    }

    @Test func classesThatCuttingMakesEqualAreRefused() {
        let error = #expect(throws: CLIPError.self) { try warnings([[long + " at dawn"], [long + " at night"]]) }
        #expect(error?.description.contains("at dawn") == true && error?.description.contains("at night") == true)
    }

    @Test(arguments: [("Wren", "wren"), ("two  words", "two words"), ("\u{E9}", "e\u{301}")])
    func classesOfOneTextAreNamed(first: String, second: String) throws {
        let found = try warnings([["a \(first)"], ["a robin"], ["a \(second)"]])
        #expect(found.count == 1 && found[0].contains(first) && found[0].contains(second))
    }
}
