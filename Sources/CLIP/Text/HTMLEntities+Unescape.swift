extension HTMLEntities {
    /// The text with character references replaced, as HTML5 prescribes and Python's `html.unescape` does it: named ones
    /// with or without the semicolon, the longest name first; decimal and hexadecimal ones.
    static func unescape(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        return replacingReferences(in: text, with: reference(_:at:))
    }

    /// The text with every `&...` that `lookUp` knows replaced by what it stands for; `lookUp` answers with that and the
    /// reference's length.
    static func replacingReferences(
        in text: String, with lookUp: ([Unicode.Scalar], _ index: Int) -> (String, length: Int)?
    ) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            if scalars[index] == "&", let (replacement, length) = lookUp(scalars, index) {
                result.append(contentsOf: replacement.unicodeScalars)
                index += length
            } else {
                result.append(scalars[index])
                index += 1
            }
        }
        return String(result)
    }

    /// What the reference at `index` stands for, and its length; nil if there is none.
    private static func reference(_ scalars: [Unicode.Scalar], at index: Int) -> (String, length: Int)? {
        let rest = scalars[(index + 1)...]
        guard rest.first == "#" else { return namedReference(rest) }
        let digits = rest.dropFirst()
        if digits.first == "x" || digits.first == "X" {
            return numericReference(digits.dropFirst(), radix: 16, prefixLength: 3)
        }
        return numericReference(digits, radix: 10, prefixLength: 2)
    }

    private static func numericReference(
        _ rest: ArraySlice<Unicode.Scalar>, radix: UInt32, prefixLength: Int
    ) -> (String, length: Int)? {
        var value: UInt32 = 0
        var count = 0
        for scalar in rest {
            guard scalar.isASCII, let digit = Character(scalar).hexDigitValue, digit < radix else { break }
            value = min(value * radix + UInt32(digit), 0x11_0000)  // beyond Unicode is beyond Unicode
            count += 1
        }
        guard count > 0 else { return nil }
        let hasSemicolon = rest.dropFirst(count).first == ";"
        return (character(value), prefixLength + count + (hasSemicolon ? 1 : 0))
    }

    private static func namedReference(_ rest: ArraySlice<Unicode.Scalar>) -> (String, length: Int)? {
        let name = rest.prefix(32).prefix { !"\t\n\u{C} <&#;".unicodeScalars.contains($0) }
        if rest.dropFirst(name.count).first == ";", let entity = named[String(String.UnicodeScalarView(name))] {
            return (entity.text, 1 + name.count + 1)
        }
        for length in stride(from: min(name.count, longestBareName), to: 1, by: -1) {
            let entity = named[String(String.UnicodeScalarView(name.prefix(length)))]
            if let entity, !entity.needsSemicolon { return (entity.text, 1 + length) }
        }
        return nil
    }

    /// Numbers that stand for something else than the scalar of that number.
    private static func character(_ number: UInt32) -> String {
        switch number {
        case 0, 0xD800...0xDFFF, 0x11_0000...: "\u{FFFD}"
        case 0x0D: "\r"
        case 0x80...0x9F: String(Windows1252.scalar(forC1: number))
        case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0xFDD0...0xFDEF: ""
        case _ where number & 0xFFFE == 0xFFFE: ""
        default: Unicode.Scalar(number).map { String($0) } ?? ""
        }
    }
}

/// The code page that text without a declared encoding most often is in.
enum Windows1252 {
    private static let table: [Unicode.Scalar] = Array(
        "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ".unicodeScalars)

    /// What the code page has at a place where Unicode has a control character; the control itself where it has nothing.
    /// - Precondition: `number` is 0x80 to 0x9F.
    static func scalar(forC1 number: UInt32) -> Unicode.Scalar { table[Int(number - 0x80)] }
}
