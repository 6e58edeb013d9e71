/// What stands in for a glyph where only ASCII can be shown.
enum ASCIILookalike {
    static func of(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "→", "▸", "▶": ">"
        case "←", "◂": "<"
        case "↑", "▲": "^"
        case "↓", "▼": "v"
        case "×": "x"
        case "·", "•", "‐", "‑", "–", "—", "−": "-"
        case "‘", "’": "'"
        case "“", "”": "\""
        case "…": "~"
        case "\u{A0}": " "
        default: "?"
        }
    }
}
