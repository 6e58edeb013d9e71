import Pictures

/// How pictures are shown.
public enum PictureMode: String, Sendable, CaseIterable {
    /// By Kitty's graphics protocol, in the terminal's own pixels.
    case kitty
    /// By Sixel, likewise.
    case sixel
    /// By half blocks, or shades where there are no colours.
    case blocks
    /// Not at all.
    case none

    /// What a terminal is known to understand, by its environment alone: a question to a terminal that does not know it
    /// would be answered by nothing, or by letters on the screen.
    ///
    /// Inside tmux it is blocks: what is outside of it is not known, and it passes nothing on unless it is told to.
    public static func detected(environment: [String: String]) -> PictureMode {
        let (type, program) = (environment["TERM"] ?? "", environment["TERM_PROGRAM"] ?? "")
        if isInsideTmux(environment: environment) || type.hasPrefix("screen") { return .blocks }
        if type == "xterm-kitty" || type == "xterm-ghostty" || program == "ghostty" { return .kitty }
        if !(environment["KITTY_WINDOW_ID"] ?? "").isEmpty { return .kitty }
        let speaksSixel = ["foot", "mlterm", "contour"].contains { type == $0 || type.hasPrefix($0 + "-") }
        return speaksSixel || ["WezTerm", "mintty", "iTerm.app"].contains(program) ? .sixel : .blocks
    }

    /// Whether there is a tmux between the program and its terminal.
    static func isInsideTmux(environment: [String: String]) -> Bool {
        !(environment["TMUX"] ?? "").isEmpty || (environment["TERM"] ?? "").hasPrefix("tmux")
    }
}

/// A terminal that shows pixels, and how large its cells are.
struct PixelSupport: Sendable, Equatable {
    enum Language: Sendable, Equatable {
        case kitty(insideTmux: Bool)
        case sixel
    }

    var language: Language
    /// A cell in pixels.
    var cell: Size

    struct Size: Sendable, Equatable {
        var width: Int
        var height: Int
    }

    /// What of a mode is possible: nil where half blocks have to do. Sixel has to know how large a cell is, Kitty's
    /// placeholders need UTF-8 and a colour for each picture.
    init?(
        _ mode: PictureMode, cell: Size?, colors: ColorDepth, glyphs: Glyphs, environment: [String: String]
    ) {
        switch mode {
        case .kitty where !glyphs.isASCII && (colors == .indexed256 || colors == .direct):
            language = .kitty(insideTmux: PictureMode.isInsideTmux(environment: environment))
            self.cell = cell ?? Size(width: 10, height: 20)
        case .sixel where colors != .none && cell != nil:
            language = .sixel
            self.cell = cell ?? Size(width: 10, height: 20)
        default: return nil
        }
    }
}

/// A picture in the terminal's own pixels: what has to be sent, once.
struct PixelPicture: Sendable, Equatable {
    var language: PixelSupport.Language
    /// The number the terminal knows it by, 1...255.
    var number: Int
    /// Told apart by this where a number is used again.
    var serial: Int
    /// The cells it takes.
    var columns: Int
    var rows: Int
    /// The escape sequences.
    var sequence: [UInt8]

    /// Fits a picture into `columns` x `rows` cells.
    init(_ picture: Picture, columns: Int, rows: Int, _ support: PixelSupport, number: Int, serial: Int) {
        let (width, height) = (Double(columns * support.cell.width), Double(rows * support.cell.height))
        let scale = min(width / Double(picture.width), height / Double(picture.height))
        let (shownWidth, shownHeight) = (Double(picture.width) * scale, Double(picture.height) * scale)
        self.columns = min(columns, max(1, Int((shownWidth / Double(support.cell.width)).rounded(.up))))
        self.rows = min(rows, max(1, Int((shownHeight / Double(support.cell.height)).rounded(.up))))
        self.number = number
        self.serial = serial
        language = support.language
        func scaled() -> Picture {
            picture.resized(width: max(1, Int(shownWidth)), height: max(1, Int(shownHeight)))
        }
        switch support.language {
        case .kitty(let insideTmux):
            self.rows = min(self.rows, KittyImage.rowMarks.count)
            // The terminal enlarges by itself; what is larger than its place would only be sent in vain.
            sequence = KittyImage.sequence(
                scale < 1 ? scaled() : picture, number: number, columns: self.columns, rows: self.rows,
                insideTmux: insideTmux)
        case .sixel: sequence = SixelImage.sequence(scaled())
        }
    }

    /// What stands in its cells: the parts that Kitty puts in their place, or blanks that Sixel is drawn over.
    func cell(row: Int) -> Cell {
        guard case .kitty = language else { return .blank }
        return Cell(
            KittyImage.placeholder, Style(.indexed(UInt8(clamping: number))), mark: KittyImage.rowMarks[row])
    }
}
