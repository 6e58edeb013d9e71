import CLIP
import Foundation
import TestSupport
import Testing

/// The tokenizer against open_clip's, text by text.
@Suite("Reference texts")
struct TokenizerConformanceTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let id: String
        let text: String
        let cleaned: String
        let clean_steps: [String]
        let ids: [Int]
        let ids_77: [Int]
        var testDescription: String { id }

        /// Whether the reference guessed that the text had been read in the wrong encoding. That is not imitated.
        var needsEncodingRepair: Bool {
            clean_steps.contains { step in
                ["ftfy:encode", "ftfy:decode", "ftfy:transcode"].contains { step.hasPrefix($0) }
            }
        }
    }

    struct Cases: Decodable, Sendable {
        let start_id: Int
        let end_id: Int
        let context_length: Int
        let cases: [Case]
    }

    private static let folder = Fixtures.reference.appending(path: "tokenizer")
    static let reference = Result {
        try JSONDecoder().decode(Cases.self, from: Data(contentsOf: folder.appending(path: "cases.json")))
    }
    private static let tokenizer = Result { try Tokenizer(directory: folder.appending(path: "openai")) }

    private let reference: Cases
    private let tokenizer: Tokenizer

    init() throws {
        reference = try Self.reference.get()
        tokenizer = try Self.tokenizer.get()
    }

    @Test("There are texts to test")
    func presence() { #expect(!reference.cases.isEmpty) }

    @Test("The special tokens are the reference's")
    func specialTokens() {
        #expect(tokenizer.startID == reference.start_id)
        #expect(tokenizer.endID == reference.end_id)
    }

    @Test("A cleaned text gets the reference's ids", arguments: try reference.get().cases)
    func encoding(_ example: Case) {
        let ids = [tokenizer.startID] + tokenizer.contentIDs(cleaned: example.cleaned) + [tokenizer.endID]
        #expect(ids == example.ids)
    }

    @Test("A text is cleaned as the reference does it, and gets its ids", arguments: try reference.get().cases)
    func cleaning(_ example: Case) {
        let cleaned = TextCleaning.clean(example.text)
        // Scalar by scalar: Swift's == takes canonically equivalent strings for equal.
        let isEqual = cleaned.unicodeScalars.elementsEqual(example.cleaned.unicodeScalars)
        if !isEqual, example.needsEncodingRepair {
            return reportSkipped("tokenizer/\(example.id)", because: "a text in a wrong encoding is not repaired")
        }
        #expect(isEqual, "\(debug(example.text)) became \(debug(cleaned)), not \(debug(example.cleaned))")

        let sequence = tokenizer.sequences([example.text], contextLength: reference.context_length)[0]
        let padding = Array(repeating: 0, count: reference.context_length - sequence.ids.count)
        #expect(sequence.ids + padding == example.ids_77)
        #expect(sequence.droppedTokens == max(0, example.ids.count - reference.context_length))
    }

    private func debug(_ text: String) -> String {
        "\"" + text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined() + "\""
    }
}
