/// Reads the values of a TOML document.
extension TOMLReader {
    /// The value that begins here.
    func value(depth: Int) throws(TOMLError) -> TOMLValue.Content {
        guard depth < Self.depthLimit else { throw fail("lists and tables are nested more than \(depth) deep") }
        switch peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try string())
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "{"): return .table(try inlineTable(depth: depth))
        default: return try word()
        }
    }

    private func array(depth: Int) throws(TOMLError) -> [TOMLValue] {
        advance(1)
        var values: [TOMLValue] = []
        while true {
            try skipBlankLines()
            if take("]") { return values }
            let line = line
            values.append(TOMLValue(content: try value(depth: depth + 1), line: line))
            try skipBlankLines()
            if take(",") { continue }
            guard take("]") else { throw fail("expected ',' or ']' in the list, not \(found)") }
            return values
        }
    }

    private func inlineTable(depth: Int) throws(TOMLError) -> TOMLTable {
        let node = Node(.inline, line: line)
        advance(1)
        skipSpaces()
        if take("}") { return node.table }
        while true {
            try keyValue(into: node, depth: depth + 1)
            skipSpaces()
            if take("}") { return node.table }
            guard take(",") else { throw fail("expected ',' or '}' in the table, not \(found)") }
            skipSpaces()
        }
    }

    // MARK: strings

    private func string() throws(TOMLError) -> String {
        if take("\"\"\"") { return try longString(quote: UInt8(ascii: "\"")) }
        if take("'''") { return try longString(quote: UInt8(ascii: "'")) }
        return try shortString()
    }

    /// A string of one line, in either quotes.
    func shortString() throws(TOMLError) -> String {
        let quote = peek()
        advance(1)
        var result: [UInt8] = []
        while let byte = peek(), byte != 0x0A, byte != 0x0D {
            advance(1)
            if byte == quote { return String(decoding: result, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                result += try escape()
            } else {
                result.append(try plain(byte))
            }
        }
        throw fail("the text does not end before \(found)")
    }

    private func longString(quote: UInt8) throws(TOMLError) -> String {
        let first = line
        _ = try takeLineEnd()
        var result: [UInt8] = []
        while peek() != nil {
            if peek() == quote, peek(1) == quote, peek(2) == quote {
                advance(3)
                // Up to two quotes may stand right before the closing three.
                for _ in 0..<2 where peek() == quote {
                    result.append(quote)
                    advance(1)
                }
                return String(decoding: result, as: UTF8.self)
            }
            if try takeLineEnd() {
                result.append(0x0A)
                continue
            }
            guard let byte = take() else { break }
            guard byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") else {
                result.append(try plain(byte))
                continue
            }
            if try !continuesOnNextLine() { result += try escape() }
        }
        throw TOMLError(line: first, reason: "the text that begins here does not end")
    }

    /// A backslash at the end of a line takes the line's end and the blanks after it away.
    private func continuesOnNextLine() throws(TOMLError) -> Bool {
        let start = place
        skipSpaces()
        guard try takeLineEnd() else {
            place = start
            return false
        }
        repeat { skipSpaces() } while try takeLineEnd()
        return true
    }

    private func plain(_ byte: UInt8) throws(TOMLError) -> UInt8 {
        guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else {
            throw fail("a control character (the byte \(byte)) in a text; write it as \\u and four digits")
        }
        return byte
    }

    /// What stands behind a backslash.
    private func escape() throws(TOMLError) -> [UInt8] {
        guard let byte = peek() else { throw fail("the text does not end before \(found)") }
        let simple: [UInt8: UInt8] = [
            UInt8(ascii: "b"): 0x08, UInt8(ascii: "t"): 0x09, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "f"): 0x0C,
            UInt8(ascii: "r"): 0x0D, UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C,
        ]
        if let meaning = simple[byte] {
            advance(1)
            return [meaning]
        }
        let digits = byte == UInt8(ascii: "u") ? 4 : byte == UInt8(ascii: "U") ? 8 : 0
        guard digits > 0 else { throw fail("'\\' before \(found) means nothing; a backslash is written \\\\") }
        advance(1)
        var written = ""
        while written.utf8.count < digits, let byte = peek(), Self.isHexadecimal(byte) {
            advance(1)
            written.unicodeScalars.append(Unicode.Scalar(byte))
        }
        guard written.utf8.count == digits, let code = UInt32(written, radix: 16), let scalar = Unicode.Scalar(code)
        else { throw fail("\\\(digits == 4 ? "u" : "U")\(written) is not a character: it wants \(digits) digits") }
        return Array(String(Character(scalar)).utf8)
    }

    // MARK: numbers, dates, true and false

    /// A value without quotes or brackets.
    private func word() throws(TOMLError) -> TOMLValue.Content {
        let start = place
        skip { Self.isHexadecimal($0) || Self.isLetter($0) || ":.+-_".utf8.contains($0) }
        // A date and its time may be two words.
        if place - start == 10, peek() == 0x20, let digit = peek(1), Self.isDigit(digit), peek(3) == UInt8(ascii: ":") {
            advance(1)
            skip { Self.isHexadecimal($0) || Self.isLetter($0) || ":.+-".utf8.contains($0) }
        }
        let word = text(from: start)
        switch word {
        case "": throw fail("expected a value, not \(found)")
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "inf", "+inf": return .float(.infinity)
        case "-inf": return .float(-.infinity)
        case "nan", "+nan", "-nan": return .float(.nan)
        default: break
        }
        if let number = try number(word) { return number }
        if Self.isDateTime(word) { return .dateTime(word) }
        throw fail("'\(word)' is not a value; a text wants quotes: \"\(word)\"")
    }

    private func number(_ word: String) throws(TOMLError) -> TOMLValue.Content? {
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where word.hasPrefix(prefix) {
            guard let digits = Self.digits(word.dropFirst(2), isDigit: { Int(String($0), radix: radix) != nil }) else {
                return nil
            }
            guard let number = Int(digits, radix: radix) else { throw fail("\(word) is too large") }
            return .integer(number)
        }
        let unsigned = word.first == "+" || word.first == "-" ? word.dropFirst() : word[...]
        let parts = unsigned.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
            .flatMap { $0.split(separator: "E", maxSplits: 1, omittingEmptySubsequences: false) }
        guard parts.count <= 2, let mantissa = parts.first else { return nil }
        let sides = mantissa.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = Self.digits(sides[0]), whole == "0" || !whole.hasPrefix("0") else { return nil }
        var text = (word.hasPrefix("-") ? "-" : "") + whole
        if sides.count == 1, parts.count == 1 {
            guard let number = Int(text) else { throw fail("\(word) is too large") }
            return .integer(number)
        }
        if sides.count == 2 {
            guard let decimals = Self.digits(sides[1]) else { return nil }
            text += "." + decimals
        }
        if parts.count == 2 {
            let isSigned = parts[1].first == "+" || parts[1].first == "-"
            guard let exponent = Self.digits(isSigned ? parts[1].dropFirst() : parts[1]) else { return nil }
            text += "e" + (parts[1].first == "-" ? "-" : "") + exponent
        }
        return Double(text).map { .float($0) }
    }

    /// Digits without the underscores between them; nil if it is anything else.
    private static func digits(
        _ text: Substring, isDigit: (Character) -> Bool = { $0.isASCII && $0.isNumber }
    ) -> String? {
        let groups = text.split(separator: "_", omittingEmptySubsequences: false)
        guard groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else { return nil }
        return groups.joined()
    }

    /// `2026-11-29`, `07:32:00`, or both with a `T` or a blank between, and where both are, perhaps an offset.
    private static func isDateTime(_ word: String) -> Bool {
        let date = #/\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])/#
        let time = #/(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?/#
        let both = #/(.{10})[Tt ]([^Zz+-]*)(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)?/#
        if word.wholeMatch(of: date) != nil || word.wholeMatch(of: time) != nil { return true }
        guard let parts = word.wholeMatch(of: both) else { return false }
        return parts.1.wholeMatch(of: date) != nil && parts.2.wholeMatch(of: time) != nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
