import Training

/// The Runs screen: what has been trained, and how runs differ.
enum RunsScreen {
    /// Where the panes stand: a function of the size alone. The list is what stays.
    struct Layout: Equatable {
        var status: Rect
        var line: Rect
        var list: Rect?
        var curves: Rect?
        var differences: Rect?
        var footer: Rect

        init(columns: Int, rows: Int, isOpen: Bool) {
            status = Rect(x: 0, y: 0, width: columns, height: 1)
            line = Rect(x: 0, y: 1, width: columns, height: 1)
            footer = Rect(x: 0, y: rows - 1, width: columns, height: 1)
            let body = Rect(x: 0, y: 2, width: columns, height: max(0, rows - 3))
            if isOpen {
                guard columns >= 70 else {
                    differences = body
                    return
                }
                let places = body.columns(2)
                (curves, differences) = (places[0], places[1])
            } else if columns >= 110 {
                let left = columns / 2
                let upper = body.height / 2
                list = Rect(x: 0, y: body.y, width: left, height: body.height)
                curves = Rect(x: left, y: body.y, width: columns - left, height: upper)
                differences = Rect(
                    x: left, y: body.y + upper, width: columns - left, height: body.height - upper)
            } else if body.height >= 16 {
                let upper = body.height * 2 / 5
                list = Rect(x: 0, y: body.y, width: columns, height: upper)
                let lower = Rect(x: 0, y: body.y + upper, width: columns, height: body.height - upper)
                guard columns >= 70 else {
                    curves = lower
                    return
                }
                let places = lower.columns(2)
                (curves, differences) = (places[0], places[1])
            } else {
                list = body
            }
        }
    }

    static func draw(_ state: DashboardState, _ capabilities: TerminalCapabilities, into canvas: inout Canvas) {
        let glyphs = capabilities.glyphs
        let model = state.runs
        let layout = Layout(columns: canvas.bounds.width, rows: canvas.bounds.height, isOpen: model.isOpen)
        canvas.inside(layout.status) { StatusLine.drawIdentity(state, glyphs, into: &$0) }
        canvas.inside(layout.line) { drawLine(state, glyphs, into: &$0) }
        if let list = layout.list { canvas.inside(list) { RunListPane.draw(model, glyphs, into: &$0) } }
        if let curves = layout.curves { canvas.inside(curves) { RunCurvesPane.draw(model, glyphs, into: &$0) } }
        if let differences = layout.differences {
            canvas.inside(differences) { RunDifferencesPane.draw(model, glyphs, into: &$0) }
        }
        canvas.inside(layout.footer) { Footer.draw(state, glyphs, into: &$0) }
    }

    /// What is asked, typed, wrong or filtered, the most urgent of them.
    private static func drawLine(_ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let model = state.runs
        let width = canvas.bounds.width
        if !model.removing.isEmpty {
            let what = model.removing.count == 1 ? "run \(model.removing[0])" : "\(model.removing.count) runs"
            let text = "remove \(what) with adapters and curves for good?  y removes, n keeps"
            canvas.text(glyphs.fit(text, width), x: 0, y: 0, .role(.warning, .bold))
            return
        }
        if let editing = model.editing {
            let prompt =
                switch editing.kind {
                case .filter: "filter "
                case .tags: "tags of \(editing.run ?? "") "
                case .note: "note on \(editing.run ?? "") "
                }
            var column = canvas.text(prompt, x: 0, y: 0, .role(.accent, .bold))
            // The end of a long line is what is being typed.
            let room = max(1, width - column - 2)
            let shown = DisplayWidth.of(editing.text) > room ? String(editing.text.suffix(room)) : editing.text
            column += canvas.text(shown, x: column, y: 0)
            canvas.put(" ", x: column, y: 0, Style(.role(.text), [.reverse]))
            column += 2
            let hint = model.complaint ?? (editing.kind == .filter ? "e.g. top1>0.8 method:clip-adapter tag:good" : "")
            canvas.text(
                glyphs.fit(hint, max(0, width - column)), x: column, y: 0,
                model.complaint == nil ? .dim : .role(.bad, .bold))
            return
        }
        if let failure = model.failure ?? state.notice?.text {
            let isBad = model.failure != nil || state.notice?.level != .info
            canvas.text(glyphs.fit(failure, width), x: 0, y: 0, .role(isBad ? .bad : .accent, .bold))
            return
        }
        let total = model.all?.count ?? 0
        let live = model.all?.count(where: \.isLive) ?? 0
        var pieces: [Canvas.Caption] = [
            .init(total == 1 ? "1 run" : "\(Format.count(total)) runs", .role(.text, .bold))
        ]
        if live > 0 { pieces.append(.init("  \(live) live", .role(.good))) }
        if !model.filterText.isEmpty { pieces.append(.init("  filter \(model.filterText)", .role(.accent))) }
        canvas.captions(pieces, x: 0, y: 0)
    }
}
