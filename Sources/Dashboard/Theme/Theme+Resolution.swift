import Pictures

/// How many colours a terminal shows.
public enum ColorDepth: String, Sendable, CaseIterable {
    case none, ansi8, ansi16, indexed256, direct
}

/// What a back end needs to know about a cell's look: color numbers as ncurses counts them (-1 is the terminal's
/// default) and attributes.
struct TerminalStyle: Hashable {
    var foreground: Int32
    var background: Int32
    var attributes: Attributes
}

extension Theme {
    /// The colours and attributes of a style on a terminal of this depth.
    func resolve(_ style: Style, _ depth: ColorDepth) -> TerminalStyle {
        var attributes = style.attributes
        guard depth != .none else {
            if case .role(let role) = style.foreground { attributes.formUnion(role.monochrome) }
            if case .role(let role) = style.background { attributes.formUnion(role.monochrome) }
            return TerminalStyle(foreground: -1, background: -1, attributes: attributes)
        }
        let foreground = number(style.foreground, depth)
        var background = number(style.background, depth)
        if depth == .ansi8, foreground == ANSIColor.brightBlack.rawValue { attributes.insert(.dim) }
        if style.background == .role(.selection), depth == .ansi8 || depth == .ansi16 {
            // A selection is a coloured bar; with few colours, reversing is the only thing sure to be readable.
            background = number(.role(.background), depth)
            attributes.insert(.reverse)
        }
        return TerminalStyle(
            foreground: folded(foreground, depth), background: folded(background, depth), attributes: attributes)
    }

    /// The bright colours of eight-colour terminals are their plain ones; bright black is the default, made faint.
    private func folded(_ number: Int, _ depth: ColorDepth) -> Int32 {
        guard depth == .ansi8, number >= 8 else { return Int32(number) }
        return number == ANSIColor.brightBlack.rawValue ? -1 : Int32(number - 8)
    }

    private func number(_ paint: Paint, _ depth: ColorDepth) -> Int {
        switch paint {
        case .role(let role): number(self[role], depth)
        case .gradient(let position): number(gradientColor(position), depth)
        case .rgb(let color): number(ThemeColor(rgb: color, ansi: .default), depth)
        case .indexed(let index): Int(index)
        }
    }

    private func number(_ color: ThemeColor, _ depth: ColorDepth) -> Int {
        switch depth {
        case .none: return -1
        case .ansi8, .ansi16: return color.ansi.rawValue
        case .indexed256: return color.rgb.map(\.nearest256) ?? color.ansi.rawValue
        case .direct:
            guard let rgb = color.rgb ?? TerminalPalette.ansi16.color(at: color.ansi.rawValue) else { return -1 }
            let packed = Int(rgb.red) << 16 | Int(rgb.green) << 8 | Int(rgb.blue)
            // On direct-colour terminals the numbers 0...7 still mean the palette; a black with a hint of blue does not.
            return packed < 8 ? 8 : packed
        }
    }

    private func gradientColor(_ position: UInt8) -> ThemeColor {
        guard let first = gradient.first, let last = gradient.last else { return self[.accent] }
        let place = Double(position) / 255 * Double(gradient.count - 1)
        let index = min(Int(place), gradient.count - 1)
        let (from, to) = (gradient[index], index + 1 < gradient.count ? gradient[index + 1] : last)
        guard let start = from.rgb, let end = to.rgb else { return place < 0.5 ? first : to }
        let share = place - Double(index)
        return ThemeColor(rgb: start.mixed(with: end, share), ansi: share < 0.5 ? from.ansi : to.ansi)
    }
}
