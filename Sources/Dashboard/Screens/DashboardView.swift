import Training

/// A frame: the screen, and what is laid over it. A function of state, size and capabilities.
enum DashboardView {
    /// Draws a whole frame.
    static func draw(
        _ state: DashboardState, columns: Int, rows: Int, _ capabilities: TerminalCapabilities
    ) -> Canvas {
        var canvas = Canvas(width: columns, height: rows)
        draw(state, capabilities, into: &canvas)
        if capabilities.glyphs.isASCII { canvas.reduceToASCII() }
        return canvas
    }

    /// Draws a whole frame into the region of a canvas.
    static func draw(_ state: DashboardState, _ capabilities: TerminalCapabilities, into canvas: inout Canvas) {
        let glyphs = capabilities.glyphs
        for pane in state.screen.panes(state, capabilities, canvas.bounds) { canvas.inside(pane.place, pane.draw) }
        switch state.overlay {
        case .help(let firstLine): HelpOverlay.draw(firstLine: firstLine, state, glyphs, into: &canvas)
        case .question(let question): QuestionDialog.draw(question, state, glyphs, into: &canvas)
        case .result: ResultPane.draw(state, glyphs, into: &canvas)
        case .input, nil: break
        }
    }
}
