import Pictures

/// What a cell is painted with. Panes name a role; which colour that is, the theme and the terminal decide.
enum Paint: Sendable, Hashable {
    /// A colour of the theme.
    case role(Role)
    /// A point on the theme's gradient, 0...255.
    case gradient(UInt8)
    /// A colour of a picture, on terminals with direct colour.
    case rgb(RGB)
    /// A colour of a picture as an index into the terminal's palette.
    case indexed(UInt8)
}

/// How a cell is set apart, besides its colour.
struct Attributes: OptionSet, Sendable, Hashable {
    let rawValue: UInt8
    /// A set of attributes from its bits.
    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Brighter or heavier.
    static let bold = Attributes(rawValue: 1)
    /// Fainter.
    static let dim = Attributes(rawValue: 2)
    /// Foreground and background exchanged.
    static let reverse = Attributes(rawValue: 4)
    /// Underlined.
    static let underline = Attributes(rawValue: 8)
}

/// Foreground, background and attributes of a piece of text.
struct Style: Sendable, Hashable {
    /// The colour of the glyph.
    var foreground: Paint
    /// The colour behind it.
    var background: Paint
    /// Bold and the like.
    var attributes: Attributes

    /// A style; the background is the screen's unless it says otherwise.
    init(
        _ foreground: Paint = .role(.text), on background: Paint = .role(.background), _ attributes: Attributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    /// A style in a role's colour.
    static func role(_ role: Role, _ attributes: Attributes = []) -> Style { Style(.role(role), attributes) }

    /// The theme's plain text.
    static let text = Style()
    /// Everything that is not data.
    static let dim = Style.role(.dim)

    /// A foreground on the screen's background.
    init(_ foreground: Paint, _ attributes: Attributes) {
        self.init(foreground, on: .role(.background), attributes)
    }
}

/// One character position of the screen.
struct Cell: Sendable, Hashable {
    /// The glyph; `Cell.continuation` in the right half of a wide one.
    var scalar: Unicode.Scalar
    /// A combining mark on the glyph.
    var mark: Unicode.Scalar?
    /// How it is painted.
    var style: Style

    /// What stands in the cell that the right half of a wide glyph covers.
    static let continuation: Unicode.Scalar = "\0"
    /// An empty cell.
    static let blank = Cell(" ")

    /// A cell with one glyph.
    init(_ scalar: Unicode.Scalar, _ style: Style = .text, mark: Unicode.Scalar? = nil) {
        self.scalar = scalar
        self.style = style
        self.mark = mark
    }
}
