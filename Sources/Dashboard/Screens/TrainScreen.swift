import Training

extension Screen {
    /// Curves, the picture, the log; or the residual-ratio slider over all of them.
    static let train = Screen(
        name: "train", detail: "curves and one picture", footerRank: 1,
        commands: CommandTable.charting + CommandTable.ratios,
        mode: { state in
            state.ratios == nil
                ? nil : Mode(context: .ratios, hasCommonKeys: true, section: .ratios)
        }, panes: TrainScreen.panes, pictures: { Pictures(large: TrainScreen.pictureSize($0, $1)) },
        picture: { $0.browser.current })
}

/// What the Train screen is made of.
enum TrainScreen {
    static func layout(_ state: DashboardState, _ region: Rect) -> TrainLayout {
        let hasValidation = state.run.description.map { $0.validationCount > 0 } ?? true
        return TrainLayout(
            columns: region.width, rows: region.height, hasValidation: hasValidation,
            fullScreen: state.charts.isFullScreen ? state.charts.chosen : nil,
            pinned: .init(count: state.pinned.pictures.count, isShown: state.pinned.isShown))
    }

    static func panes(
        _ state: DashboardState, _ capabilities: TerminalCapabilities, _ region: Rect
    ) -> [Screen.PlacedPane] {
        let glyphs = capabilities.glyphs
        if let slider = state.ratios {
            return [.init(region) { RatioPane.draw(slider, state, glyphs, into: &$0) }]
        }
        let layout = layout(state, region)
        if let strip = layout.strip { return [.init(strip) { StripPane.draw(state, glyphs, into: &$0) }] }
        var panes: [Screen.PlacedPane] = []
        func add(_ place: Rect?, _ draw: @escaping (inout Canvas) -> Void) {
            if let place { panes.append(.init(place, draw: draw)) }
        }
        add(layout.status) { StatusLine.draw(state, glyphs, into: &$0) }
        for placed in layout.charts {
            add(placed.place) {
                var curve = CurveChart(placed.chart, of: state.run, view: state.charts, glyphs)
                curve.isChosen = state.charts.isFullScreen && placed.chart == state.charts.chosen
                LearningCurvePane.draw(curve, glyphs, into: &$0)
                $0.hotSpot(Rect(x: 0, y: 0, width: placed.place.width, height: 1), .chart(placed.chart))
            }
        }
        add(layout.prediction) {
            if isPreparing(state) {
                PreparationPane.draw(state, glyphs, into: &$0)
            } else {
                PredictionPane.draw(state, capabilities, into: &$0)
            }
        }
        add(layout.pinned) { PinnedPicturesPane.draw(state, glyphs, into: &$0) }
        add(layout.log) {
            if layout.isLogBoxed {
                LogPane.drawBox(state, glyphs, into: &$0)
            } else {
                LogPane.draw(state, glyphs, into: &$0)
            }
        }
        add(layout.footer) { Footer.draw(state, glyphs, into: &$0) }
        return panes
    }

    /// Whether the place of the picture belongs to the preparations yet.
    static func isPreparing(_ state: DashboardState) -> Bool {
        switch state.run.phase {
        case .loadingModel, .readingData, .encoding, .zeroShot: state.currentPrediction == nil
        case .training, .finished: false
        }
    }

    /// The size in cells that the picture has on a screen of this size; nil where none is shown.
    static func pictureSize(_ state: DashboardState, _ region: Rect) -> (columns: Int, rows: Int)? {
        guard !isPreparing(state), state.ratios == nil, let place = layout(state, region).prediction else { return nil }
        return PredictionPane.pictureSize(in: place)
    }
}
