/// Pasted text. It is never keys: outside of a line that is being typed it does nothing.
extension DashboardState {
    /// Puts pasted text into the line that is being typed.
    mutating func paste(_ text: String) {
        let line = Self.line(text, between: context == .classifyInput && classify.editing?.field == .labels ? "," : "")
        if case .input = overlay {
            _ = edit { input in line.forEach { input.insert($0) } }
        } else if overlay == nil, let type = mode.type {
            line.forEach { type(&self, $0) }
        } else {
            notice = Notice(
                text: "pasted text was not taken: it goes into a line that is being typed, and none is", level: .warning
            )
        }
    }

    /// The text as one line: its lines joined, blank ones left out, without what cannot be typed.
    private static func line(_ text: String, between separator: String) -> String {
        text.split(whereSeparator: \.isNewline)
            .map { $0.filter { character in character.unicodeScalars.allSatisfy { Key(scalar: $0)?.isText == true } } }
            .filter { line in !line.allSatisfy(\.isWhitespace) }
            .joined(separator: separator)
    }
}

extension Key {
    /// Whether it is a character of a text.
    fileprivate var isText: Bool { if case .character = self { true } else { false } }
}
