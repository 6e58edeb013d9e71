/// The shapes a screen is drawn with. Which of them a terminal's font has is a question apart from its colours.
public struct Glyphs: Sendable, Equatable {
    /// What curves are made of.
    public enum Curve: Sendable, Equatable {
        /// Lines of Braille dots, 2 x 4 a cell.
        case braille
        /// Columns of `verticalLevels`.
        case bars
        /// One asterisk a column.
        case stars
    }

    /// Left top, top, right top, left, right, left bottom, bottom, right bottom.
    struct Box: Sendable, Equatable {
        var topLeft: Unicode.Scalar
        var topRight: Unicode.Scalar
        var bottomLeft: Unicode.Scalar
        var bottomRight: Unicode.Scalar
        var horizontal: Unicode.Scalar
        var vertical: Unicode.Scalar
    }

    var curve: Curve
    var box: Box
    /// A cell filled from below, from empty to full.
    var verticalLevels: [Unicode.Scalar]
    /// A cell filled from the left, from empty to full.
    var horizontalLevels: [Unicode.Scalar]
    /// What stands left and right of a progress bar, and what its empty part is made of.
    var barLeft: Unicode.Scalar
    var barRight: Unicode.Scalar
    var barEmpty: Unicode.Scalar
    /// A vertical line where the user did something.
    var event: Unicode.Scalar
    /// The horizontal line to beat, where no dots are to be had.
    var baseline: Unicode.Scalar
    /// The marker at a value that is no number.
    var notANumber: Unicode.Scalar
    /// The marker at a curve's best value.
    var best: Unicode.Scalar
    var winner: Unicode.Scalar
    var running: Unicode.Scalar
    var paused: Unicode.Scalar
    var done: Unicode.Scalar
    var trouble: Unicode.Scalar
    var waiting: Unicode.Scalar
    var check: Unicode.Scalar
    var cross: Unicode.Scalar
    var ellipsis: Unicode.Scalar
    var separator: String
    var times: String
    var arrow: String
    var leftRight: String
    /// Whether a cell can show two picture rows by the half block.
    var halfBlocks: Bool
    /// Whether anything outside ASCII can be shown.
    public var isASCII: Bool

    /// Braille curves, eighth blocks, rounded boxes: every terminal emulator with a current font.
    public static let full = Glyphs(
        curve: .braille,
        box: Box(
            topLeft: "╭", topRight: "╮", bottomLeft: "╰", bottomRight: "╯", horizontal: "─", vertical: "│"),
        verticalLevels: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
        horizontalLevels: [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
        barLeft: "▕", barRight: "▏", barEmpty: " ", event: "┊", baseline: "╌", notANumber: "▲", best: "◆",
        winner: "▸", running: "●",
        paused: "‖", done: "■", trouble: "▲", waiting: "○", check: "✓", cross: "✗", ellipsis: "…", separator: " · ",
        times: "×", arrow: "→", leftRight: "←→", halfBlocks: true, isASCII: false)

    /// The same without Braille: columns of eighth blocks.
    public static let blocks: Glyphs = {
        var glyphs = full
        glyphs.curve = .bars
        return glyphs
    }()

    /// The Linux console, whose fonts have 256 or 512 glyphs: half and full blocks, square corners.
    public static let console: Glyphs = {
        var glyphs = full
        glyphs.curve = .bars
        glyphs.box = Box(
            topLeft: "┌", topRight: "┐", bottomLeft: "└", bottomRight: "┘", horizontal: "─", vertical: "│")
        glyphs.verticalLevels = [" ", "▄", "█"]
        glyphs.horizontalLevels = [" ", "▌", "█"]
        glyphs.barLeft = "["
        glyphs.barRight = "]"
        glyphs.event = "│"
        glyphs.baseline = "─"
        glyphs.notANumber = "!"
        glyphs.best = "o"
        glyphs.winner = ">"
        glyphs.running = "*"
        glyphs.paused = "="
        glyphs.done = "■"
        glyphs.trouble = "!"
        glyphs.waiting = "-"
        glyphs.check = "+"
        glyphs.cross = "x"
        glyphs.ellipsis = "~"
        return glyphs
    }()

    /// Nothing but ASCII.
    public static let ascii = Glyphs(
        curve: .stars,
        box: Box(topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+", horizontal: "-", vertical: "|"),
        verticalLevels: [" ", ".", ":", "#"], horizontalLevels: [" ", "#"], barLeft: "[", barRight: "]", barEmpty: ".",
        event: ":", baseline: "-", notANumber: "!", best: "o", winner: ">", running: "*", paused: "=", done: "#",
        trouble: "!",
        waiting: "-", check: "+", cross: "x", ellipsis: "~", separator: " - ", times: "x", arrow: "->",
        leftRight: "<- ->", halfBlocks: false, isASCII: true)
}
