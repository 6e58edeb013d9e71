import Files
import Foundation

/// The lines of an untrusted text file, within the limits of docs/data.md#untrusted-files.
struct TextLines {
    /// A line without its end, and its number, from 1.
    struct Line {
        var number: Int
        var text: Substring
    }

    static let maximumFileSize = 1 << 30
    static let maximumLineLength = 64 << 10
    static let maximumLines = 50_000_000

    /// The lines that are not blank.
    private(set) var lines: [Line] = []

    /// Splits `bytes` at LF or CR LF; a byte-order mark is dropped.
    /// - Throws: ``DatasetError`` for a line that is too long or no UTF-8.
    init(_ bytes: [UInt8], file: String) throws(DatasetError) {
        var problems = LineProblems(file: file)
        var rest = bytes[...]
        rest = rest.dropFirst(ByteOrderMark.length(in: bytes))
        var number = 0
        while !rest.isEmpty {
            number += 1
            guard number <= Self.maximumLines else {
                throw .invalid(file: file, reason: "more than \(Self.maximumLines) lines")
            }
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            var line = rest[rest.startIndex..<end]
            rest = rest[min(end + 1, rest.endIndex)...]
            if line.last == 0x0D { line = line.dropLast() }
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
            if line.count > Self.maximumLineLength {
                problems.add(number, "longer than \(Self.maximumLineLength >> 10) KiB")
            } else if let text = String(validating: line, as: UTF8.self) {
                lines.append(Line(number: number, text: text[...]))
            } else {
                problems.add(number, "not UTF-8")
            }
        }
        try problems.check()
    }

    /// The lines of a file.
    init(contentsOf url: URL) throws(DatasetError) {
        try self.init(Self.bytes(of: url), file: url.path)
    }

    /// The content of a file of at most the largest size that is read.
    static func bytes(of url: URL) throws(DatasetError) -> [UInt8] {
        let path = url.path
        let bytes: [UInt8]
        do { bytes = try readFile(path, limit: maximumFileSize) } catch {
            switch error {
            case .permissionDenied: throw .noPermission(path: path)
            case .missing: throw .invalid(file: path, reason: "there is no such file")
            default: throw .invalid(file: path, reason: error.text)
            }
        }
        if let content = ForeignContent(bytes) { throw .invalid(file: path, reason: "is \(content.text)") }
        if ByteOrderMark.isWide(bytes) { throw .invalid(file: path, reason: "is UTF-16; save it as UTF-8") }
        return bytes
    }
}

extension Substring {
    /// What remains without blanks at both ends.
    var trimmed: Substring {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return self[endIndex...]
        }
        return self[first...last]
    }

    /// The parts before and after the last run of blanks, if both are there.
    var splitAtLastBlank: (head: Substring, tail: Substring)? {
        let line = trimmed
        guard let blank = line.utf8.lastIndex(where: { $0 == 0x20 || $0 == 0x09 }) else { return nil }
        return (line[..<blank].trimmed, line[line.utf8.index(after: blank)...])
    }
}

/// Lines that cannot be used: the first ten and the total, for one message.
struct LineProblems {
    private let file: String
    private var lines: [BadLine] = []
    private var total = 0

    init(file: String) { self.file = file }

    /// Whether further ones are only counted.
    var isFull: Bool { lines.count >= 10 }

    /// Adds a line.
    mutating func add(_ number: Int, _ reason: String) {
        total += 1
        if !isFull { lines.append(BadLine(number: number, reason: reason)) }
    }

    /// - Throws: ``DatasetError/badLines(file:lines:total:)`` if there are any.
    func check() throws(DatasetError) {
        if total > 0 { throw .badLines(file: file, lines: lines, total: total) }
    }
}

/// Which paths a file may name (docs/data.md#untrusted-files).
struct PathRules {
    /// Whether paths may be absolute and contain `..`.
    var allowOutside: Bool
    /// Whether paths may be absolute: in lists that their user has written.
    var allowAbsolute = false

    /// What is wrong with `path`; nil if nothing is.
    func problem(_ path: some StringProtocol) -> String? {
        if path.isEmpty { return "the path is empty" }
        if path.utf8.contains(0) { return "the path holds a NUL character" }
        if allowOutside { return nil }
        if path.hasPrefix("/"), !allowAbsolute {
            return "the path \(shortened(path)) is absolute (--allow-outside permits it)"
        }
        if path.split(separator: "/").contains("..") {
            return "the path \(shortened(path)) leads outside with '..' (--allow-outside permits it)"
        }
        return nil
    }
}

/// `text` in quotes, short enough for a message.
func shortened(_ text: some StringProtocol) -> String { text.count > 60 ? "'\(text.prefix(60))…'" : "'\(text)'" }
