import Foundation
import Safetensors
import TestSupport
import Testing

@testable import FewShot

/// Lists, splits and class files from anywhere: whatever they hold, reading ends with a result or one readable line.
@Suite struct HostileListTests {
    private let inside = PathRules(allowOutside: false)

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch { return error.localizedDescription }
    }

    @Test(arguments: [
        ("../a.jpg", "'..'"), ("a/../../b.jpg", "'..'"), ("/etc/passwd", "absolute"), ("a\\u0000b", "NUL"),
        ("", "empty"),
    ])
    func pathsStayInside(path: String, says: String) {
        let split = "{\"train\": [\n[\"\(path)\", 0, \"a\"]], \"val\": [], \"test\": []}"
        let text = message { _ = try CoOpSplitFile(Array(split.utf8), file: "s.json", paths: inside) }
        #expect(text.hasPrefix("s.json:2: ") && text.contains(says), "\(text)")
        if says != "NUL" && says != "empty" {
            #expect(throws: Never.self) {
                try CoOpSplitFile(Array(split.utf8), file: "s.json", paths: PathRules(allowOutside: true))
            }
        }
    }

    @Test func aListOfItsUserMayBeAbsolute() throws {
        let paths = PathRules(allowOutside: false, allowAbsolute: true)
        #expect(try ListFile(Array("/a/b.jpg 0\n".utf8), file: "l", paths: paths).rows.count == 1)
        #expect(throws: DatasetError.self) { try ListFile(Array("/a/../b.jpg 0\n".utf8), file: "l", paths: paths) }
    }

    @Test(arguments: [
        ("[]", "expected '{'"), ("{\"train\": [], \"val\": []}", "\"test\" is missing"),
        ("{\"train\": [], \"val\": [], \"test\": [], \"x\": []}", "only train, val and test"),
        ("{\"train\": [], \"train\": []}", "occurs twice"), ("{\"train\": [[\"a\", 0]]}", "wants path, label"),
        ("{\"train\": [[\"a\", 3.0, \"b\"]]}", "whole number"), ("{\"train\": [[\"a\", -1, \"b\"]]}", "whole number"),
        ("{\"train\": [[\"a\", 1e9, \"b\"]]}", "whole number"),
        ("{\"train\": [[\"a\", 999999999, \"b\"]]}", "whole number"),
        ("{\"train\": [[\"a\", null, \"b\"]]}", "whole number"), ("{\"train\": [[\"a\", 0, \"b\", 1]]}", "more than"),
        ("{\"train\": [[\"a\", 2, \"b\"]], \"val\": [], \"test\": []}", "no row has label 0"),
        ("{\"train\": [], \"val\": [], \"test\": []}", "lists no pictures"), ("{\"train\": [[\"\\ud800\"", "surrogate"),
        (String(repeating: "[", count: 100), "expected '{'"),
    ])
    func splitsThatMakeNoSense(text: String, says: String) {
        let found = message { _ = try CoOpSplitFile(Array(text.utf8), file: "s.json", paths: inside) }
        #expect(found.contains(says) && !found.contains("\n"), "\(found)")
    }

    @Test func longStringsAndLinesAreRefused() {
        let long = String(repeating: "x", count: 2 << 20)
        #expect(
            message {
                _ = try CoOpSplitFile(
                    Array("{\"train\": [[\"\(long)\", 0, \"a\"]]}".utf8), file: "s.json", paths: inside)
            }.contains("too long"))
        let line = message { _ = try ListFile(Array("a.jpg 0\n\(long) 1\n".utf8), file: "l.txt", paths: inside) }
        #expect(line == "l.txt:2: longer than 64 KiB")
        let invalid = message { _ = try ListFile([0x61, 0x0A, 0xFF, 0x0A], file: "l.txt", paths: inside) }
        #expect(invalid == "l.txt:2: not UTF-8")
    }

    @Test func messagesCannotSteerTheTerminal() {
        let text = message { _ = try ListFile(Array("../\u{1B}[31m.jpg 0\n".utf8), file: "l.txt", paths: inside) }
        #expect(!text.contains("\u{1B}") && text.contains("\\u{1b}"))
    }

    @Test func classFiles() throws {
        func names(_ text: String) throws -> [[String]] {
            try ClassFile(Array(text.utf8), file: "c").entries.map(\.names)
        }
        #expect(try names("tench\n\nBoeing 737\n") == [["tench"], ["Boeing 737"]])
        #expect(try names("b c 1\na 0") == [["a"], ["b c"]])
        #expect(try names("a 0\nb 0") == [["a 0"], ["b 0"]])
        #expect(try names("a 1\nb 2") == [["a 1"], ["b 2"]])
        #expect(try names("[\"a\", [\"happy\", \"smiling\"]]") == [["a"], ["happy", "smiling"]])
        #expect(try names("{\"1\": \"b\", \"0\": \"a\"}") == [["a"], ["b"]])
        for bad in ["", "\n\n", "[]", "[1]", "[[]]", "[\"\"]", "{\"1\": \"a\"}", "[\"a\"", "\"a\"x"]
        where bad != "\"a\"x" {
            #expect(throws: DatasetError.self, "\(bad)") { try names(bad) }
        }
    }

    private static let seeds: [String] = [
        "{\"train\": [[\"b/1.jpg\", 1, \"dog\"], [\"a/1.jpg\", \"0\", \"cat\"]], \"val\": [], \"test\": []}",
        "a/1.jpg 0\nb/2.jpg 1\r\n# x\nc d.jpg\t1\n", "path,label\n\"a,\"\"b\".jpg,cat\n\"x\ny.jpg\",dog\n",
        "Animal_Bear 0\nAnimal_Bee 1\n", "[\"a\", [\"b\", \"c\"]]", "{\"0\": \"a\", \"1\": \"b\"}",
        "n01 tench\nn02 great white\n", "cat\ta cat\ndog\ta {}\n", "{} texture.\na {}\n", "[[\"a\"], [\"b\", \"c\"]]",
        """
        {"format": "cliptop-fewshot-1", "dataset": "t", "shots": 4, "seed": 1, "pick": "random", "replacement": false,
         "source_sha256": "00", "train": [1, 2], "val": [3], "val_part": "val"}
        """,
        "{\"train\": {\"data\": [{\"impath\": \"a\", \"label\": 0}], \"indices\": [0]}, \"val\": {\"indices\": []}}",
    ]

    @Test("Thousands of damaged lists, the same in every run")
    func fuzzing() throws {
        let readers: [([UInt8]) throws -> Void] = [
            { _ = try CoOpSplitFile($0, file: "f", paths: inside) }, { _ = try ListFile($0, file: "f", paths: inside) },
            { _ = try ClassFile($0, file: "f") }, { _ = try FolderNames($0, file: "f") },
            { _ = try PromptFile($0, file: "f") }, { _ = try FewShotSelection($0, file: "f") },
        ]
        var fuzzer = Fuzzer(seed: 4)
        var accepted = 0
        let rounds = 400
        for _ in 0..<rounds {
            for seed in Self.seeds {
                var bytes = Array(seed.utf8)
                fuzzer.change(&bytes)
                for read in readers {
                    do {
                        try read(bytes)
                        accepted += 1
                    } catch {
                        let text = error.localizedDescription
                        #expect(!text.contains("\n") && (error is DatasetError || error is JSONError), "\(text)")
                    }
                }
            }
        }
        // Neither everything nor nothing gets through, or the changes would test nothing.
        let tried = rounds * Self.seeds.count * readers.count
        #expect(accepted > tried / 20 && accepted < tried * 9 / 10)
    }
}
