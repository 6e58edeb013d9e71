import Files
import Foundation
import Safetensors

/// Reads a vocabulary and its merges, and checks that they belong together (docs/models.md#vocabulary).
extension Tokenizer {
    private static let maximumFileBytes = 64 << 20

    /// Reads the tokenizer of a model directory: `vocab.json` with `merges.txt`, else `tokenizer.json`.
    /// - Throws: ``CLIPError/unreadable(file:reason:)``, ``CLIPError/invalidTokenizer(file:reason:)``.
    public init(directory: URL) throws {
        let vocabulary = directory.appending(path: "vocab.json")
        let merges = directory.appending(path: "merges.txt")
        let combined = directory.appending(path: "tokenizer.json")
        let hasParts = FileKind.exists(vocabulary.path(percentEncoded: false))
        if !hasParts, FileKind.exists(combined.path(percentEncoded: false)) {
            let (ids, merges) = try Self.readCombined(combined)
            try self.init(ids: ids, merges: merges, file: combined, mergesFile: combined)
        } else {
            try self.init(
                ids: Self.readVocabulary(vocabulary), merges: Self.readMerges(merges), file: vocabulary,
                mergesFile: merges)
        }
    }

    private init(ids: [String: Int], merges: [(String, String)], file: URL, mergesFile: URL) throws {
        func invalid(_ reason: String, in url: URL) -> CLIPError {
            .invalidTokenizer(file: url.path(percentEncoded: false), reason: reason)
        }
        var isTaken = [Bool](repeating: false, count: ids.count)
        for (token, id) in ids {
            guard isTaken.indices.contains(id) else {
                throw invalid(
                    "token \(readable(token)) has id \(id), the \(ids.count) tokens need ids from 0 on", in: file)
            }
            guard !isTaken[id] else { throw invalid("id \(id) is given to two tokens", in: file) }
            isTaken[id] = true
        }
        func id(_ token: String, _ role: String, in url: URL) throws -> Int32 {
            guard let id = ids[token] else {
                throw invalid("\(role) \(readable(token)) is not in the vocabulary", in: url)
            }
            return Int32(id)
        }

        let symbols = Self.byteSymbols
        let byteIDs = try symbols.map { try id(String($0), "the byte", in: file) }
        let finalByteIDs = try symbols.map { try id("\($0)</w>", "the byte", in: file) }
        var table: [TokenPair: Merge] = [:]
        table.reserveCapacity(merges.count)
        for (rank, (left, right)) in merges.enumerated() {
            let pair = TokenPair(
                left: try id(left, "the merge part", in: mergesFile),
                right: try id(right, "the merge part", in: mergesFile))
            let merge = Merge(rank: Int32(rank), result: try id(left + right, "the merge result", in: mergesFile))
            guard table.updateValue(merge, forKey: pair) == nil else {
                throw invalid("the merge of \(readable(left)) and \(readable(right)) occurs twice", in: mergesFile)
            }
        }
        // A merges file that was cut off would still load, and every longer word would fall apart into letters.
        var isMade = [Bool](repeating: false, count: ids.count)
        for id in byteIDs + finalByteIDs + table.values.map(\.result) { isMade[Int(id)] = true }
        let special: Set = ["<|startoftext|>", "<start_of_text>", "<|endoftext|>", "<end_of_text>"]
        if let token = ids.filter({ !isMade[$0.value] && !special.contains($0.key) }).min(by: { $0.value < $1.value }) {
            throw invalid(
                "no merge makes the token \(readable(token.key)) (id \(token.value)); was the file cut off?",
                in: mergesFile)
        }
        guard let start = ids["<|startoftext|>"] ?? ids["<start_of_text>"],
            let end = ids["<|endoftext|>"] ?? ids["<end_of_text>"]
        else { throw invalid("the tokens <|startoftext|> and <|endoftext|> are not in the vocabulary", in: file) }
        self.init(
            vocabularySize: ids.count, startID: start, endID: end, byteIDs: byteIDs, finalByteIDs: finalByteIDs,
            merges: table)
    }

    /// The character that stands for each byte (docs/models.md#bytes): printable ones for themselves, the others, in
    /// ascending order, for U+0100 and up.
    static let byteSymbols: [Character] = {
        var next: UInt32 = 0x100
        return (0...255).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Character(UnicodeScalar(UInt8(byte)))
            default:
                defer { next += 1 }
                return UnicodeScalar(next).map(Character.init) ?? " "
            }
        }
    }()

    private static func parse<Result>(_ url: URL, _ body: (inout JSONReader) throws -> Result) throws -> Result {
        let bytes = try readWhole(url, limit: maximumFileBytes)
        do {
            var reader = try JSONReader(bytes, maximumDepth: 16)
            let result = try body(&reader)
            try reader.end()
            return result
        } catch let error as JSONError {
            throw CLIPError.invalidTokenizer(
                file: url.path(percentEncoded: false), reason: "is not a valid tokenizer file: \(error)")
        }
    }

    private static func readVocabulary(_ url: URL) throws -> [String: Int] {
        try parse(url) { reader in try readIDs(&reader) }
    }

    private static func readIDs(_ reader: inout JSONReader) throws -> [String: Int] {
        var ids: [String: Int] = [:]
        try reader.object { reader, token in
            guard ids.updateValue(try reader.count(), forKey: token) == nil else {
                throw reader.error("the token \(readable(token)) occurs twice")
            }
        }
        return ids
    }

    private static func readMerges(_ url: URL) throws -> [(String, String)] {
        let file = url.path(percentEncoded: false)
        let bytes = try readWhole(url, limit: maximumFileBytes)
        guard let text = String(validating: bytes.dropFirst(ByteOrderMark.length(in: bytes)), as: UTF8.self) else {
            throw CLIPError.invalidTokenizer(file: file, reason: "is not UTF-8")
        }
        // Split by scalars: "\r\n" is one character to Swift, and a line may end either way.
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.last == "\r" ? line.dropLast() : line
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        let header = lines.first.map { String($0).hasPrefix("#version") } == true ? 1 : 0
        return try lines.enumerated().dropFirst(header).map { number, line in
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw CLIPError.invalidTokenizer(
                    file: file,
                    reason: "line \(number + 1) is not a merge of two tokens: \(readable(String(line), limit: 40))")
            }
            return (String(parts[0]), String(parts[1]))
        }
    }

    /// `tokenizer.json` holds both, and names the special tokens once more.
    private static func readCombined(_ url: URL) throws -> (ids: [String: Int], merges: [(String, String)]) {
        try parse(url) { reader in
            var ids: [String: Int] = [:]
            var merges: [(String, String)] = []
            try reader.object { reader, key in
                guard key == "model" else { return try reader.skip() }
                try reader.object { reader, key in
                    switch key {
                    case "vocab": ids = try readIDs(&reader)
                    case "merges": try reader.array { reader in merges.append(try readMerge(&reader)) }
                    default: try reader.skip()
                    }
                }
            }
            return (ids, merges)
        }
    }

    /// `"a b"` or `["a", "b"]`.
    private static func readMerge(_ reader: inout JSONReader) throws -> (String, String) {
        var parts: [String] = []
        if try reader.nextKind() == .array {
            try reader.array { reader in parts.append(try reader.string()) }
        } else {
            parts = try reader.string().split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        }
        guard parts.count == 2 else { throw reader.error("a merge needs two tokens") }
        return (parts[0], parts[1])
    }
}
