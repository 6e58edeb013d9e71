import Files

/// Where and why a JSON text is wrong.
package struct JSONError: Error, CustomStringConvertible {
    /// What is wrong, and the byte it was found at.
    package let description: String
    /// That byte, if there is one.
    package var offset: Int?
}

/// A strict JSON reader for files from anywhere: it walks the text once, never recurses deeper than it was allowed to,
/// and builds only what the caller asks for.
///
/// Strict means RFC 8259 to the letter: no comments, no NaN, no trailing commas, no control characters in strings, no
/// lone surrogates, nothing after the value. Foundation's parser accepts duplicate keys and does not tell an integer
/// from a fraction; both matter here.
package struct JSONReader {
    private let bytes: [UInt8]
    private var position: Int
    private var depth = 0
    private let maximumDepth: Int
    private let maximumStringLength: Int

    /// A reader of `bytes`, which must be UTF-8; a byte order mark is skipped. Strings may have `maximumStringLength` bytes.
    /// - Throws: ``JSONError`` if they are not.
    package init(_ bytes: [UInt8], maximumDepth: Int, maximumStringLength: Int = .max) throws {
        if ByteOrderMark.isWide(bytes) { throw JSONError(description: "it is UTF-16; save it as UTF-8") }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw JSONError(description: "it is not UTF-8") }
        self.bytes = bytes
        position = ByteOrderMark.length(in: bytes)
        self.maximumDepth = maximumDepth
        self.maximumStringLength = maximumStringLength
    }

    /// What kind of value comes next.
    package enum Kind { case object, array, string, number, boolean, null }

    /// The kind of the next value.
    package mutating func nextKind() throws -> Kind {
        skipBlanks()
        guard let byte = peek() else { throw error("expected a value") }
        switch byte {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw error("expected a value")
        }
    }

    /// Reads an object; `member` is called after each key and must read its value.
    package mutating func object(_ member: (inout JSONReader, String) throws -> Void) throws {
        try open(UInt8(ascii: "{"), "'{'")
        if close(UInt8(ascii: "}")) { return }
        repeat {
            skipBlanks()
            let key = try string()
            try expect(UInt8(ascii: ":"), "':'")
            try member(&self, key)
        } while try another(until: UInt8(ascii: "}"))
    }

    /// Reads an array; `element` is called for each element and must read it.
    package mutating func array(_ element: (inout JSONReader) throws -> Void) throws {
        try open(UInt8(ascii: "["), "'['")
        if close(UInt8(ascii: "]")) { return }
        repeat { try element(&self) } while try another(until: UInt8(ascii: "]"))
    }

    /// Reads a string.
    package mutating func string() throws -> String {
        try expect(UInt8(ascii: "\""), "a string")
        let start = position
        while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        guard position - start <= maximumStringLength else { throw error("too long a string") }
        if peek() == UInt8(ascii: "\"") {
            defer { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        var unescaped = Array(bytes[start..<position])
        while let byte = take() {
            guard unescaped.count <= maximumStringLength else { throw error("too long a string") }
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: unescaped, as: UTF8.self)
            case UInt8(ascii: "\\"): unescaped.append(contentsOf: try escape())
            case 0..<0x20: throw error("control character in a string")
            default: unescaped.append(byte)
            }
        }
        throw JSONError(description: "the text ends inside a string")
    }

    /// A number as it was written: only digits make an integer, `2.0` and `2e0` do not.
    package enum Number { case integer(Int), fraction(Double) }

    /// Reads a number.
    package mutating func number() throws -> Number {
        skipBlanks()
        let start = position
        if peek() == UInt8(ascii: "-") { position += 1 }
        if peek() == UInt8(ascii: "0") { position += 1 } else { try digits() }
        var isInteger = true
        if peek() == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits()
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger {
            guard let value = Int(text) else { throw error("the number \(text.prefix(40)) does not fit 64 bits") }
            return .integer(value)
        }
        guard let value = Double(text), value.isFinite else {
            throw error("the number \(text.prefix(40)) is too large")
        }
        return .fraction(value)
    }

    /// Reads an integer that must not be negative.
    package mutating func count() throws -> Int {
        guard try nextKind() == .number, case .integer(let value) = try number(), value >= 0 else {
            throw error("expected a whole number that is not negative")
        }
        return value
    }

    /// Reads `true` or `false`.
    package mutating func boolean() throws -> Bool {
        skipBlanks()
        if word("true") { return true }
        if word("false") { return false }
        throw error("expected true or false")
    }

    /// Reads `null`.
    package mutating func null() throws {
        skipBlanks()
        guard word("null") else { throw error("expected null") }
    }

    /// Reads past one value of any kind.
    package mutating func skip() throws {
        switch try nextKind() {
        case .object: try object { reader, _ in try reader.skip() }
        case .array: try array { reader in try reader.skip() }
        case .string: _ = try string()
        case .number: _ = try number()
        case .boolean: _ = try boolean()
        case .null: try null()
        }
    }

    /// Makes sure that nothing but blanks follows.
    package mutating func end() throws {
        skipBlanks()
        guard position == bytes.count else { throw error("unexpected text after the value") }
    }

    /// An error at the present position.
    package func error(_ message: String) -> JSONError {
        JSONError(
            description: position < bytes.count ? "\(message) at byte \(position)" : "\(message), but the text ends",
            offset: position)
    }

    /// The line of the present position, from 1. Counted anew each time: for messages only.
    package var line: Int { 1 + bytes.prefix(position).count { $0 == 0x0A } }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take() -> UInt8? {
        guard let byte = peek() else { return nil }
        position += 1
        return byte
    }

    private mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func expect(_ byte: UInt8, _ name: String) throws {
        skipBlanks()
        guard peek() == byte else { throw error("expected \(name)") }
        position += 1
    }

    private mutating func open(_ byte: UInt8, _ name: String) throws {
        try expect(byte, name)
        depth += 1
        guard depth <= maximumDepth else { throw error("nested deeper than \(maximumDepth) levels") }
    }

    private mutating func close(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard peek() == byte else { return false }
        position += 1
        depth -= 1
        return true
    }

    private mutating func another(until closing: UInt8) throws -> Bool {
        if close(closing) { return false }
        try expect(UInt8(ascii: ","), "',' or '\(Character(UnicodeScalar(closing)))'")
        return true
    }

    private mutating func digits() throws {
        let start = position
        while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw error("expected a digit") }
    }

    private mutating func word(_ text: StaticString) -> Bool {
        let expected = text.withUTF8Buffer { Array($0) }
        guard bytes[position...].starts(with: expected) else { return false }
        position += expected.count
        return true
    }

    private mutating func escape() throws -> [UInt8] {
        switch take() {
        case UInt8(ascii: "\""): return [UInt8(ascii: "\"")]
        case UInt8(ascii: "\\"): return [UInt8(ascii: "\\")]
        case UInt8(ascii: "/"): return [UInt8(ascii: "/")]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var scalar = try hexadecimal()
            if (0xD800..<0xDC00).contains(scalar), take() == UInt8(ascii: "\\"), take() == UInt8(ascii: "u") {
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw error("lone surrogate in a string") }
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let character = Unicode.Scalar(scalar) else { throw error("lone surrogate in a string") }
            return Array(UTF8.encode(character) ?? .init())
        default: throw error("unknown escape in a string")
        }
    }

    private mutating func hexadecimal() throws -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = take(), let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                throw error("expected four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
