/// A key press, whatever the terminal sent for it.
enum Key: Sendable, Hashable {
    /// A printable character.
    case character(Character)
    /// A letter together with Ctrl, in lower case.
    case control(Character)
    case enter, escape, backspace, delete, tab, backTab
    case left, right, up, down, home, end, pageUp, pageDown

    /// How help and footer write it.
    func label(_ glyphs: Glyphs) -> String {
        switch self {
        case .character(" "): "space"
        case .character(let character): String(character)
        case .control(let character): "Ctrl-" + String(character).uppercased()
        case .enter: "enter"
        case .escape: "esc"
        case .backspace: "backspace"
        case .delete: "delete"
        case .tab: "tab"
        case .backTab: "shift-tab"
        case .left: glyphs.isASCII ? "left" : "←"
        case .right: glyphs.isASCII ? "right" : "→"
        case .up: glyphs.isASCII ? "up" : "↑"
        case .down: glyphs.isASCII ? "down" : "↓"
        case .home: "home"
        case .end: "end"
        case .pageUp: "page up"
        case .pageDown: "page down"
        }
    }

    /// The key of a character as a terminal in cbreak mode sends it; nil for what no key sends.
    init?(scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x0A, 0x0D: self = .enter
        case 0x09: self = .tab
        case 0x1B: self = .escape
        case 0x08, 0x7F: self = .backspace
        case 0x01...0x1A:
            guard let letter = Unicode.Scalar(scalar.value + 0x60) else { return nil }
            self = .control(Character(letter))
        case 0x00...0x1F, 0x80..<0xA0: return nil
        default: self = .character(Character(scalar))
        }
    }
}
