import Training

/// The last line: what can be pressed now, or the value being typed.
enum Footer {
    /// Draws the line into the region's last row.
    static func draw(_ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let y = canvas.bounds.height - 1
        if case .input(let line) = state.overlay {
            drawInput(line, state, y: y, glyphs, into: &canvas)
            return
        }
        let width = canvas.bounds.width
        var entries = entries(for: state, glyphs)
        func needed() -> Int { entries.reduce(-2) { $0 + $1.width + 2 } }
        // Help is the way to all others and goes last; the highest rank is the least important.
        while entries.count > 1, needed() > width {
            guard let last = entries.indices.max(by: { entries[$0].rank < entries[$1].rank }) else { break }
            entries.remove(at: last)
        }
        var column = 0
        for entry in entries {
            column += canvas.text(entry.keys, x: column, y: y, .role(.accent, .bold))
            column += canvas.text(" " + entry.title, x: column, y: y, .dim) + 2
        }
    }

    /// An entry of the footer.
    struct Entry {
        var keys: String
        var title: String
        var rank: Int
        var width: Int { DisplayWidth.of(keys) + 1 + DisplayWidth.of(title) }
    }

    /// The enabled commands of the screen that have a place in the footer, the most important first and help last.
    static func entries(for state: DashboardState, _ glyphs: Glyphs) -> [Entry] {
        var uncovered = state
        uncovered.overlay = nil
        let here = uncovered.contexts
        let shown = CommandTable.all.filter {
            here.contains($0.context) && $0.footer?.isShown(state) == true && $0.isEnabled(state)
        }
        let entries = shown.compactMap { command -> Entry? in
            guard let footer = command.footer, let key = command.keys.first else { return nil }
            var keys = footer.keys ?? key.label(glyphs)
            if keys == "←→" { keys = glyphs.leftRight }
            return Entry(keys: keys, title: footer.title(state), rank: footer.rank)
        }
        let sorted = entries.sorted { $0.rank < $1.rank }
        return Array(sorted.dropFirst() + sorted.prefix(1))
    }

    private static func drawInput(
        _ line: InputLine, _ state: DashboardState, y: Int, _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        let width = canvas.bounds.width
        for column in 0..<width { canvas.put(" ", x: column, y: y) }
        var column = canvas.text(line.prompt + " ", x: 0, y: y, .role(.accent, .bold))
        column += canvas.text(line.text, x: column, y: y)
        canvas.put(" ", x: column, y: y, Style(.role(.text), [.reverse]))
        column += 3
        let hint: Canvas.Caption
        if let complaint = line.complaint {
            hint = .init(complaint, .role(.bad, .bold))
        } else {
            hint = .init(
                line.hint(state.run) + glyphs.separator + "enter takes it" + glyphs.separator + "esc leaves it", .dim)
        }
        canvas.text(glyphs.fit(hint.text, width - column), x: column, y: y, hint.style)
    }
}
