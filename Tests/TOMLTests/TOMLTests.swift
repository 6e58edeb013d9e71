import Foundation
import TestSupport
import Testing

@testable import TOML

/// What a document means, what is wrong with one, and that nothing at all ends the process.
@Suite struct TOMLTests {
    /// A document as one line: keys in order, strings in quotes.
    private func written(_ table: TOMLTable) -> String {
        "{" + table.entries.map { "\($0.key)=\(written($0.value))" }.joined(separator: " ") + "}"
    }

    private func written(_ value: TOMLValue) -> String {
        switch value.content {
        case .string(let text): "\"\(text)\""
        case .integer(let number): "\(number)"
        case .float(let number): "\(number)"
        case .boolean(let flag): "\(flag)"
        case .dateTime(let text): "<\(text)>"
        case .array(let values): "[" + values.map(written).joined(separator: " ") + "]"
        case .table(let table): written(table)
        }
    }

    @Test(arguments: [
        ("", "{}"),
        ("a = 1\r\nb=\"x\" # c\n", "{a=1 b=\"x\"}"),
        ("\"a b\".'c.d'.e-f_1 = true", "{a b={c.d={e-f_1=true}}}"),
        ("n = [1_000, -0, +7, 0xFF, 0o17, 0b11]", "{n=[1000 0 7 255 15 3]}"),
        ("f = [1.5, -2e3, 1E-2, 6.02_2, inf, -inf]", "{f=[1.5 -2000.0 0.01 6.022 inf -inf]}"),
        ("s = ['a\\b', \"t\\tq\\\"u\\u00e9\\U0001F600\"]", "{s=[\"a\\b\" \"t\tq\"ué😀\"]}"),
        ("s = \"\"\"\none\ntwo \\\n   three\"\"\"\"", "{s=\"one\ntwo three\"\"}"),
        ("s = '''\nit's\n'''", "{s=\"it's\n\"}"),
        ("a = [ # list\n 1,\n [2, [3,],],\n]\n", "{a=[1 [2 [3]]]}"),
        ("t = {a.b = 1, c = {}}", "{t={a={b=1} c={}}}"),
        ("[a.b]\nx=1\n[a]\ny=2\n[a.c]", "{a={b={x=1} y=2 c={}}}"),
        ("[[l]]\nx=1\n[l.s]\ny=2\n[[l]]\nx=3", "{l=[{x=1 s={y=2}} {x=3}]}"),
        (
            "d = [1979-05-27, 07:32:00.5, 1979-05-27 07:32:00Z, 1979-05-27T00:32:00-07:00]",
            "{d=[<1979-05-27> <07:32:00.5> <1979-05-27 07:32:00Z> <1979-05-27T00:32:00-07:00>]}"
        ),
    ])
    func documentsAreReadAsTheStandardSays(_ text: String, _ meaning: String) throws {
        #expect(written(try TOMLTable(text)) == meaning)
    }

    @Test(arguments: [
        ("[=", 1, "expected a key, not '='"), ("[a", 1, "']'"), ("[[a]", 1, "']]'"), ("[]", 1, "expected a key"),
        ("\na = ", 2, "expected a value, not the end of the file"), ("a", 1, "expected '='"), ("a 1", 1, "'='"),
        ("= 1", 1, "expected a key"), ("a = red", 1, "'red' is not a value; a text wants quotes"),
        ("a = 1 b = 2", 1, "the end of the line"), ("a = \"x\nb = 1", 1, "does not end"),
        ("x=1\na = '''\n\n", 2, "the text that begins here does not end"),
        ("a=1\na=2", 2, "there twice; it was set in line 1"),
        ("[a]\n[a]", 2, "twice"), ("a.b=1\n[a]", 2, "twice"), ("a={b=1}\na.c=2", 2, "twice"),
        ("a=[1]\n[[a]]", 2, "twice"),
        ("a = [1, 2", 1, "',' or ']'"), ("a = {b = 1", 1, "',' or '}'"), ("a = {b = 1,}", 1, "expected a key"),
        ("a = 01", 1, "not a value"), ("a = 1__0", 1, "not a value"), ("a = 1.", 1, "not a value"),
        ("a = 0x", 1, "not a value"),
        ("a = 9223372036854775808", 1, "too large"), ("a = 2026-13-01", 1, "not a value"),
        ("a = \"\\q\"", 1, "means nothing"), ("a = \"\\uD800\"", 1, "not a character"),
        ("a = \"\u{1}\"", 1, "control character"),
        ("# \u{0}", 1, "control character"), ("a = 1\rb = 2", 1, "carriage return"),
        ("a = \(String(repeating: "[", count: 5000))", 1, "nested"),
        ("a = \(String(repeating: "{a=", count: 5000))", 1, "nested"),
        (String(repeating: "a.", count: 5000), 1, "parts in a key"),
    ])
    func mistakesAreNamedWithTheirLine(_ text: String, _ line: Int, _ reason: String) throws {
        let error = #expect(throws: TOMLError.self) { try TOMLTable(text) }
        #expect(error?.line == line && error?.reason.contains(reason) == true, "\(String(describing: error))")
    }

    /// Every value knows its line, for messages about what it means.
    @Test func valuesKnowTheirLines() throws {
        let table = try TOMLTable("\na = 1\n[b]\n\nc = [\n 2]\n")
        #expect(table["a"]?.line == 2 && table["b"]?.line == 3 && table["b"]?.table?["c"]?.line == 5)
        #expect(table["b"]?.table?["c"]?.array?.first?.line == 6)
    }

    @Test func filesThatCannotBeReadSayWhy() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "x.toml")
        func reason() -> String? {
            do throws(TOMLError) { _ = try TOMLTable(contentsOf: file) } catch { return error.errorDescription }
            return nil
        }
        #expect(reason() == "there is no such file")
        try Data([0x61, 0x3D, 0x22, 0xFF, 0x22]).write(to: file)
        #expect(reason() == "it is not UTF-8 text")
        try Data([0xEF, 0xBB, 0xBF] + Array("a=1".utf8)).write(to: file)
        #expect(reason() == nil)
        try Data(repeating: 0x20, count: 2 << 20).write(to: file)
        #expect(reason()?.contains("longer than 1 MB") == true)
        try FileManager.default.removeItem(at: file)
        try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
        #expect(reason() == "it is a folder")
    }

    /// Documents cut, spliced and disturbed: each is read or refused.
    @Test func noDocumentEndsTheProcess() {
        let seeds = [
            "a = 1\n[b.c]\nd = [1, 2.5, \"x\\u00e9\", '''y'''] # z\n[[e]]\nf = { g.h = 1979-05-27, i = inf }\n",
            "[=", "a = \"\"\"\\\n", "a=[{b=[{", "'\"'=''", "[[", "]]", "a.b.", "\r", "\\", "{}", "=",
        ].map { Array($0.utf8) }
        var random = SplitMix(7)
        for _ in 0..<20_000 {
            var bytes = seeds[Int(random.next() % UInt64(seeds.count))]
            for _ in 0..<(1 + random.next() % 6) {
                let place = Int(random.next() % UInt64(bytes.count + 1))
                switch random.next() % 4 {
                case 0: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
                case 1: bytes.insert(contentsOf: seeds[Int(random.next() % UInt64(seeds.count))], at: place)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.next() % 5)))
                default: bytes = Array(bytes.prefix(place))
                }
            }
            _ = try? TOMLTable(String(decoding: bytes, as: UTF8.self))
        }
    }
}
