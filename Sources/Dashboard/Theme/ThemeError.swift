import Foundation

/// What can be wrong with a theme. Messages name the file, the line, the role and what would be right.
public enum ThemeError: Error, Equatable, LocalizedError, CustomStringConvertible {
    case notFound(name: String, folder: String, available: [String])
    case unreadable(file: String, reason: String)
    case syntax(file: String, line: Int, reason: String)
    case unknownKey(file: String, line: Int, key: String)
    case notAColor(file: String, line: Int, role: String, value: String)
    case notAPaletteColor(file: String, line: Int, role: String, value: String)
    case wrongGradient(file: String, line: Int, count: Int)
    case wrongValue(file: String, line: Int, key: String, expected: String)

    /// One readable line.
    public var description: String {
        switch self {
        case .notFound(let name, let folder, let available):
            let list =
                available.isEmpty ? "there are no themes there" : "there are " + available.joined(separator: ", ")
            return "there is no theme '\(name)' in \(folder); \(list)"
        case .unreadable(let file, let reason): return "\(file): \(reason)"
        case .syntax(let file, let line, let reason): return "\(file):\(line): \(reason)"
        case .unknownKey(let file, let line, let key):
            let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
            return
                "\(file):\(line): '\(key)' is not a role; the roles are \(roles), and there are gradient, summary and light"
        case .notAColor(let file, let line, let role, let value):
            return "\(file):\(line): \(role): '\(value)' is not a colour; write \"#RRGGBB\" or a colour name"
        case .notAPaletteColor(let file, let line, let role, let value):
            let names = ANSIColor.allCases.prefix(9).map(\.name).joined(separator: ", ")
            return
                "\(file):\(line): \(role): '\(value)' is not a terminal colour; write \(names) or \"bright \" and one"
        case .wrongGradient(let file, let line, let count):
            return "\(file):\(line): gradient: \(count) colours; write three, for start, middle and end"
        case .wrongValue(let file, let line, let key, let expected):
            return "\(file):\(line): \(key): write \(expected)"
        }
    }

    /// The same for Foundation.
    public var errorDescription: String? { description }
}
