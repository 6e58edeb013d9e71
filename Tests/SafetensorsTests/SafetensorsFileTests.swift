import Foundation
import Tensors
import TestSupport
import Testing

@testable import Safetensors

/// Runs `body` with a file of these bytes.
@discardableResult
func withFile<Result>(_ bytes: [UInt8], _ body: (URL) throws -> Result) throws -> Result {
    let folder = try Fixtures.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "file.safetensors")
    try Data(bytes).write(to: url)
    return try body(url)
}

/// A file with this header (its length word included) and this data.
func file(header: String, data: [UInt8] = []) -> [UInt8] {
    let text = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text + data
}

@Suite("Reading safetensors files")
struct SafetensorsFileTests {
    @Test("The example of the specification is read")
    func example() throws {
        let header = #"{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}"#
        #expect(header.utf8.count == 64)
        let numbers: [Float] = [0, 1, -2.5, .pi, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
        let data = numbers.withUnsafeBytes(Array.init)
        try withFile(file(header: header, data: data)) { url in
            let file = try SafetensorsFile(url)
            #expect(file.names == ["attn.0"])
            #expect(file.info("attn.0")?.shape == [1, 2, 3])
            #expect(file.info("attn.0")?.dataType == .float32)
            #expect(file.info("other") == nil)
            #expect(try file.tensor("attn.0") == Tensor(numbers, shape: [1, 2, 3]))
            #expect(throws: SafetensorsError.missingTensor(file: file.path, tensor: "other")) {
                try file.tensor("other")
            }
        }
    }

    @Test("Every half-precision number is converted exactly")
    func halfPrecision() throws {
        let patterns = (0...UInt16.max).map { $0 }
        let header = #"{"h":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}"#
        try withFile(file(header: header, data: patterns.withUnsafeBytes(Array.init))) { url in
            let values = try SafetensorsFile(url).tensor("h").values
            let wrong = patterns.filter { pattern in
                let expected = Float(Float16(bitPattern: pattern))
                let value = values[Int(pattern)]
                return expected.isNaN ? !value.isNaN : value.bitPattern != expected.bitPattern
            }
            #expect(wrong.isEmpty)
        }
    }

    @Test("bfloat16, doubles, integers and truth values are converted")
    func otherTypes() throws {
        let header = """
            {"b":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"o":{"dtype":"BOOL","shape":[3],\
            "data_offsets":[4,7]},"d":{"dtype":"F64","shape":[],"data_offsets":[7,15]},"i":{"dtype":"I64",\
            "shape":[1],"data_offsets":[15,23]},"s":{"dtype":"I32","shape":[1],"data_offsets":[23,27]}}
            """
        var data: [UInt8] = [0x80, 0x3F, 0x20, 0xC0, 1, 0, 1]
        data += withUnsafeBytes(of: 0.1) { Array($0) }
        data += withUnsafeBytes(of: Int64(-7)) { Array($0) }
        data += withUnsafeBytes(of: Int32.min) { Array($0) }
        // The doubles and integers start at odd addresses, so this is the unaligned case too.
        try withFile(file(header: header, data: data)) { url in
            let file = try SafetensorsFile(url)
            #expect(try file.tensor("b").values == [1, -2.5])
            #expect(try file.integers("o") == [1, 0, 1])
            #expect(try file.tensor("d") == Tensor([0.1], shape: []))
            #expect(try file.doubleTensor("d") == Tensor([0.1], shape: []))
            #expect(try file.integers("i") == [-7])
            #expect(try file.integers("s") == [Int(Int32.min)])
            #expect(throws: SafetensorsError.self) { try file.tensor("i") }
            #expect(throws: SafetensorsError.self) { try file.integers("b") }
        }
    }

    @Test("Metadata and unknown fields do not disturb; null metadata is none")
    func metadata() throws {
        let header =
            #"{"__metadata__":{"format":"pt","note":"a\u00e9\ud83d\ude00"},"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"extra":[{}]}}"#
        try withFile(file(header: header)) { url in
            let file = try SafetensorsFile(url)
            #expect(file.metadata == ["format": "pt", "note": "aé😀"])
            #expect(try file.tensor("x").values.isEmpty)
        }
        try withFile(file(header: #"{"__metadata__":null}"#)) { url in
            let file = try SafetensorsFile(url)
            #expect(file.metadata.isEmpty)
        }
    }

    @Test("A file that shrinks after opening is an error")
    func shrinking() throws {
        let header = #"{"x":{"dtype":"F16","shape":[1000000],"data_offsets":[0,2000000]}}"#
        try withFile(file(header: header, data: .init(repeating: 0, count: 2_000_000))) { url in
            let file = try SafetensorsFile(url)
            try FileHandle(forWritingTo: url).truncate(atOffset: 1_000_000)
            #expect(throws: SafetensorsError.changedWhileReading(file: file.path, tensor: "x")) {
                try file.tensor("x")
            }
        }
    }

    @Test(
        "Headers that break a rule are refused",
        arguments: [
            ("", "empty"),
            (" {}", "does not start with '{'"),
            ("[]", "does not start with '{'"),
            ("{", "ends"),
            ("{}x", "unexpected text"),
            ("{}\u{0}", "unexpected text"),
            (#"{"x":1}"#, "not an object"),
            (#"{"x":{"shape":[],"data_offsets":[0,0]}}"#, "dtype is missing"),
            (#"{"x":{"dtype":"F128","shape":[],"data_offsets":[0,0]}}"#, "unknown dtype \"F128\""),
            (#"{"x":{"dtype":"F32","data_offsets":[0,0]}}"#, "shape is missing"),
            (#"{"x":{"dtype":"F32","shape":[0]}}"#, "data_offsets is missing"),
            (#"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,0]}}"#, "not negative"),
            (#"{"x":{"dtype":"F32","shape":[0.0],"data_offsets":[0,0]}}"#, "whole number"),
            (#"{"x":{"dtype":"F32","shape":[0],"data_offsets":[0]}}"#, "needs two numbers"),
            (#"{"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0,0]}}"#, "more than two"),
            (#"{"x":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}}"#, "backwards"),
            (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#, "takes 4 bytes"),
            (#"{"x":{"dtype":"F32","shape":[1099511627776,1099511627776,0],"data_offsets":[0,0]}}"#, "64 bits"),
            (#"{"x":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,0]}}"#, "64 bits"),
            (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "cut off"),
            (
                #"{"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#,
                "occurs twice"
            ),
            (#"{"x":{"dtype":"F32","dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#, "given twice"),
            (#"{"__metadata__":{"a":1}}"#, "strings"),
            (#"{"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"y":[[[[[[[[[]]]]]]]]]}}"#, "nested deeper"),
        ])
    func malformed(header: String, complaint: String) throws {
        try withFile(file(header: header)) { url in
            let error = try #require(throws: SafetensorsError.self) { try SafetensorsFile(url) }
            #expect(error.description.contains(complaint), "\(error)")
            #expect(error.description.hasPrefix(url.path), "\(error)")
            #expect(!error.description.contains("\n"))
        }
    }

    @Test(
        "Holes, overlaps and trailing data are refused",
        arguments: [
            ([0, 4], [8, 12], 12), ([0, 8], [4, 12], 12), ([0, 4], [0, 4], 4), ([4, 8], [8, 12], 12),
            ([0, 4], [4, 8], 9),
        ])
    func layout(first: [Int], second: [Int], dataCount: Int) throws {
        let header = """
            {"a":{"dtype":"U8","shape":[\(first[1] - first[0])],"data_offsets":\(first)},\
            "b":{"dtype":"U8","shape":[\(second[1] - second[0])],"data_offsets":\(second)}}
            """
        try withFile(file(header: header, data: .init(repeating: 0, count: dataCount))) { url in
            #expect(throws: SafetensorsError.self) { try SafetensorsFile(url) }
        }
    }

    @Test(
        "What is not safetensors at all is told in one line",
        arguments: [
            [], Array("short".utf8), Array("# A text file, longer than eight bytes.\n".utf8),
            [0x50, 0x4B, 0x03, 0x04] + [UInt8](repeating: 0x41, count: 100), [UInt8](repeating: 0xFF, count: 64),
        ] as [[UInt8]])
    func foreign(bytes: [UInt8]) throws {
        try withFile(bytes) { url in
            let error = try #require(throws: SafetensorsError.self) { try SafetensorsFile(url) }
            #expect(error.description.contains("is not a safetensors file"), "\(error)")
        }
    }

    @Test("A folder, a missing file and a pipe are refused without waiting")
    func notFiles() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let pipe = folder.appending(path: "pipe")
        #expect(mkfifo(pipe.path, 0o600) == 0)
        for url in [folder, folder.appending(path: "missing"), pipe] {
            let error = try #require(throws: SafetensorsError.self) { try SafetensorsFile(url) }
            #expect(error.description.contains("cannot be read"), "\(error)")
        }
    }

    @Test("A header longer than the caller allows is refused")
    func headerLimit() throws {
        try withFile(file(header: #"{"__metadata__":{"note":"\#(String(repeating: "x", count: 1000))"}}"#)) { url in
            #expect(throws: SafetensorsError.self) { try SafetensorsFile(url, maximumHeaderBytes: 1000) }
            let file = try SafetensorsFile(url, maximumHeaderBytes: 2000)
            #expect(file.metadata["note"]?.count == 1000)
        }
    }

    @Test("Messages never carry control characters from a file")
    func readableNames() throws {
        let header = #"{"a\u001b[31m\n\u202e":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#
        try withFile(file(header: header)) { url in
            let error = try #require(throws: SafetensorsError.self) { try SafetensorsFile(url) }
            #expect(error.description.contains(#"a\u{1b}[31m\u{a}\u{202e}"#), "\(error)")
        }
    }

    @Test("Random changes to a valid file are read or refused, never more")
    func mutations() throws {
        let header =
            #"{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"v":{"dtype":"BF16","shape":[3],"data_offsets":[16,22]}}"#
        let valid = file(header: header, data: .init(repeating: 7, count: 22))
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = folder.appending(path: "file.safetensors")
        var fuzzer = Fuzzer(seed: 1)
        var refused = 0
        for _ in 0..<2000 {
            var bytes = valid
            fuzzer.change(&bytes)
            try Data(bytes).write(to: url)
            do {
                let file = try SafetensorsFile(url)
                for name in file.names { _ = try? file.tensor(name) }
            } catch is SafetensorsError {
                refused += 1
            }
        }
        #expect(refused > 1000)
    }
}
