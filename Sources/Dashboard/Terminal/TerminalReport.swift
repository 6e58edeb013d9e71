import CNCurses
import Foundation

/// What can be said about the terminal without drawing on it; what `doctor` shows.
public struct TerminalReport: Sendable, Equatable {
    /// The terminal type of the environment; empty where `TERM` is not set.
    public var type: String
    /// The colours of the type's description; nil where the type is unknown here.
    public var colors: Int?
    /// What the dashboard makes of them.
    public var depth: ColorDepth
    /// The character encoding of the locale, e.g. `UTF-8`.
    public var codeset: String
    /// The shapes the dashboard would draw with.
    public var glyphs: Glyphs
    /// How the dashboard would show pictures, if nothing else is asked for.
    public var pictures: PictureMode
    /// Columns of the terminal on standard output; nil where that is none.
    public var columns: Int?
    /// Its rows.
    public var rows: Int?

    /// Looks at the environment and at standard output.
    public init(environment: [String: String]) {
        type = environment["TERM"] ?? ""
        // Where nothing is known of the type itself the dashboard makes do with another one; that is worth saying.
        let variant = TerminalCapabilities.types(environment: environment).first ?? ""
        let described = Self.describedColors(variant) ?? Self.describedColors(type)
        colors = described.map { max(0, $0) }
        depth = TerminalCapabilities.depth(colors: colors ?? 0, environment: environment)
        codeset = String(cString: curses_locale_codeset())
        glyphs = TerminalCapabilities.glyphs(codeset: codeset, type: type)
        pictures = PictureMode.detected(environment: environment)
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 {
            (columns, rows) = (Int(size.ws_col), Int(size.ws_row))
        }
    }

    /// The colours of a type's description, below 0 for none; nil where the type is unknown here.
    private static func describedColors(_ type: String) -> Int? {
        let colors = type.isEmpty ? -2 : Int(curses_colors_of(type))
        return colors == -2 ? nil : colors
    }
}
