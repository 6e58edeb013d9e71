import Foundation
import Pictures
import TOMLKit

// A theme file is a flat TOML file: a line per role, and `summary`, `light` and `gradient`.
//
//     accent = "#58a6ff"                              # exact, and the role's usual colour on small palettes
//     accent = "cyan"                                 # the terminal's own
//     accent = { rgb = "#58a6ff", ansi = "blue" }     # both

extension Theme {
    /// Reads `name.toml` from a folder of themes.
    /// - Throws: `ThemeError`.
    public static func load(named name: String, from folder: URL) throws(ThemeError) -> Theme {
        let available = names(in: folder)
        guard available.contains(name) else {
            throw ThemeError.notFound(
                name: name, folder: folder.path(percentEncoded: false), available: available)
        }
        return try load(contentsOf: folder.appending(path: name + ".toml"))
    }

    /// The names of all themes in a folder, sorted.
    public static func names(in folder: URL) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
        return files.filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }.sorted()
    }

    /// Reads one theme file.
    /// - Throws: `ThemeError`.
    public static func load(contentsOf url: URL) throws(ThemeError) -> Theme {
        let file = url.deletingLastPathComponent().lastPathComponent + "/" + url.lastPathComponent
        let text: String
        do {
            text = try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw .unreadable(file: file, reason: "cannot be read as text: \(error.localizedDescription)")
        }
        return try parse(text, name: url.deletingPathExtension().lastPathComponent, file: file)
    }

    /// Reads a theme from the text of its file.
    /// - Throws: `ThemeError`.
    static func parse(_ text: String, name: String, file: String) throws(ThemeError) -> Theme {
        var reader = ThemeReader(text: text, file: file)
        return try reader.read(name: name)
    }
}

/// Turns the text of one theme file into a theme, and knows where everything stood.
private struct ThemeReader {
    let text: String
    let file: String
    private var summary = ""
    private var isLight = false
    private var colors: [Role: ThemeColor] = [:]
    private var gradient: [ThemeColor]?

    init(text: String, file: String) {
        self.text = text
        self.file = file
    }

    mutating func read(name: String) throws(ThemeError) -> Theme {
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw .syntax(file: file, line: error.source.begin.line, reason: Self.firstLine(error.description))
        } catch {
            throw .unreadable(file: file, reason: error.localizedDescription)
        }
        // In the order of the file, so that of several mistakes the first is named.
        for key in table.keys.sorted(by: { line(of: $0) < line(of: $1) }) {
            guard let value = table[key] else { continue }
            switch key {
            case "summary":
                guard let text = value.string else { throw wrong(key, "one line of text") }
                summary = text
            case "light":
                guard let flag = value.bool else { throw wrong(key, "true or false") }
                isLight = flag
            case "gradient":
                guard let list = value.array else { throw wrong(key, "a list of three colours") }
                guard list.count == 3 else {
                    throw .wrongGradient(file: file, line: line(of: key), count: list.count)
                }
                var stops: [ThemeColor] = []
                // With few colours a gradient is no gradient: all of it is the accent.
                let usual = colors[.accent]?.ansi ?? Role.accent.ansi
                for value in list { stops.append(try color(value, key: key, usual: usual)) }
                gradient = stops
            default:
                guard let role = Role(rawValue: key) else {
                    throw .unknownKey(file: file, line: line(of: key), key: key)
                }
                colors[role] = try color(value, key: key, usual: role.ansi)
            }
        }
        return Theme(name: name, summary: summary, isLight: isLight, colors: colors, gradient: gradient)
    }

    private func color(
        _ value: any TOMLValueConvertible, key: String, usual: ANSIColor
    ) throws(ThemeError) -> ThemeColor {
        if let text = value.string { return try color(text, key: key, usual: usual) }
        guard let table = value.table else {
            throw wrong(key, "a colour: \"#RRGGBB\", a colour name, or { rgb = \"#RRGGBB\", ansi = \"NAME\" }")
        }
        var result = ThemeColor(rgb: nil, ansi: usual)
        for part in table.keys.sorted().reversed() {
            guard let text = table[part]?.string else { throw wrong("\(key).\(part)", "a colour in quotes") }
            switch part {
            case "rgb":
                guard let rgb = RGB(hex: text) else {
                    throw .notAColor(file: file, line: line(of: key), role: key, value: text)
                }
                result.rgb = rgb
            case "ansi":
                guard let ansi = ANSIColor(name: text) else {
                    throw .notAPaletteColor(file: file, line: line(of: key), role: key, value: text)
                }
                result.ansi = ansi
            default: throw wrong("\(key).\(part)", "only rgb and ansi here")
            }
        }
        return result
    }

    private func color(_ text: String, key: String, usual: ANSIColor) throws(ThemeError) -> ThemeColor {
        if let rgb = RGB(hex: text) { return ThemeColor(rgb: rgb, ansi: usual) }
        if let ansi = ANSIColor(name: text) { return ThemeColor(rgb: nil, ansi: ansi) }
        throw .notAColor(file: file, line: line(of: key), role: key, value: text)
    }

    private func wrong(_ key: String, _ expected: String) -> ThemeError {
        let top = key.split(separator: ".").first.map(String.init) ?? key
        return .wrongValue(file: file, line: line(of: top), key: key, expected: expected)
    }

    /// The line a top-level key stands on, from 1; the parser does not tell.
    private func line(of key: String) -> Int {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var rest = line.drop { $0 == " " || $0 == "\t" || $0 == "[" || $0 == "\"" }
            guard rest.hasPrefix(key) else { continue }
            rest = rest.dropFirst(key.count).drop { $0 == " " || $0 == "\t" || $0 == "\"" }
            if let next = rest.first, next == "=" || next == "." || next == "]" { return index + 1 }
        }
        return 1
    }

    private static func firstLine(_ text: String) -> String {
        text.split(separator: "\n").first.map(String.init) ?? "not a TOML file"
    }
}
