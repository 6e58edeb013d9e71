extension CommandTable {
    private static let hasCurves: @Sendable (DashboardState) -> Bool = { $0.run.hasTrained }
    private static let isFullScreen: @Sendable (DashboardState) -> Bool = { $0.charts.isFullScreen }

    /// What can be done to the charts; all of them together, so that they stay comparable.
    static let charting: [DashboardCommand] = [
        DashboardCommand(
            .fullScreen, in: .train, keys: [.character("f")], section: .charts,
            detail: "one chart on the full screen, and back",
            footer: .init(rank: 5, keys: nil) { $0.charts.isFullScreen ? "all" : "chart" }
        ) { state in
            state.charts.toggleFullScreen()
            return []
        },
        DashboardCommand(
            .nextChart, in: .train, keys: [.character("]")], section: .charts, detail: "next chart (full screen)",
            footer: .init(rank: 4, keys: "[ ]", isShown: isFullScreen) { _ in "chart" }, when: isFullScreen
        ) { state in
            state.charts.choose(by: 1, of: state.chartsToChoose)
            return []
        },
        DashboardCommand(
            .previousChart, in: .train, keys: [.character("[")], section: .charts,
            detail: "previous chart (full screen)",
            when: isFullScreen
        ) { state in
            state.charts.choose(by: -1, of: state.chartsToChoose)
            return []
        },
        DashboardCommand(
            .zoomIn, in: .train, keys: [.character("z")], section: .charts, detail: "zoom in, to the newest steps",
            footer: .init(rank: 4, keys: "z Z", isShown: isFullScreen) { _ in "zoom" }, when: hasCurves
        ) { state in
            state.charts.zoom(by: 1, run: state.run)
            return []
        },
        DashboardCommand(
            .zoomOut, in: .train, keys: [.character("Z")], section: .charts, detail: "zoom out",
            when: hasCurves
        ) { state in
            state.charts.zoom(by: -1, run: state.run)
            return []
        },
        DashboardCommand(
            .panLeft, in: .train, keys: [.character("<"), .character(",")], section: .charts, detail: "earlier steps",
            footer: .init(rank: 5, keys: "< >", isShown: { $0.charts.zoom > 0 }) { _ in "move" },
            when: { $0.charts.zoom > 0 }
        ) { state in
            state.charts.pan(by: -1, run: state.run)
            return []
        },
        DashboardCommand(
            .panRight, in: .train, keys: [.character(">")], section: .charts,
            detail: "later steps, until it follows again",
            when: { $0.charts.zoom > 0 }
        ) { state in
            state.charts.pan(by: 1, run: state.run)
            return []
        },
        DashboardCommand(
            .crosshair, in: .train, keys: [.character("x")], section: .charts,
            detail: "show or hide a cross-hair through all charts",
            footer: .init(rank: 4, keys: nil, isShown: isFullScreen) {
                $0.charts.crosshair == nil ? "cross-hair" : "hide it"
            }, when: hasCurves
        ) { state in
            state.charts.toggleCrosshair(run: state.run)
            return []
        },
        DashboardCommand(
            .smoothing, in: .train, keys: [.character("m")], section: .charts,
            detail: "smooth: running mean 0.6, 0.9, 0.97, none",
            footer: .init(rank: 5, keys: nil, isShown: isFullScreen) { _ in "smooth" }
        ) { state in
            state.charts.nextSmoothing()
            return []
        },
        DashboardCommand(
            .logarithm, in: .train, keys: [.character("y")], section: .charts,
            detail: "losses and times on a logarithmic axis",
            footer: .init(rank: 5, keys: nil, isShown: isFullScreen) { _ in "log" }
        ) { state in
            state.charts.toggleLogarithmic()
            return []
        },
        DashboardCommand(
            .stepBack, in: .train, keys: [.escape], section: .charts, detail: "cross-hair off, zoom off, all charts",
            when: { $0.charts.isChanged }
        ) { state in
            state.charts.stepBack()
            return []
        },
    ]
}

extension DashboardState {
    /// The charts that full screen walks through.
    var chartsToChoose: [Chart] {
        Chart.all(hasValidation: run.description.map { $0.validationCount > 0 } ?? true)
    }

    /// Moves the cross-hair if there is one.
    mutating func moveCrosshair(by offset: Int) -> Bool {
        guard charts.crosshair != nil else { return false }
        charts.moveCrosshair(by: offset, run: run)
        return true
    }

    /// Puts the cross-hair, if there is one, at the first or the newest step.
    mutating func moveCrosshair(toEnd: Bool) -> Bool {
        guard charts.crosshair != nil else { return false }
        charts.moveCrosshair(toEnd: toEnd, run: run)
        return true
    }
}

extension DashboardCommand.Section {
    static let charts = Self(title: "Charts")
}

extension DashboardCommand.ID {
    static let fullScreen = Self("fullScreen")
    static let nextChart = Self("nextChart")
    static let previousChart = Self("previousChart")
    static let zoomIn = Self("zoomIn")
    static let zoomOut = Self("zoomOut")
    static let panLeft = Self("panLeft")
    static let panRight = Self("panRight")
    static let crosshair = Self("crosshair")
    static let smoothing = Self("smoothing")
    static let logarithm = Self("logarithm")
    static let stepBack = Self("stepBack")
}
