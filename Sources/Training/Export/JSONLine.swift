import Foundation

/// One JSON object in one line, its members in the order in which they were added. What is not a number is null.
struct JSONLine {
    private var text = "{"

    mutating func add(_ key: String, _ value: String) { member(key, Self.quoted(value)) }

    mutating func add(_ key: String, _ value: Int) { member(key, "\(value)") }

    mutating func add(_ key: String, _ value: Double) { member(key, value.isFinite ? "\(value)" : "null") }

    mutating func add(_ key: String, _ time: Date) { member(key, CourseTime.text(time)) }

    /// What stands there as it is: JSON already.
    mutating func add(_ key: String, json: String) { member(key, json) }

    /// The object and a line feed.
    var bytes: some Sequence<UInt8> { (text + "}\n").utf8 }

    private mutating func member(_ key: String, _ json: String) {
        if text.utf8.count > 1 { text += "," }
        text += "\"\(key)\":" + json
    }

    private static func quoted(_ value: String) -> String {
        var result = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            // Line separators end a line for some readers.
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
