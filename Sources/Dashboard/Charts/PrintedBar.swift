/// A bar in a line of text.
public enum PrintedBar {
    /// A bar of which `fraction` (0...1) is filled, to the eighth of a cell, and blanks up to `width` columns.
    public static func text(_ fraction: Double, width: Int, glyphs: Glyphs) -> String {
        var canvas = Canvas(width: width, height: 1)
        canvas.bar(fraction, x: 0, y: 0, width: width, .text, glyphs)
        return glyphs.pad(canvas.plain, width)
    }
}
