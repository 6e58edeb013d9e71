import Training

extension Screen {
    /// What the run gets wrong, class by class and picture by picture.
    static let mistakes = Screen(
        name: "mistakes", detail: "what it gets wrong, by class", footerRank: 3, commands: CommandTable.mistakes,
        section: .mistakes, panes: MistakesScreen.panes, pictures: MistakesScreen.pictures,
        picture: { state in
            state.mistakes.mode == .matrix
                ? nil : state.mistakes.picture(names: state.run.description?.classNames ?? [])?.picture
        }, subscription: { .watchMistakes($0) })
}

/// What the Mistakes screen is made of.
enum MistakesScreen {
    /// Where classes and pictures stand: a function of the size alone. Without room for both, the classes go.
    private static func layout(_ body: Rect) -> (classes: Rect?, pictures: Rect) {
        if body.width >= 70 {
            let left = min(60, body.width / 2)
            return (
                Rect(x: 0, y: body.y, width: left, height: body.height),
                Rect(x: left, y: body.y, width: body.width - left, height: body.height)
            )
        }
        guard body.height >= 14 else { return (nil, body) }
        let upper = body.height * 2 / 5
        return (
            Rect(x: 0, y: body.y, width: body.width, height: upper),
            Rect(x: 0, y: body.y + upper, width: body.width, height: body.height - upper)
        )
    }

    static func panes(
        _ state: DashboardState, _ capabilities: TerminalCapabilities, _ region: Rect
    ) -> [Screen.PlacedPane] {
        let glyphs = capabilities.glyphs
        let frame = ScreenFrame(region)
        var panes = frame.panes(state, glyphs) { drawSummary(state, glyphs, into: &$0) }
        guard let run = state.run.description else { return panes }
        switch state.mistakes.mode {
        case .matrix:
            panes.append(.init(frame.body) { ConfusionMatrixPane.draw(state.mistakes, run, glyphs, into: &$0) })
        case .picture: panes.append(.init(frame.body) { PredictionPane.draw(state, capabilities, into: &$0) })
        case .classes:
            let layout = layout(frame.body)
            if let place = layout.classes {
                panes.append(.init(place) { MistakeClassesPane.draw(state.mistakes, run, glyphs, into: &$0) })
            }
            panes.append(.init(layout.pictures) { MistakeGridPane.draw(state, run, capabilities, into: &$0) })
        }
        return panes
    }

    /// `11 of 64 validation pictures wrong (zero-shot 19)`, and what the adapter fixed and broke.
    private static func drawSummary(_ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let width = canvas.bounds.width
        if let notice = state.shownNotice { return canvas.notice(notice, glyphs) }
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

    /// The small pictures of the page in sight, or the one that is looked at alone.
    static func pictures(_ state: DashboardState, _ region: Rect) -> Screen.Pictures {
        let body = ScreenFrame(region).body
        switch state.mistakes.mode {
        case .matrix: return Screen.Pictures()
        case .picture: return Screen.Pictures(large: PredictionPane.pictureSize(in: body))
        case .classes:
            guard let run = state.run.description else { return Screen.Pictures() }
            let layout = MistakeGridPane.layout(in: layout(body).pictures, state.mistakes, run)
            guard layout.picture.rows > 0 else { return Screen.Pictures() }
            return Screen.Pictures(
                small: MistakeGridPane.page(state.mistakes, run, layout).map {
                    ($0.picture, layout.picture.columns, layout.picture.rows)
                })
        }
    }
}
