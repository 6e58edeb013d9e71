import Training

/// The Mistakes screen: what the run gets wrong, class by class and picture by picture.
enum MistakesScreen {
    /// Where the panes stand: a function of the size alone. Without room for both, the classes go.
    struct Layout: Equatable {
        var status: Rect
        var summary: Rect
        var classes: Rect?
        var pictures: Rect
        var footer: Rect

        init(columns: Int, rows: Int) {
            status = Rect(x: 0, y: 0, width: columns, height: 1)
            summary = Rect(x: 0, y: 1, width: columns, height: 1)
            footer = Rect(x: 0, y: rows - 1, width: columns, height: 1)
            let body = Rect(x: 0, y: 2, width: columns, height: rows - 3)
            if columns >= 70 {
                let left = min(60, columns / 2)
                classes = Rect(x: 0, y: 2, width: left, height: body.height)
                pictures = Rect(x: left, y: 2, width: columns - left, height: body.height)
            } else if body.height >= 14 {
                let upper = body.height * 2 / 5
                classes = Rect(x: 0, y: 2, width: columns, height: upper)
                pictures = Rect(x: 0, y: 2 + upper, width: columns, height: body.height - upper)
            } else {
                classes = nil
                pictures = body
            }
        }

        /// Everything below the two lines at the top.
        var body: Rect {
            Rect(x: 0, y: summary.bottom, width: summary.width, height: footer.y - summary.bottom)
        }
    }

    static func draw(_ state: DashboardState, _ capabilities: TerminalCapabilities, into canvas: inout Canvas) {
        let glyphs = capabilities.glyphs
        let layout = Layout(columns: canvas.bounds.width, rows: canvas.bounds.height)
        canvas.inside(layout.status) { StatusLine.drawIdentity(state, glyphs, into: &$0) }
        canvas.inside(layout.summary) { drawSummary(state, glyphs, into: &$0) }
        canvas.inside(layout.footer) { Footer.draw(state, glyphs, into: &$0) }
        guard let run = state.run.description else { return }
        switch state.mistakes.mode {
        case .matrix:
            canvas.inside(layout.body) { ConfusionMatrixPane.draw(state.mistakes, run, glyphs, into: &$0) }
        case .picture:
            canvas.inside(layout.body) { PredictionPane.draw(state, capabilities, into: &$0) }
        case .classes:
            if let classes = layout.classes {
                canvas.inside(classes) { MistakeClassesPane.draw(state.mistakes, run, glyphs, into: &$0) }
            }
            canvas.inside(layout.pictures) { MistakeGridPane.draw(state, run, capabilities, into: &$0) }
        }
    }

    /// `11 of 64 validation pictures wrong (zero-shot 19)`, and what the adapter fixed and broke.
    private static func drawSummary(_ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let width = canvas.bounds.width
        if let notice = state.shownNotice {
            let role: Role = notice.level == .error ? .bad : notice.level == .warning ? .warning : .accent
            canvas.text(glyphs.fit(notice.text, width), x: 0, y: 0, .role(role, .bold))
            return
        }
        let model = state.mistakes
        guard let current = model.current else {
            let hasValidation = state.run.description.map { $0.validationCount > 0 } ?? true
            let text =
                model.brokenEpoch != nil
                ? "no predictions: the weights are not numbers"
                : hasValidation
                    ? "predictions appear after the next validation"
                    : "the run has no validation pictures; the test split opens when it has ended"
            canvas.text(glyphs.fit(text, width), x: 0, y: 0, .dim)
            return
        }
        let pieces: [Canvas.Caption] = [
            .init(
                "\(model.count(.wrong)) of \(Format.count(current.answers.count)) \(current.split.rawValue) pictures wrong",
                .role(.text, .bold)),
            .init(" (zero-shot \(model.zeroShotWrong))", .role(.zeroShot)),
            .init("  fixed \(model.count(.fixed))", .role(.good)),
            .init("  broken \(model.count(.broken))", .role(.bad)),
        ]
        let used = canvas.captions(pieces, x: 0, y: 0)
        let epoch = "epoch \(Format.count(current.epoch))"
        let note = model.brokenEpoch == nil ? epoch : epoch + "; the weights since are not numbers"
        if used + note.count + 2 <= width { canvas.text(note, endingAt: width, y: 0, .dim) }
    }

    /// The thumbnails in sight and the size they have; none while something else is shown.
    static func thumbnails(
        _ state: DashboardState, columns: Int, rows: Int
    ) -> [(picture: Int, columns: Int, rows: Int)] {
        guard state.mistakes.mode == .classes, let run = state.run.description else { return [] }
        let layout = MistakeGridPane.layout(in: Layout(columns: columns, rows: rows).pictures, state.mistakes, run)
        guard layout.picture.rows > 0 else { return [] }
        return MistakeGridPane.page(state.mistakes, run, layout).map {
            ($0.picture, layout.picture.columns, layout.picture.rows)
        }
    }

    /// The size of the picture that is looked at alone.
    static func pictureSize(_ state: DashboardState, columns: Int, rows: Int) -> (columns: Int, rows: Int)? {
        guard state.mistakes.mode == .picture else { return nil }
        let size = PredictionPane.pictureSize(in: Layout(columns: columns, rows: rows).body)
        return size.columns > 0 && size.rows > 0 ? size : nil
    }
}
