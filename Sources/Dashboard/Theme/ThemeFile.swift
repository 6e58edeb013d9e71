import Foundation
import Pictures
import TOML

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
        let name = url.deletingPathExtension().lastPathComponent
        return try read(name: name, file: file) { () throws(TOMLError) in try TOMLTable(contentsOf: url) }
    }

    /// Reads a theme from the text of its file.
    /// - Throws: `ThemeError`.
    static func parse(_ text: String, name: String, file: String) throws(ThemeError) -> Theme {
        try read(name: name, file: file) { () throws(TOMLError) in try TOMLTable(text) }
    }

    private static func read(
        name: String, file: String, _ table: () throws(TOMLError) -> TOMLTable
    ) throws(ThemeError) -> Theme {
        var reader = ThemeReader(file: file)
        let entries: TOMLTable
        do { entries = try table() } catch {
            throw error.line.map { .syntax(file: file, line: $0, reason: error.reason) }
                ?? .unreadable(file: file, reason: error.reason)
        }
        return try reader.read(entries, name: name)
    }
}

/// Turns the table of one theme file into a theme.
private struct ThemeReader {
    let file: String
    private var summary = ""
    private var isLight = false
    private var colors: [Role: ThemeColor] = [:]
    private var gradient: [ThemeColor]?

    init(file: String) { self.file = file }

    mutating func read(_ table: TOMLTable, name: String) throws(ThemeError) -> Theme {
        // In the order of the file, so that of several mistakes the first is named.
        for (key, value) in table.entries {
            switch key {
            case "summary":
                guard let text = value.string else { throw wrong(value, key, "one line of text") }
                summary = text
            case "light":
                guard let flag = value.boolean else { throw wrong(value, key, "true or false") }
                isLight = flag
            case "gradient":
                guard let list = value.array else { throw wrong(value, key, "a list of three colours") }
                guard list.count == 3 else {
                    throw .wrongGradient(file: file, line: value.line, count: list.count)
                }
                var stops: [ThemeColor] = []
                // With few colours a gradient is no gradient: all of it is the accent.
                let usual = colors[.accent]?.ansi ?? Role.accent.ansi
                for value in list { stops.append(try color(value, key: key, usual: usual)) }
                gradient = stops
            default:
                guard let role = Role(rawValue: key) else {
                    throw .unknownKey(file: file, line: value.line, key: key)
                }
                colors[role] = try color(value, key: key, usual: role.ansi)
            }
        }
        return Theme(name: name, summary: summary, isLight: isLight, colors: colors, gradient: gradient)
    }

    private func color(
        _ value: TOMLValue, key: String, usual: ANSIColor
    ) throws(ThemeError) -> ThemeColor {
        if let text = value.string {
            if let rgb = RGB(hex: text) { return ThemeColor(rgb: rgb, ansi: usual) }
            if let ansi = ANSIColor(name: text) { return ThemeColor(rgb: nil, ansi: ansi) }
            throw .notAColor(file: file, line: value.line, role: key, value: text)
        }
        guard let table = value.table else {
            throw wrong(value, key, "a colour: \"#RRGGBB\", a colour name, or { rgb = \"#RRGGBB\", ansi = \"NAME\" }")
        }
        var result = ThemeColor(rgb: nil, ansi: usual)
        for (part, inner) in table.entries {
            guard let text = inner.string else { throw wrong(inner, "\(key).\(part)", "a colour in quotes") }
            switch part {
            case "rgb":
                guard let rgb = RGB(hex: text) else {
                    throw .notAColor(file: file, line: value.line, role: key, value: text)
                }
                result.rgb = rgb
            case "ansi":
                guard let ansi = ANSIColor(name: text) else {
                    throw .notAPaletteColor(file: file, line: value.line, role: key, value: text)
                }
                result.ansi = ansi
            default: throw wrong(inner, "\(key).\(part)", "only rgb and ansi here")
            }
        }
        return result
    }

    private func wrong(_ value: TOMLValue, _ key: String, _ expected: String) -> ThemeError {
        .wrongValue(file: file, line: value.line, key: key, expected: expected)
    }
}
