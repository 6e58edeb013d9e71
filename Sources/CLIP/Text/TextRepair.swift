import Foundation

/// What the Python library `ftfy` repairs in a text, which OpenAI's and open_clip's tokenizers run first
/// (docs/models.md#cleaning): HTML entities, ligatures, full-width forms, curly quotes, line breaks, control
/// characters.
///
/// Text that was decoded with the wrong encoding ("Ã©" for "é") is left as it is.
enum TextRepair {
    static func repair(_ text: String) -> String {
        // Line by line, as ftfy does: from the first "<" on, entities are taken to be meant as they are.
        var result = ""
        var mayUnescape = true
        for line in lines(text) {
            if line.unicodeScalars.contains("<") { mayUnescape = false }
            result += repair(line: line, mayUnescape: mayUnescape)
        }
        return result
    }

    private static func lines(_ text: String) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            line.append(scalar)
            if scalar == "\n" {
                lines.append(String(line))
                line.removeAll()
            }
        }
        return line.isEmpty ? lines : lines + [String(line)]
    }

    /// One repair can make another possible, so all are tried until nothing changes.
    private static func repair(line: String, mayUnescape: Bool) -> String {
        var text = line
        var before: String
        repeat {
            before = text
            if mayUnescape, !text.unicodeScalars.contains("<") { text = unescapeEntities(text) }
            text = replaceScalars(text)
            text = removeEscapeSequences(text)
            text = removeControls(text)
            text = text.precomposedStringWithCanonicalMapping
        } while !text.unicodeScalars.elementsEqual(before.unicodeScalars)
        return text
    }

    // MARK: Entities

    /// Entities that end in a semicolon, and upper-cased names of those that are all lower case.
    private static func unescapeEntities(_ text: String) -> String {
        HTMLEntities.replacingReferences(in: text, with: entity(_:at:))
    }

    /// What `&#?[0-9A-Za-z]{1,24};` at `index` stands for, and its length; nil if it is no such thing.
    private static func entity(_ scalars: [Unicode.Scalar], at index: Int) -> (String, length: Int)? {
        var end = index + 1
        let isNumeric = end < scalars.count && scalars[end] == "#"
        if isNumeric { end += 1 }
        let nameStart = end
        while end < scalars.count, end - nameStart < 24, scalars[end].isASCII, Character(scalars[end]).isLetterOrDigit {
            end += 1
        }
        guard end > nameStart, end < scalars.count, scalars[end] == ";" else { return nil }
        let length = end + 1 - index
        if isNumeric {
            let reference = String(String.UnicodeScalarView(scalars[index...end]))
            let unescaped = HTMLEntities.unescape(reference)
            return unescaped.contains(";") ? nil : (unescaped, length)
        }
        let name = String(String.UnicodeScalarView(scalars[nameStart..<end]))
        if let entity = HTMLEntities.named[name] { return (entity.text, length) }
        return upperCased(name).map { ($0, length) }
    }

    private static func upperCased(_ name: String) -> String? {
        let lower = name.lowercased()
        guard name == name.uppercased(), let entity = HTMLEntities.named[lower] else { return nil }
        // Not where the upper-cased name means, or begins like, something else.
        let reference = "&\(name);"
        return HTMLEntities.unescape(reference) == reference ? entity.text.uppercased() : nil
    }

    // MARK: Characters

    private static func replaceScalars(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0x80 || $0 == 0x0D }) else { return text }
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            defer { previous = scalar }
            switch scalar.value {
            case 0x0A where previous == "\r": continue  // its carriage return was a line break already
            case 0x0D, 0x2028, 0x2029: result.append("\n")
            case 0x80...0x9F: result.append(Windows1252.scalar(forC1: scalar.value))
            case 0x02BC, 0x2018...0x201B: result.append("'")
            case 0x201C...0x201F: result.append("\"")
            case 0x3000: result.append(" ")
            case 0xFF01...0xFFEF:
                result.append(contentsOf: String(scalar).precomposedStringWithCompatibilityMapping.unicodeScalars)
            default:
                if let ligature = ligatures[scalar] {
                    result.append(contentsOf: ligature.unicodeScalars)
                } else {
                    result.append(scalar)
                }
            }
        }
        return String(result)
    }

    private static let ligatures: [Unicode.Scalar: String] = [
        "\u{FB00}": "ff", "\u{FB01}": "fi", "\u{FB02}": "fl", "\u{FB03}": "ffi", "\u{FB04}": "ffl", "\u{FB05}": "ſt",
        "\u{FB06}": "st", "\u{132}": "IJ", "\u{133}": "ij", "\u{149}": "ʼn", "\u{1C4}": "DŽ", "\u{1C5}": "Dž",
        "\u{1C6}": "dž", "\u{1C7}": "LJ", "\u{1C8}": "Lj", "\u{1C9}": "lj", "\u{1CA}": "NJ", "\u{1CB}": "Nj",
        "\u{1CC}": "nj", "\u{1F1}": "DZ", "\u{1F2}": "Dz", "\u{1F3}": "dz",
    ]

    // MARK: Controls

    /// Removes what steers terminals: `ESC [`, digits and semicolons, a letter.
    private static func removeEscapeSequences(_ text: String) -> String {
        guard text.utf8.contains(0x1B) else { return text }
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            if scalars[index] == "\u{1B}", index + 1 < scalars.count, scalars[index + 1] == "[" {
                var end = index + 2
                while end < scalars.count,
                    scalars[end] == ";" || scalars[end].properties.generalCategory == .decimalNumber
                {
                    end += 1
                }
                if end < scalars.count, scalars[end].isASCII, Character(scalars[end]).isLetter {
                    index = end + 1
                    continue
                }
            }
            result.append(scalars[index])
            index += 1
        }
        return String(result)
    }

    private static func removeControls(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x00...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFC: continue
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}

extension Character {
    fileprivate var isLetterOrDigit: Bool { isLetter || isWholeNumber }
}
