import Pictures

/// A complete set of colours for all roles.
public struct Theme: Sendable, Equatable {
    /// The file's name without `.toml`.
    public let name: String
    /// One line about it, for the notice when it is switched to.
    public let summary: String
    /// Whether it is meant for a light background.
    public let isLight: Bool
    /// The colours of the gradient: start, middle, end.
    public let gradient: [ThemeColor]
    let colors: [Role: ThemeColor]

    /// A theme from the colours a file names. Missing roles derive from `text`, `dim` and `accent`, and those from each
    /// other.
    public init(
        name: String, summary: String = "", isLight: Bool = false, colors given: [Role: ThemeColor],
        gradient: [ThemeColor]? = nil
    ) {
        self.name = name
        self.summary = summary
        self.isLight = isLight
        func pick(_ role: Role, _ fallback: ThemeColor) -> ThemeColor {
            given[role] ?? ThemeColor(rgb: fallback.rgb, ansi: role.ansi)
        }
        let background = pick(.background, ThemeColor(rgb: nil, ansi: .default))
        let text = pick(.text, ThemeColor(rgb: nil, ansi: .default))
        var fainter: RGB?
        if let ink = text.rgb, let paper = background.rgb { fainter = ink.mixed(with: paper, 0.5) }
        let dim = pick(.dim, ThemeColor(rgb: fainter, ansi: .brightBlack))
        let accent = pick(.accent, text)
        var all: [Role: ThemeColor] = [.background: background, .text: text, .dim: dim, .accent: accent]
        for role in Role.allCases where all[role] == nil {
            switch role {
            case .border, .zeroShot, .event: all[role] = pick(role, dim)
            case .loss, .accuracy, .good, .selection: all[role] = pick(role, accent)
            default: all[role] = pick(role, text)
            }
        }
        colors = all
        self.gradient = gradient ?? [dim, accent, text]
    }

    /// The colour of a role.
    public subscript(role: Role) -> ThemeColor { colors[role] ?? ThemeColor(rgb: nil, ansi: .default) }

    /// The terminal's own sixteen colours on its own background; what is left when no theme file can be found.
    public static let terminal = Theme(name: "terminal", summary: "the terminal's own colours", colors: [:])

    /// The theme to begin with where nobody chose one: `paper` if the environment knows of a light background, else `night`.
    public static func suggestedName(environment: [String: String]) -> String {
        // COLORFGBG is `foreground;background` or `foreground;default;background` in numbers of the sixteen colours.
        if let last = environment["COLORFGBG"]?.split(separator: ";").last, last == "7" || last == "15" {
            return "paper"
        }
        return "night"
    }
}
