import Foundation

/// Comma-separated values (docs/programs.md#csv): RFC 4180 quoting, line feeds, a point in numbers whatever the locale.
public enum CSVText {
    /// One line with its line feed.
    public static func line(_ fields: [String]) -> String { fields.map(field).joined(separator: ",") + "\n" }

    /// A field, quoted where it holds a comma, a quote or a line end.
    public static func field(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    /// A number with six significant digits; nothing for what is not one.
    public static func number(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "" }
        return String(format: "%.6g", value)
    }
}
