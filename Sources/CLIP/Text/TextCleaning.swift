import Foundation

/// What CLIP does to a text before it is cut into tokens (docs/models.md#cleaning): repair, HTML unescaping, white
/// space, lower case, each exactly as OpenAI's and open_clip's tokenizers do it in Python.
public enum TextCleaning {
    /// The text as the tokenizer sees it.
    public static func clean(_ text: String) -> String {
        // Most prompts are plain: then only white space and case are left to do.
        let isPlain = text.utf8.allSatisfy { $0 < 0x7F && $0 >= 0x20 && $0 != UInt8(ascii: "&") }
        let repaired = isPlain ? text : HTMLEntities.unescape(HTMLEntities.unescape(TextRepair.repair(text)))
        return lowercased(collapsed(repaired))
    }

    /// Whether the text looks as if it had been read in the wrong encoding, like "Ã©" for "é". Such text is not repaired;
    /// whoever has typed or read it should know.
    public static func looksMisread(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0 == "Ã" || $0 == "Â" } || text.contains("â€")
    }

    /// Runs of white space become one space; none is left at the ends.
    private static func collapsed(_ text: String) -> String {
        text.unicodeScalars.split(whereSeparator: isSpace).map { String($0) }.joined(separator: " ")
    }

    /// Python's white space: Unicode's, and the separators U+001C to U+001F.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }

    /// Unicode's lower case, with the one rule that looks at the neighbours: a capital sigma at the end of a word becomes ς.
    private static func lowercased(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value == 0x3A3 }) else { return text.lowercased() }
        let scalars = Array(text.unicodeScalars)
        var result = ""
        for (index, scalar) in scalars.enumerated() {
            if scalar.value == 0x3A3 {
                result += isWordFinal(scalars, index) ? "ς" : "σ"
            } else {
                result += scalar.properties.lowercaseMapping
            }
        }
        return result
    }

    /// After a letter, and not before one; what is ignored in casing (accents, apostrophes) is looked through.
    private static func isWordFinal(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
        let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
        let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
        return before?.properties.isCased == true && after?.properties.isCased != true
    }
}
