/// A JSON text as a tree, for the small configuration files of models.
package enum JSONValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int)
    case fraction(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Parses a whole text; a key that occurs twice in one object is an error.
    /// - Throws: ``JSONError``.
    package init(parsing bytes: [UInt8], maximumDepth: Int = 32) throws {
        var reader = try JSONReader(bytes, maximumDepth: maximumDepth)
        try self.init(from: &reader)
        try reader.end()
    }

    private init(from reader: inout JSONReader) throws {
        switch try reader.nextKind() {
        case .null:
            try reader.null()
            self = .null
        case .boolean: self = .boolean(try reader.boolean())
        case .string: self = .string(try reader.string())
        case .number:
            switch try reader.number() {
            case .integer(let value): self = .integer(value)
            case .fraction(let value): self = .fraction(value)
            }
        case .array:
            var elements: [JSONValue] = []
            try reader.array { reader in elements.append(try JSONValue(from: &reader)) }
            self = .array(elements)
        case .object:
            var members: [String: JSONValue] = [:]
            try reader.object { reader, key in
                let value = try JSONValue(from: &reader)
                guard members.updateValue(value, forKey: key) == nil else {
                    throw reader.error("the key \(readable(key)) occurs twice in one object")
                }
            }
            self = .object(members)
        }
    }

    /// The value as a person would write it, cut short: for messages.
    package var summary: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): "\(value)"
        case .fraction(let value): "\(value)"
        case .string(let value): readable(value)
        case .array: "a list"
        case .object: "an object"
        }
    }
}

/// `text` in quotes, fit for one line of a message: no control characters (it may come from a hostile file and go to a
/// terminal), and not longer than a line.
package func readable(_ text: String, limit: Int = 100) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(limit) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            shown += "\\u{\(String(scalar.value, radix: 16))}"
        default: shown.unicodeScalars.append(scalar)
        }
    }
    return "\"\(shown)\"" + (text.unicodeScalars.count > limit ? "..." : "")
}
