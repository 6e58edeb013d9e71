import Foundation

/// Paths as text. A file name on Linux is a row of bytes in no particular encoding, a `String` is UTF-8: a byte that is
/// not part of valid UTF-8 is written as one of the private characters U+EF80 to U+EFFF, `0xEF00` plus the byte, as
/// MirBSD's OPTU-8 does. A name that holds such a character itself has its three bytes written in that way, so that
/// different names are different texts and every text gives its name back, byte for byte.
///
/// A text like this is a `String` like any other: it can be joined, sorted, stored and printed (`printable` shows the byte
/// as `\xfc`). Only what hands a path to the system has to know: ``Swift/String/withSystemPath(_:)``.
public enum PathText {
    /// The text of a name as the system gives it.
    public static func text(_ name: some Collection<UInt8>) -> String {
        if let text = String(validating: name, as: UTF8.self), !mayHoldBytes(text) { return text }
        var text = ""
        var rest = Array(name)[...]
        while let first = rest.first {
            let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            let piece = rest.prefix(length)
            if piece.count == length, let character = String(validating: piece, as: UTF8.self), !mayHoldBytes(character)
            {
                text += character
                rest = rest.dropFirst(length)
            } else {
                text.unicodeScalars.append(scalar(of: first))
                rest = rest.dropFirst()
            }
        }
        return text
    }

    /// The name that a text stands for.
    public static func bytes(_ text: String) -> [UInt8] {
        guard mayHoldBytes(text) else { return Array(text.utf8) }
        return text.unicodeScalars.flatMap { scalar in byte(of: scalar).map { [$0] } ?? Array(String(scalar).utf8) }
    }

    /// The byte that a character stands for; nil for one that stands for itself.
    public static func byte(of scalar: Unicode.Scalar) -> UInt8? {
        (0xEF80...0xEFFF).contains(scalar.value) ? UInt8(truncatingIfNeeded: scalar.value) : nil
    }

    /// Whether some byte of the name is no UTF-8.
    public static func isUTF8(_ text: String) -> Bool { !text.unicodeScalars.contains { byte(of: $0) != nil } }

    /// The text for people, with the bytes that are no UTF-8 taken for Latin-1, the usual encoding before it.
    public static func asLatin1(_ text: String) -> String {
        guard mayHoldBytes(text) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            result.unicodeScalars.append(byte(of: scalar).map { Unicode.Scalar($0) } ?? scalar)
        }
        return result
    }

    /// The arguments of this process with every byte kept; `CommandLine.arguments` replaces what is no UTF-8.
    public static var commandLineArguments: [String] {
        (0..<Int(CommandLine.argc)).compactMap { index in
            CommandLine.unsafeArgv[index].map { argument in
                text(UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
            }
        }
    }

    private static func scalar(of byte: UInt8) -> Unicode.Scalar {
        Unicode.Scalar(0xEF00 + UInt32(byte)) ?? Unicode.Scalar(byte)
    }

    /// Whether one of the private characters could be among the text's: U+EF80 to U+EFFF begin with EE BE or EE BF.
    private static func mayHoldBytes(_ text: String) -> Bool {
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if previous == 0xEE, byte >= 0xBE { return true }
            previous = byte
        }
        return false
    }
}

extension String {
    /// Calls `body` with the path as the system wants it: its bytes, with a zero behind them.
    public func withSystemPath<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
        if PathText.isUTF8(self) { return try withCString(body) }
        return try (PathText.bytes(self).map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return try withCString(body) }
            return try body(start)
        }
    }
}

/// A text that equals another only if its bytes are the same. Swift takes composed and decomposed characters for the
/// same text; to the file system they are two names.
public struct ExactText: Hashable, Sendable {
    /// The text.
    public let text: String

    /// A text by its bytes.
    public init(_ text: String) { self.text = text }

    /// Whether the bytes are equal.
    public static func == (a: Self, b: Self) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
