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
            record(entry, x: column, y: y, into: &canvas)
            column += canvas.text(entry.keys, x: column, y: y, .role(.accent, .bold))
            column += canvas.text(" " + entry.title, x: column, y: y, .dim) + 2
        }
    }

    /// An entry of the footer.
    struct Entry {
        var keys: String
        var title: String
        var rank: Double
        var command: DashboardCommand.ID
        /// The commands of the keys, where they are two.
        var halves: [DashboardCommand.ID]
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
            let halves = Self.halves(of: keys, here)
            if keys == "←→" { keys = glyphs.leftRight }
            return Entry(keys: keys, title: footer.title(state), rank: footer.rank, command: command.id, halves: halves)
        }
        let sorted = entries.sorted { $0.rank < $1.rank }
        return Array(sorted.dropFirst() + sorted.prefix(1))
    }

    /// The two commands of an entry like `+/-` or `←→`; none where it is about one.
    private static func halves(of keys: String, _ here: [DashboardCommand.Context]) -> [DashboardCommand.ID] {
        let labels = keys.filter { $0 != " " && $0 != "/" }.map(String.init)
        guard labels.count == 2 else { return [] }
        let commands = labels.compactMap { label in
            CommandTable.all.first { command in
                here.contains(command.context) && command.keys.contains { $0.label(.full) == label }
            }?.id
        }
        return commands.count == 2 ? commands : []
    }

    /// A click on an entry is its key; on one of two keys, that one.
    private static func record(_ entry: Entry, x: Int, y: Int, into canvas: inout Canvas) {
        canvas.hotSpot(Rect(x: x, y: y, width: entry.width, height: 1), entry.command)
        let width = DisplayWidth.of(entry.keys)
        for (half, command) in entry.halves.enumerated() {
            let start = half * (width + 1) / 2
            let end = half == 0 ? width / 2 : width
            canvas.hotSpot(Rect(x: x + start, y: y, width: end - start, height: 1), command)
        }
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
