import CLIP
import Foundation
import TestSupport
import Testing

/// The tokenizer against open_clip's, text by text.
@Suite("Reference texts")
struct TokenizerConformanceTests {
    struct Case: Decodable, Sendable {
        let id: String
        let text: String
        let cleaned: String
        let clean_steps: [String]
        let ids: [Int]
        let ids_77: [Int]

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

    private let folder = Fixtures.reference.appending(path: "tokenizer")
    private let reference: Cases
    private let tokenizer: Tokenizer

    init() throws {
        reference = try JSONDecoder().decode(Cases.self, from: Data(contentsOf: folder.appending(path: "cases.json")))
        tokenizer = try Tokenizer(directory: folder.appending(path: "openai"))
    }

    @Test("There are texts to test")
    func presence() { #expect(!reference.cases.isEmpty) }

    @Test("The special tokens are the reference's")
    func specialTokens() {
        #expect(tokenizer.startID == reference.start_id)
        #expect(tokenizer.endID == reference.end_id)
    }

    @Test("Cleaned texts get the reference's ids")
    func encoding() {
        for example in reference.cases {
            let ids = [tokenizer.startID] + tokenizer.contentIDs(cleaned: example.cleaned) + [tokenizer.endID]
            #expect(ids == example.ids, "\(example.id)")
        }
    }

    @Test("Texts are cleaned as the reference does it")
    func cleaning() {
        var unrepaired: [String] = []
        for example in reference.cases {
            let cleaned = TextCleaning.clean(example.text)
            // Scalar by scalar: Swift's == takes canonically equivalent strings for equal.
            if cleaned.unicodeScalars.elementsEqual(example.cleaned.unicodeScalars) { continue }
            if example.needsEncodingRepair {
                unrepaired.append(example.id)
            } else {
                Issue.record(
                    "\(example.id): \(debug(example.text)) became \(debug(cleaned)), not \(debug(example.cleaned))")
            }
        }
        let allowed = reference.cases.count { $0.needsEncodingRepair }
        print("Texts in a wrong encoding that stay as they are: \(unrepaired.count) of \(allowed)")
    }

    @Test("Texts get the reference's ids, cut to the context")
    func sequences() {
        let sequences = tokenizer.sequences(reference.cases.map(\.text), contextLength: reference.context_length)
        for (example, sequence) in zip(reference.cases, sequences) where !example.needsEncodingRepair {
            let padding = Array(repeating: 0, count: reference.context_length - sequence.ids.count)
            #expect(sequence.ids + padding == example.ids_77, "\(example.id)")
            #expect(sequence.droppedTokens == max(0, example.ids.count - reference.context_length), "\(example.id)")
        }
    }

    private func debug(_ text: String) -> String {
        "\"" + text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined() + "\""
    }
}
