/// What a colour is for. Panes paint roles; a theme says which colour each has.
public enum Role: String, Sendable, CaseIterable {
    case background, text, dim, title, border, accent, loss, validation, accuracy, zeroShot, event, good, warning, bad,
        selection

    /// The colour on terminals with 16 colours or fewer, where the theme does not name one itself.
    var ansi: ANSIColor {
        switch self {
        case .background, .text, .title: .default
        case .dim, .border: .brightBlack
        case .accent, .loss, .selection: .cyan
        case .validation: .magenta
        case .accuracy, .good: .green
        case .zeroShot, .warning, .event: .yellow
        case .bad: .red
        }
    }

    /// What sets the role apart where there are no colours at all.
    var monochrome: Attributes {
        switch self {
        case .dim, .border, .event: .dim
        case .title, .accent, .good, .warning, .bad: .bold
        case .selection: .reverse
        case .background, .text, .loss, .validation, .accuracy, .zeroShot: []
        }
    }
}

/// The sixteen colours of a terminal's own palette, and its default.
public enum ANSIColor: Int, Sendable, CaseIterable {
    case `default` = -1
    case black, red, green, yellow, blue, magenta, cyan, white
    case brightBlack, brightRed, brightGreen, brightYellow, brightBlue, brightMagenta, brightCyan, brightWhite

    /// The name in theme files: `bright cyan`.
    public var name: String {
        let text = String(describing: self)
        return text.hasPrefix("bright") ? "bright " + text.dropFirst(6).lowercased() : text
    }

    /// The colour of a theme file's name for it, e.g. `cyan`, `bright cyan`, `grey` (which is `bright black`).
    public init?(name: String) {
        let wanted = name.lowercased()
        if wanted == "grey" || wanted == "gray" {
            self = .brightBlack
        } else if let match = Self.allCases.first(where: { $0.name == wanted }) {
            self = match
        } else {
            return nil
        }
    }
}
