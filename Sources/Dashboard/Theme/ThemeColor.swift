import Pictures

/// A colour of a theme: exact where the terminal can show it, and one of the terminal's own sixteen where it cannot.
public struct ThemeColor: Sendable, Hashable {
    /// The exact colour; nil to take the terminal's own `ansi` colour everywhere.
    public var rgb: RGB?
    /// The colour on terminals with 16 colours or fewer.
    public var ansi: ANSIColor

    /// A colour.
    public init(rgb: RGB?, ansi: ANSIColor) {
        self.rgb = rgb
        self.ansi = ansi
    }
}

extension RGB {
    /// The colour written as `#RRGGBB` or `#RGB`; nil for anything else.
    init?(hex text: String) {
        guard text.hasPrefix("#") else { return nil }
        let digits = text.dropFirst().compactMap(\.hexDigitValue)
        guard digits.count == text.count - 1 else { return nil }
        switch digits.count {
        case 3: self.init(red: UInt8(digits[0] * 17), green: UInt8(digits[1] * 17), blue: UInt8(digits[2] * 17))
        case 6:
            self.init(
                red: UInt8(digits[0] * 16 + digits[1]), green: UInt8(digits[2] * 16 + digits[3]),
                blue: UInt8(digits[4] * 16 + digits[5]))
        default: return nil
        }
    }

    /// The colour `share` (0...1) of the way to another one.
    func mixed(with other: RGB, _ share: Double) -> RGB {
        func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
            UInt8((Double(a) + (Double(b) - Double(a)) * min(1, max(0, share))).rounded())
        }
        return RGB(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }

    /// The nearest of the colours 16...255 of xterm, without dithering: text needs one colour, not a pattern.
    var nearest256: Int {
        var best = 16
        var bestDistance = Int.max
        for index in 16...255 {
            guard let candidate = TerminalPalette.cube256.color(at: index) else { continue }
            let red = Int(candidate.red) - Int(self.red)
            let green = Int(candidate.green) - Int(self.green)
            let blue = Int(candidate.blue) - Int(self.blue)
            let distance = 3 * red * red + 6 * green * green + 2 * blue * blue
            if distance < bestDistance {
                best = index
                bestDistance = distance
            }
        }
        return best
    }
}
