import Foundation

/// What the dashboard needs of a screen and its keys. One back end drives ncurses, one keeps everything in memory.
protocol Terminal: AnyObject {
    /// Columns and rows, at least one each.
    var size: (columns: Int, rows: Int) { get }
    /// What it can show.
    var capabilities: TerminalCapabilities { get }
    /// A descriptor that is readable when keys are waiting.
    var inputDescriptor: Int32 { get }
    /// The descriptor frames are written to; -1 where there is none.
    var outputDescriptor: Int32 { get }
    /// Whether it would take output without blocking.
    var isWritable: Bool { get }
    /// Bytes sent to the terminal so far; nil where nobody counts them.
    var bytesSent: Int? { get }
    /// Shows a finished canvas; costs what changed since the last one.
    func show(_ canvas: Canvas, theme: Theme)
    /// Whether it tells of the mouse.
    var hasMouse: Bool { get }
    /// What is waiting to be read, if anything; never blocks.
    func readInput() -> Input?
    /// When there may be input although nothing new has come: a lone Escape is one once nothing follows it.
    var inputDeadline: ContinuousClock.Instant? { get }
    /// Takes up the size the terminal has now.
    func resize()
    /// Sends everything anew with the next `show`.
    func invalidate()
    /// Gives the terminal back and stops the process as Ctrl-Z does; returns when it is continued.
    func suspend()
    /// Gives the terminal back as it was found. Callable more than once.
    func close()
}

/// What a terminal can show: colours and glyphs are separate questions.
public struct TerminalCapabilities: Sendable, Equatable {
    /// How many colours.
    public var colors: ColorDepth
    /// Which shapes.
    public var glyphs: Glyphs
    /// Whether and how it shows pixels.
    var pixels: PixelSupport?
    /// Whether pictures are wanted.
    var showsPictures = true

    /// The descriptions to try for a terminal, the best first: where the environment promises 24 bits of colour, the one of
    /// the same family that says how to ask for them, unless fewer colours are wanted.
    static func types(environment: [String: String], colors: ColorDepth? = nil) -> [String] {
        let wished = environment["TERM"] ?? ""
        var types = [wished, "xterm-256color", "xterm", "ansi"].filter { !$0.isEmpty }
        if let promise = environment["COLORTERM"]?.lowercased(), promise == "truecolor" || promise == "24bit",
            !wished.isEmpty, !wished.hasSuffix("-direct"), colors == nil || colors == .direct
        {
            types.insert(wished.replacing("-256color", with: "") + "-direct", at: 0)
        }
        return types
    }

    /// Capabilities.
    public init(colors: ColorDepth, glyphs: Glyphs) {
        self.colors = colors
        self.glyphs = glyphs
    }

    /// The glyphs for a locale's codeset and a terminal type: ASCII without UTF-8, the console's set on the Linux console.
    public static func glyphs(codeset: String, type: String) -> Glyphs {
        let name = codeset.uppercased().replacing("-", with: "")
        guard name == "UTF8" else { return .ascii }
        return type == "linux" ? .console : .full
    }

    /// The depth of a terminal with this many colours, none where `NO_COLOR` is set (to anything but nothing).
    public static func depth(colors: Int, environment: [String: String]) -> ColorDepth {
        if let wish = environment["NO_COLOR"], !wish.isEmpty { return .none }
        return switch colors {
        case ..<8: .none
        case ..<16: .ansi8
        case ..<256: .ansi16
        case ..<(1 << 24): .indexed256
        default: .direct
        }
    }
}

/// Why there is no dashboard.
public enum TerminalError: Error, Equatable, LocalizedError, CustomStringConvertible {
    /// Neither the standard streams nor /dev/tty are a terminal.
    case noTerminal
    /// ncurses knows none of the terminal types tried.
    case unknownType(tried: [String])
    /// The terminal can only print line after line, e.g. `dumb`.
    case cannotPlaceCursor(type: String)

    /// One readable line.
    public var description: String {
        switch self {
        case .noTerminal: "there is no terminal to draw on; use --plain"
        case .cannotPlaceCursor(let type): "the terminal type \(type) can only print lines; use --plain"
        case .unknownType(let tried):
            "the terminal types \(tried.joined(separator: ", ")) are unknown here; set TERM to a known one or use --plain"
        }
    }

    /// The same for Foundation.
    public var errorDescription: String? { description }
}
