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

    /// The size in cells that the current picture has on a screen of this size; nil where none is shown.
    static func pictureSize(_ state: DashboardState, columns: Int, rows: Int) -> (columns: Int, rows: Int)? {
        switch state.screen {
        case .train: TrainScreen.pictureSize(state, columns: columns, rows: rows)
        case .classify: ClassifyScreen.pictureSize(columns: columns, rows: rows)
        case .mistakes: MistakesScreen.pictureSize(state, columns: columns, rows: rows)
        case .runs, .compare: nil
        }
    }

    /// The small pictures on a screen of this size.
    static func thumbnails(
        _ state: DashboardState, columns: Int, rows: Int
    ) -> [(picture: Int, columns: Int, rows: Int)] {
        switch state.screen {
        case .train, .runs, .compare: []
        case .classify: ClassifyScreen.thumbnails(state, columns: columns, rows: rows)
        case .mistakes: MistakesScreen.thumbnails(state, columns: columns, rows: rows)
        }
    }

    /// Draws a whole frame into the region of a canvas.
    static func draw(_ state: DashboardState, _ capabilities: TerminalCapabilities, into canvas: inout Canvas) {
        let glyphs = capabilities.glyphs
        switch state.screen {
        case .train: TrainScreen.draw(state, capabilities, into: &canvas)
        case .classify: ClassifyScreen.draw(state, capabilities, into: &canvas)
        case .mistakes: MistakesScreen.draw(state, capabilities, into: &canvas)
        case .runs: RunsScreen.draw(state, capabilities, into: &canvas)
        case .compare: CompareScreen.draw(state, capabilities, into: &canvas)
        }
        switch state.overlay {
        case .help(let firstLine): HelpOverlay.draw(firstLine: firstLine, state, glyphs, into: &canvas)
        case .question(let question): QuestionDialog.draw(question, state, glyphs, into: &canvas)
        case .result: ResultPane.draw(state, glyphs, into: &canvas)
        case .input, nil: break
        }
    }
}

/// The Train screen: curves, the picture, the log.
enum TrainScreen {
    static func layout(_ state: DashboardState, columns: Int, rows: Int) -> TrainLayout {
        let hasValidation = state.run.description.map { $0.validationCount > 0 } ?? true
        return TrainLayout(
            columns: columns, rows: rows, hasValidation: hasValidation,
            fullScreen: state.charts.isFullScreen ? state.charts.chosen : nil,
            probes: .init(count: state.probes.pictures.count, isShown: state.probes.isShown))
    }

    static func draw(_ state: DashboardState, _ capabilities: TerminalCapabilities, into canvas: inout Canvas) {
        let glyphs = capabilities.glyphs
        if let slider = state.ratios { return RatioPane.draw(slider, state, glyphs, into: &canvas) }
        let layout = layout(state, columns: canvas.bounds.width, rows: canvas.bounds.height)
        if let strip = layout.strip {
            canvas.inside(strip) { StripPane.draw(state, glyphs, into: &$0) }
            return
        }
        if let status = layout.status { canvas.inside(status) { StatusLine.draw(state, glyphs, into: &$0) } }
        for chart in layout.charts {
            canvas.inside(chart.place) {
                var curve = CurveChart(chart.id, of: state.run, view: state.charts, glyphs)
                curve.isChosen = state.charts.isFullScreen && chart.id == state.charts.chosen
                LearningCurvePane.draw(curve, glyphs, into: &$0)
                $0.hotSpot(Rect(x: 0, y: 0, width: chart.place.width, height: 1), .chart(chart.id))
            }
        }
        if let prediction = layout.prediction {
            canvas.inside(prediction) { region in
                if isPreparing(state) {
                    PreparationPane.draw(state, glyphs, into: &region)
                } else {
                    PredictionPane.draw(state, capabilities, into: &region)
                }
            }
        }
        if let probes = layout.probes { canvas.inside(probes) { PinnedPicturesPane.draw(state, glyphs, into: &$0) } }
        if let log = layout.log {
            canvas.inside(log) { region in
                if layout.isLogBoxed {
                    LogPane.drawBox(state, glyphs, into: &region)
                } else {
                    LogPane.draw(state, glyphs, into: &region)
                }
            }
        }
        if let footer = layout.footer { canvas.inside(footer) { Footer.draw(state, glyphs, into: &$0) } }
    }

    /// Whether the place of the picture belongs to the preparations yet.
    static func isPreparing(_ state: DashboardState) -> Bool {
        switch state.run.phase {
        case .loadingModel, .readingData, .encoding, .zeroShot: state.currentPrediction == nil
        case .training, .finished: false
        }
    }

    /// The size in cells that the picture has on a screen of this size; nil where none is shown.
    static func pictureSize(_ state: DashboardState, columns: Int, rows: Int) -> (columns: Int, rows: Int)? {
        guard !isPreparing(state), state.ratios == nil,
            let place = layout(state, columns: columns, rows: rows).prediction
        else {
            return nil
        }
        let size = PredictionPane.pictureSize(in: place)
        return size.columns > 0 && size.rows > 0 ? size : nil
    }
}
