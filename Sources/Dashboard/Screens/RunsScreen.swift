import Training

extension Screen {
    /// What has been trained, and how runs differ.
    static let runs = Screen(
        name: "runs", detail: "all runs, side by side", footerRank: 11,
        commands: CommandTable.runs + CommandTable.runsInput + CommandTable.runsQuestion, section: .runs,
        isAboutOtherRuns: true,
        mode: { state in
            if state.runs.editing != nil { return Mode(context: .runsInput, type: { $0.runs.insert($1) }) }
            return state.runs.removing.isEmpty ? nil : Mode(context: .runsQuestion)
        }, panes: RunsScreen.panes)
}

/// What the Runs screen is made of.
enum RunsScreen {
    /// Where the panes stand: a function of the size alone. The list is what stays.
    struct Layout: Equatable {
        var list: Rect?
        var curves: Rect?
        var differences: Rect?

        init(_ body: Rect, isOpen: Bool) {
            if isOpen {
                guard body.width >= 70 else {
                    differences = body
                    return
                }
                let places = body.columns(2)
                (curves, differences) = (places[0], places[1])
            } else if body.width >= 110 {
                let left = body.width / 2
                let upper = body.height / 2
                list = Rect(x: 0, y: body.y, width: left, height: body.height)
                curves = Rect(x: left, y: body.y, width: body.width - left, height: upper)
                differences = Rect(
                    x: left, y: body.y + upper, width: body.width - left, height: body.height - upper)
            } else if body.height >= 16 {
                let upper = body.height * 2 / 5
                list = Rect(x: 0, y: body.y, width: body.width, height: upper)
                let lower = Rect(x: 0, y: body.y + upper, width: body.width, height: body.height - upper)
                guard body.width >= 70 else {
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

    static func panes(
        _ state: DashboardState, _ capabilities: TerminalCapabilities, _ region: Rect
    ) -> [Screen.PlacedPane] {
        let (model, glyphs) = (state.runs, capabilities.glyphs)
        let frame = ScreenFrame(region)
        let layout = Layout(frame.body, isOpen: model.isOpen)
        var panes = frame.panes(state, glyphs) { drawLine(state, glyphs, into: &$0) }
        if let place = layout.list { panes.append(.init(place) { RunListPane.draw(model, glyphs, into: &$0) }) }
        if let place = layout.curves { panes.append(.init(place) { RunCurvesPane.draw(model, glyphs, into: &$0) }) }
        if let place = layout.differences {
            panes.append(.init(place) { RunDifferencesPane.draw(model, glyphs, into: &$0) })
        }
        return panes
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
