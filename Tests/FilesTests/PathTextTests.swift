import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("Paths as text")
struct PathTextTests {
    @Test(
        "Every name comes back byte for byte, and no two are one text",
        arguments: [
            Array("plain.png".utf8), Array("jalapen\u{303}o".utf8), Array("jalape\u{F1}o".utf8), [0x6D, 0xFC, 0x73],
            [0x6D, 0xF6, 0x73], [0xFF], [0xE2, 0x82], [0xC3, 0x28], Array("\u{EFFC}".utf8),
            Array("\u{EF80}\u{EFFF}x".utf8),
            [0xF0, 0x9F, 0x98, 0x80, 0x80], [0xED, 0xA0, 0x80],
        ] as [[UInt8]])
    func roundTrip(name: [UInt8]) {
        let text = PathText.text(name)
        #expect(PathText.bytes(text) == name)
        #expect(PathText.isUTF8(text) == (String(validating: name, as: UTF8.self) != nil && !name.contains(0xEE)))
    }

    @Test("Random names come back")
    func random() {
        var generator = SplitMix(7)
        for _ in 0..<2000 {
            let name = (0..<Int(generator.next() % 12)).map { _ in
                generator.next() % 3 == 0
                    ? UInt8(truncatingIfNeeded: 0x80 | generator.next()) : UInt8(0x61 + generator.next() % 20)
            }
            #expect(PathText.bytes(PathText.text(name)) == name)
        }
    }

    @Test("What is no UTF-8 reads as Latin-1")
    func latin1() {
        #expect(PathText.asLatin1(PathText.text([0x6D, 0xFC, 0x73, 0x6C, 0x69])) == "müsli")
        #expect(PathText.asLatin1("mûsli") == "mûsli")
    }

    @Test("Names that only look the same are different keys")
    func exact() {
        let (composed, decomposed) = ("\u{E9}", "e\u{301}")
        #expect(composed == decomposed)
        #expect(ExactText(composed) != ExactText(decomposed))
        #expect(Set([ExactText(composed), ExactText(decomposed), ExactText(composed)]).count == 2)
    }

    @Test("A file whose name is no UTF-8 is read")
    func reading() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = PathText.text(Array(folder.path.utf8) + [0x2F, 0xE4, 0x62])
        let file = try #require(path.withSystemPath { fopen($0, "w") })
        fputs("content", file)
        fclose(file)
        #expect(try readFile(path, limit: 100) == Array("content".utf8))
        #expect(FileKind(path) == .file)
        #expect(throws: FileProblem.tooLarge(bytes: 7, limit: 6)) { try readFile(path, limit: 6) }
    }
}

@Suite("What stands in for a file")
struct ForeignContentTests {
    @Test(arguments: [
        ("version https://git-lfs.github.com/spec/v1\noid sha256:00ff\nsize 12\n", ForeignContent.lfsPointer),
        ("version https://hawser.github.com/spec/v1\noid sha256:00ff\nsize 12\n", .lfsPointer),
        ("\n  <HTML lang=en>", .webPage), ("\u{FEFF}<!doctype HTML>", .webPage),
        ("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>", .xml),
        ("<?xml version=\"1.0\"?>\n<html xmlns=\"x\">", .webPage), ("PK\u{3}\u{4}....", .zip),
    ])
    func recognised(text: String, content: ForeignContent) { #expect(ForeignContent(Array(text.utf8)) == content) }

    @Test(arguments: ["{\"model_type\": \"clip\"}", "heron.png 0", "version 2 of the list", "<unk> <pad>", ""])
    func ordinary(text: String) { #expect(ForeignContent(Array(text.utf8)) == nil) }

    @Test func packed() {
        #expect(ForeignContent([0x1F, 0x8B, 8, 0]) == .compressed("gzip"))
        #expect(ForeignContent([0x80, 2, 0x7D]) == .pickle)
    }
}
