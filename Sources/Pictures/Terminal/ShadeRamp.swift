/// Glyphs from empty to full, for terminals without colour. Light is full: terminals of that kind write light on dark.
public struct ShadeRamp: Sendable, Equatable {
    /// The glyphs, dark to light.
    public let glyphs: [Character]

    /// Ten shades of ASCII.
    public static let ascii = ShadeRamp(glyphs: Array(" .:-=+*#%@"))
    /// Five shades of block elements.
    public static let blocks = ShadeRamp(glyphs: Array(" ░▒▓█"))

    private init(glyphs: [Character]) {
        self.glyphs = glyphs
    }

    /// The glyph for a cell at column `x` and row `y`: the mean luminance of its halves, dithered; halves without picture
    /// count as dark.
    public func glyph(for cell: HalfBlockImage.Cell, x: Int, y: Int) -> Character {
        let luminance = ((cell.top?.luminance ?? 0) + (cell.bottom?.luminance ?? 0)) / 2
        let position = luminance / 255 * Double(glyphs.count - 1)
        let lower = Int(position)
        let isUpper = position - Double(lower) > OrderedDither.threshold(x: x, y: y)
        return glyphs[min(isUpper ? lower + 1 : lower, glyphs.count - 1)]
    }
}
