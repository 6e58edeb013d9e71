import Training

/// The newest lines of the log, the very newest at the bottom; an error stays in red until a key is pressed.
enum LogPane {
    /// Draws the lines without a frame, over the whole region: at its bottom, or from its top while there are few.
    static func draw(
        _ state: DashboardState, _ glyphs: Glyphs, fromTop: Bool = false, into canvas: inout Canvas
    ) {
        let area = canvas.bounds
        guard !area.isEmpty else { return }
        var rows = area.height
        if let notice = state.shownNotice {
            let lines = wrap(notice.text, width: area.width - 2, most: min(2, rows), glyphs)
            rows -= lines.count
            let role: Role =
                switch notice.level {
                case .error: .bad
                case .warning: .warning
                case .info: .accent
                }
            for (index, line) in lines.enumerated() {
                let mark = notice.level == .info ? glyphs.winner : glyphs.trouble
                if index == 0 { canvas.put(mark, x: 0, y: rows, .role(role, .bold)) }
                canvas.text(line, x: 2, y: rows + index, .role(role, .bold))
            }
        }
        let entries = state.run.log.suffix(rows)
        let first = fromTop ? 0 : rows - entries.count
        for (index, entry) in entries.enumerated() {
            draw(entry, y: first + index, isNewest: index == entries.count - 1, glyphs, into: &canvas)
        }
    }

    /// Draws the lines in a box of their own.
    static func drawBox(_ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let count = state.run.log.count
        canvas.box(
            glyphs, title: [.init("log", .role(.title))],
            footRight: count > 0 ? [.init(count == 1 ? "1 line" : "\(Format.count(count)) lines", .dim)] : []
        ) { draw(state, glyphs, fromTop: true, into: &$0) }
    }

    private static func draw(
        _ entry: LogEntry, y: Int, isNewest: Bool, _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        let role: Role =
            switch entry.level {
            case .error: .bad
            case .warning: .warning
            case .info: isNewest ? .text : .dim
            }
        let width = canvas.bounds.width
        var column = 0
        if width >= 40 { column = canvas.text(Format.clock(entry.time), x: 0, y: y, .dim) + 1 }
        canvas.text(glyphs.fit(entry.text, width - column), x: column, y: y, .role(role))
    }

    /// A text in lines of at most `width` cells, broken at spaces.
    static func wrap(_ text: String, width: Int, most: Int, _ glyphs: Glyphs) -> [String] {
        guard width > 0, most > 0 else { return [] }
        var lines: [String] = []
        var line = ""
        var words = text.split(separator: " ").map(String.init)[...]
        while let word = words.first {
            let candidate = line.isEmpty ? word : line + " " + word
            if DisplayWidth.of(candidate) <= width || line.isEmpty {
                line = candidate
                words = words.dropFirst()
            } else if lines.count == most - 1 {
                line += " " + words.joined(separator: " ")
                words = []
            } else {
                lines.append(line)
                line = ""
            }
        }
        lines.append(line)
        return lines.prefix(most).map { glyphs.fit($0, width) }
    }
}
