import Foundation

/// A path as people type it, paste it or drop it on a terminal: in quotes, with backslashes before blanks, as `file://`
/// address, or from `~` on.
struct TypedPath: Equatable {
    /// The path alone; `~` stays written so.
    let text: String

    /// Reads what was typed. A name that really has such characters in it is taken as it is.
    init(_ typed: String) {
        let trimmed = typed.trimmingCharacters(in: .whitespacesAndNewlines)
        if FileManager.default.fileExists(atPath: (trimmed as NSString).expandingTildeInPath) {
            text = trimmed
            return
        }
        text = Self.address(Self.unescaped(Self.unquoted(trimmed)))
    }

    /// The file.
    var url: URL { URL(filePath: (text as NSString).expandingTildeInPath) }

    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, let quote = text.first, quote == "'" || quote == "\"", text.last == quote else {
            return text
        }
        // The shell's way to put a quote into quotes.
        return String(text.dropFirst().dropLast()).replacing("'\\''", with: "'")
    }

    private static func unescaped(_ text: String) -> String {
        var (result, isEscaped) = ("", false)
        for character in text {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return isEscaped ? result + "\\" : result
    }

    private static func address(_ text: String) -> String {
        guard text.lowercased().hasPrefix("file:") else { return text }
        var path = text.dropFirst("file:".count)
        if path.hasPrefix("//") {
            // The name of the machine is this one's.
            path = path.dropFirst(2).drop { $0 != "/" }
        }
        return path.removingPercentEncoding ?? String(path)
    }
}

extension URL {
    /// Whether there is a folder.
    var isFolder: Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
