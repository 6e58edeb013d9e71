import Foundation

/// JSON for standard output, in one style everywhere: indented, keys in snake case and sorted.
enum JSONText {
    /// The text of a value, without a line feed at the end.
    static func of(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
