import Training

extension Canvas {
    /// Clears a box of `width` x `height` in the middle of the region and draws it in the accent colour.
    mutating func dialog(
        width: Int, height: Int, title: String, value: [Caption] = [], foot: String, _ glyphs: Glyphs,
        content: (inout Canvas) -> Void
    ) {
        let area = bounds
        let size = (width: min(width, area.width), height: min(height, area.height))
        let place = Rect(
            x: (area.width - size.width) / 2, y: (area.height - size.height) / 2, width: size.width,
            height: size.height)
        cover()
        restyle(area) { style in
            // The screen steps back: what is behind a question is furniture. Pictures have no fainter colours.
            if case .role = style.foreground, case .role = style.background { style = Style(.role(.dim)) }
        }
        inside(place) { canvas in
            canvas.fill(canvas.bounds)
            canvas.box(
                glyphs, title: [.init(title, .role(.title, .bold))], value: value, footRight: [.init(foot, .dim)],
                border: .role(.accent), content: content)
        }
    }
}

/// All keys with what they do, from the command table; what the screen is about comes first.
enum HelpOverlay {
    /// Draws the list over the screen, in two columns where that helps, from row `firstLine` on where not all have room.
    static func draw(
        firstLine: Int, _ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        let lines = lines(for: state, glyphs)
        let area = canvas.bounds
        let columns = lines.count + 2 > area.height && area.width >= 2 * columnWidth + 6 ? split(lines) : [lines]
        let rows = columns.map(\.count).max() ?? 0
        let room = max(0, min(area.height, rows + 2) - 2)
        let first = max(0, min(firstLine, rows - room))
        let more = rows > room ? (glyphs.isASCII ? "up/down, " : "↑↓ ") : ""
        canvas.dialog(
            width: columns.count * (columnWidth + 2) + 2, height: rows + 2, title: "keys",
            value: [.init("theme \(state.themeName)", .dim)], foot: more + "any key closes", glyphs
        ) { inner in
            for (index, column) in columns.enumerated() {
                let width = columns.count == 1 ? inner.bounds.width : columnWidth
                let place = Rect(x: index * (columnWidth + 2), y: 0, width: width, height: inner.bounds.height)
                inner.inside(place) { draw(column.dropFirst(first).prefix(room), into: &$0, glyphs) }
            }
        }
        canvas.hotSpot(canvas.bounds, .closeOverlay)
        canvas.wheel(up: .scrollUp, down: .scrollDown)
    }

    /// Keys, a blank, and the longest text.
    private static let columnWidth = 60

    /// Two columns of about the same length; no section is torn.
    private static func split(_ lines: [Line]) -> [[Line]] {
        let starts = lines.indices.filter { if case .heading = lines[$0] { true } else { false } }
        let middle = starts.min { abs($0 - lines.count / 2) < abs($1 - lines.count / 2) } ?? 0
        return middle == 0 ? [lines] : [Array(lines[..<middle]), Array(lines[middle...])]
    }

    private static func draw(_ lines: ArraySlice<Line>, into canvas: inout Canvas, _ glyphs: Glyphs) {
        for (row, line) in lines.enumerated() {
            switch line {
            case .heading(let text): canvas.text(text, x: 0, y: row, .role(.title, .bold))
            case .entry(let keys, let detail, let isEnabled):
                let role: Role = isEnabled ? .text : .dim
                canvas.text(keys, x: 2, y: row, .role(isEnabled ? .accent : .dim, isEnabled ? .bold : []))
                canvas.text(glyphs.fit(detail, canvas.bounds.width - 14), x: 14, y: row, .role(role))
            }
        }
    }

    enum Line: Equatable {
        case heading(String)
        case entry(keys: String, detail: String, isEnabled: Bool)
    }

    /// The lines of the list; what cannot be done now is dim.
    static func lines(for state: DashboardState, _ glyphs: Glyphs) -> [Line] {
        var lines: [Line] = []
        for section in sections(for: state) {
            lines.append(.heading(section.title))
            for command in CommandTable.all where command.section == section {
                let keys = command.keys.map { $0.label(glyphs) }.joined(separator: " ")
                lines.append(.entry(keys: keys, detail: command.detail, isEnabled: command.isEnabled(state)))
            }
        }
        if state.hasMouse { lines += mouse }
        return lines
    }

    private static func sections(for state: DashboardState) -> [DashboardCommand.Section] {
        let own = state.mode.section ?? state.screen.section
        let all = DashboardCommand.Section.all
        return own.map { own in [own] + all.filter { $0 != own } } ?? all
    }

    /// The mouse has no commands of its own.
    private static let mouse: [Line] = [
        .heading("Mouse"),
        .entry(keys: "click", detail: "keys, titles, classes, cells; in a curve: cross-hair", isEnabled: true),
        .entry(keys: "wheel", detail: "lists and pictures scroll, charts zoom", isEnabled: true),
        .entry(keys: "with shift", detail: "selects text, as without cliptop", isEnabled: true),
    ]
}
