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

/// The question before work is thrown away.
enum QuitDialog {
    /// Draws the question over the screen; one line where there is no room for a box.
    static func draw(_ choice: QuitChoice, _ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let area = canvas.bounds
        guard area.height >= 8, area.width >= 30 else {
            let y = area.height - 1
            canvas.cover()
            canvas.fill(Rect(x: 0, y: y, width: area.width, height: 1))
            let text = "quit? c cancel, e after epoch, s save, d discard"
            canvas.text(glyphs.fit(text, area.width), x: 0, y: y, .role(.warning, .bold))
            return
        }
        let run = state.run
        let word = run.state == .paused ? "paused" : "training"
        let facts = "\(word), epoch \(run.epoch) of \(run.plannedEpochs); nothing is saved yet"
        canvas.dialog(
            width: 50, height: 9, title: "quit?",
            foot: glyphs.isASCII ? "up/down, enter, esc" : "↑↓ enter esc", glyphs
        ) { inner in
            let width = inner.bounds.width
            inner.text(glyphs.fit(facts, width), x: 0, y: 0, .role(.warning))
            for (index, option) in QuitChoice.allCases.enumerated() {
                let y = inner.bounds.height - QuitChoice.allCases.count - 1 + index
                let isChosen = option == choice
                let style =
                    isChosen
                    ? Style(.role(.title), on: .role(.selection), .bold) : Style(.role(.text))
                inner.text(glyphs.pad("", width), x: 0, y: y, style)
                if isChosen { inner.put(glyphs.winner, x: 0, y: y, style) }
                inner.text(glyphs.fit(option.title, width - 4), x: 2, y: y, style)
                var keyStyle = style
                if !isChosen { keyStyle.foreground = .role(.accent) }
                inner.text(option.key.label(glyphs), endingAt: width - 1, y: y, keyStyle)
                inner.hotSpot(Rect(x: 0, y: y, width: width, height: 1), option.command)
            }
        }
    }
}

/// All keys with what they do, from the command table.
enum HelpOverlay {
    /// Draws the list over the screen, from line `firstLine` on where not all have room.
    static func draw(
        firstLine: Int, _ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        let lines = lines(for: state, glyphs)
        let area = canvas.bounds
        let room = max(0, min(area.height, lines.count + 2) - 2)
        let first = max(0, min(firstLine, lines.count - room))
        let more = lines.count > room ? (glyphs.isASCII ? "up/down, " : "↑↓ ") : ""
        canvas.dialog(
            width: 62, height: lines.count + 2, title: "keys", value: [.init("theme \(state.themeName)", .dim)],
            foot: more + "any key closes", glyphs
        ) { inner in
            for (row, line) in lines.dropFirst(first).prefix(room).enumerated() {
                switch line {
                case .heading(let text): inner.text(text, x: 0, y: row, .role(.title, .bold))
                case .entry(let keys, let detail, let isEnabled):
                    let role: Role = isEnabled ? .text : .dim
                    inner.text(keys, x: 2, y: row, .role(isEnabled ? .accent : .dim, isEnabled ? .bold : []))
                    inner.text(glyphs.fit(detail, inner.bounds.width - 16), x: 16, y: row, .role(role))
                case .empty: break
                }
            }
        }
        canvas.hotSpot(canvas.bounds, .closeOverlay)
        canvas.wheel(up: .scrollUp, down: .scrollDown)
    }

    enum Line: Equatable {
        case heading(String)
        case entry(keys: String, detail: String, isEnabled: Bool)
        case empty
    }

    /// The lines of the list; what cannot be done now is dim.
    static func lines(for state: DashboardState, _ glyphs: Glyphs) -> [Line] {
        var lines: [Line] = []
        for section in DashboardCommand.Section.allCases {
            lines.append(.heading(section.rawValue))
            for command in CommandTable.all where command.section == section {
                let keys = command.keys.map { $0.label(glyphs) }.joined(separator: " ")
                lines.append(.entry(keys: keys, detail: command.detail, isEnabled: command.isEnabled(state)))
            }
        }
        if state.hasMouse { lines += mouse }
        return lines
    }

    /// The mouse has no commands of its own.
    private static let mouse: [Line] = [
        .heading("Mouse"),
        .entry(keys: "click", detail: "keys, titles, classes, cells; in a curve: cross-hair", isEnabled: true),
        .entry(keys: "wheel", detail: "lists and pictures scroll, charts zoom", isEnabled: true),
        .entry(keys: "with shift", detail: "selects text, as without cliptop", isEnabled: true),
    ]
}
