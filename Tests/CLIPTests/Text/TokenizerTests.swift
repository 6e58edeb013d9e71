import Foundation
import TestSupport
import Testing

@testable import CLIP

@Suite("Tokenizer")
struct TokenizerTests {
    private static let full = Fixtures.repository.appending(path: "Tests/Fixtures/reference/tokenizer/openai")
    private static let bundled = Fixtures.samples.appending(path: "Model")
    private let tokenizer: Tokenizer

    init() throws { tokenizer = try Tokenizer(directory: Self.full) }

    @Test(
        "The vectors of the specification",
        arguments: [
            ("a photo of a cat.", [320, 1125, 539, 320, 2368, 269]),
            ("A photo of a DOG, a type of pet.", [320, 1125, 539, 320, 1929, 267, 320, 3877, 539, 3703, 269]),
            ("Hello   world\t\n", [3306, 1002]),
            ("don't I'll WE'VE", [847, 713, 328, 1342, 649, 1200]),
            ("naïve café", [1097, 35689, 563, 15304]),
            ("cafe\u{301}", [15304]),
            ("ﬁne ﬂower", [3797, 4055]),
            ("日本語テキスト", [39121, 44353, 34002, 252, 2429, 228, 47121, 32421, 486]),
            ("ＡＢＣ　１２３", [5334, 272, 273, 274]),
            ("3.14 2024", [274, 269, 272, 275, 273, 271, 273, 275]),
            ("&amp; &lt;b&gt; &amp;amp;", [261, 283, 321, 285, 261]),
            ("“quotes” ‘x’", [257, 5808, 257, 262, 343, 262]),
            ("emoji 😀👍🏽", [16327, 12832, 43722]),
            ("x_y-z/w", [343, 318, 344, 268, 345, 270, 342]),
            ("Ⅷ ½ ² ①", [158, 227, 371, 33613, 41175, 158, 239, 510]),
            ("a\u{200B}b", [320, 9844, 321]),
            ("a\u{A0}b", [320, 321]),
            ("a\u{1C}b", [3937]),
            ("ΣΑΣ", [139, 225, 138, 109, 139, 480]),
            ("Thu-dog_n0001", [14153, 268, 1929, 318, 333, 271, 271, 271, 272]),
            (" \n\u{3000}", []),
        ] as [(String, [Int])])
    func vectors(text: String, ids: [Int]) {
        #expect(tokenizer.contentIDs(cleaned: TextCleaning.clean(text)) == ids)
    }

    @Test("A long text keeps its end, and says what was dropped")
    func truncation() {
        let sequence = tokenizer.sequences([String(repeating: "cat ", count: 100)], contextLength: 77)[0]
        #expect(sequence.ids == [49406] + Array(repeating: 2368, count: 75) + [49407])
        #expect(sequence.droppedTokens == 25)
        #expect(tokenizer.sequences([""], contextLength: 77)[0] == .init(ids: [49406, 49407], droppedTokens: 0))
    }

    @Test("tokenizer.json alone gives the same tokenizer")
    func combinedFile() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(
            at: Self.bundled.appending(path: "tokenizer.json"), to: folder.appending(path: "tokenizer.json"))
        let texts = ["a photo of a musical instrument.", "Zürich, 1999: 你好!", "supercalifragilistic"]
        let combined = try Tokenizer(directory: folder)
        let separate = try Tokenizer(directory: Self.bundled)
        #expect(combined.vocabularySize == separate.vocabularySize)
        #expect(combined.sequences(texts, contextLength: 32) == separate.sequences(texts, contextLength: 32))
    }

    @Test("A folder without a tokenizer says what is missing")
    func missing() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = try #require(throws: CLIPError.self) { try Tokenizer(directory: folder) }
        #expect(error.description.contains("vocab.json: cannot be read"))
    }

    @Test("Every byte has a symbol of its own")
    func byteSymbols() {
        #expect(Set(Tokenizer.byteSymbols).count == 256)
        #expect(Tokenizer.byteSymbols[0x21] == "!")
        #expect(Tokenizer.byteSymbols[0x00] == "\u{100}")
        #expect(Tokenizer.byteSymbols[0xAD] == "\u{143}")
    }

    @Test("Changed vocabularies and merges are read or refused, never more")
    func mutations() throws {
        let source = Fixtures.repository.appending(path: "Tests/Fixtures/reference/hostile/tokenizer/ok")
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var fuzzer = Fuzzer(seed: 3)
        var refused = 0
        for round in 0..<300 {
            for name in ["vocab.json", "merges.txt"] {
                var bytes = Array(try Data(contentsOf: source.appending(path: name)))
                if (round % 2 == 0) == (name == "vocab.json") { fuzzer.change(&bytes) }
                try Data(bytes).write(to: folder.appending(path: name))
            }
            do {
                let ids = try Tokenizer(directory: folder).sequences(["lower & slower Ж"], contextLength: 16)[0].ids
                #expect(ids.count <= 16)
            } catch is CLIPError {
                refused += 1
            }
        }
        #expect(refused > 100)
    }
}
