/// A canvas on the normal screen, where no back end holds it: lines of text, with colours as escape sequences.
extension Canvas {
    /// The rows as text, without trailing spaces and without a line feed at the end. With no colours there is no escape
    /// sequence in it.
    func printed(colors: ColorDepth) -> String {
        guard colors != .none else { return plain }
        return (0..<height).map { y in
            var line = ""
            var current = ""
            let cells = row(y)
            let end = cells.lastIndex { $0.scalar != " " }.map { $0 + 1 } ?? cells.startIndex
            for cell in cells[..<end] where cell.scalar != Cell.continuation {
                let sequence = cell.scalar == " " ? current : Self.sequence(cell.style)
                if sequence != current { line += "\u{1b}[0\(sequence)m" }
                current = sequence
                line.unicodeScalars.append(cell.scalar)
                if let mark = cell.mark { line.unicodeScalars.append(mark) }
            }
            return line + (current.isEmpty ? "" : "\u{1b}[0m")
        }.joined(separator: "\n")
    }

    /// What follows the reset in a select-graphic-rendition sequence. The normal screen has the user's own colours:
    /// roles of a theme become bold or faint, and only the palette's first sixteen are used.
    private static func sequence(_ style: Style) -> String {
        var sequence = style.attributes.contains(.bold) ? ";1" : ""
        switch style.foreground {
        case .role(.dim), .role(.border), .role(.zeroShot): sequence += ";2"
        case .indexed(let index) where index < 8: sequence += ";3\(index)"
        case .indexed(let index) where index < 16: sequence += ";9\(index - 8)"
        default: break
        }
        return sequence
    }
}
