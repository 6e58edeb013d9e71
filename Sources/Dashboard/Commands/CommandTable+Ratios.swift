import Training

extension CommandTable {
    private static let hasCurve: @Sendable (DashboardState) -> Bool = { $0.run.ratios != nil }

    /// The residual-ratio slider.
    static let ratios: [DashboardCommand] = [
        DashboardCommand(
            .showRatios, in: .train, keys: [.character("b")], section: .ratios,
            detail: "how other residual ratios would do, live",
            footer: .init(rank: 11, keys: nil) { _ in "other ratios" },
            when: { state in
                state.run.settings.residualRatio != nil && state.run.description.map { $0.validationCount > 0 } == true
            }
        ) { $0.openRatios() },
        DashboardCommand(
            .lowerRatioCursor, in: .ratios, keys: [.left], section: .ratios, detail: "the next smaller ratio",
            when: hasCurve
        ) { $0.moveRatio(by: -1) },
        DashboardCommand(
            .raiseRatioCursor, in: .ratios, keys: [.right], section: .ratios, detail: "the next larger ratio",
            footer: .init(rank: 2, keys: "←→") { _ in "ratio" }, when: hasCurve
        ) { $0.moveRatio(by: 1) },
        DashboardCommand(
            .firstRatio, in: .ratios, keys: [.home], section: .ratios, detail: "ratio 0: zero-shot", when: hasCurve
        ) { $0.moveRatio(by: -1_000_000) },
        DashboardCommand(
            .lastRatio, in: .ratios, keys: [.end], section: .ratios, detail: "ratio 1: the adapter alone",
            when: hasCurve
        ) { $0.moveRatio(by: 1_000_000) },
        DashboardCommand(
            .takeRatio, in: .ratios, keys: [.enter], section: .ratios,
            detail: "set the run to the ratio under the cursor",
            footer: .init(rank: 1, keys: "enter") { _ in "set it" },
            when: { hasCurve($0) && isTraining($0) }
        ) { state in state.ratioUnderCursor.map { [.send(.setResidualRatio($0))] } ?? [] },
        DashboardCommand(
            .closeRatios, in: .ratios, keys: [.escape, .character("b")], section: .ratios, detail: "back to the curves",
            footer: .init(rank: 2, keys: nil) { _ in "back" }
        ) { $0.closeRatios() },
    ]
}

extension DashboardState {
    /// The measured ratio under the slider's cursor.
    var ratioUnderCursor: Double? { run.ratios.flatMap { curve in ratios?.point(of: curve)?.ratio } }

    fileprivate mutating func openRatios() -> [Effect] {
        guard let ratio = run.settings.residualRatio else { return [] }
        ratios = RatioSlider(at: ratio)
        return [.send(.watchRatios(true))]
    }

    /// Closes the slider, if it is open. Measuring costs time: the session does it while somebody looks.
    mutating func closeRatios() -> [Effect] {
        guard ratios != nil else { return [] }
        ratios = nil
        return [.send(.watchRatios(false))]
    }

    fileprivate mutating func moveRatio(by offset: Int) -> [Effect] {
        if let curve = run.ratios { ratios?.move(by: offset, on: curve) }
        return []
    }
}

extension DashboardCommand.Context {
    /// The residual-ratio slider lies over the Train screen's panes.
    static let ratios = Self(name: "ratios")
}

extension DashboardCommand.Section {
    static let ratios = Self(title: "Residual ratio")
}

extension DashboardCommand.ID {
    static let showRatios = Self("showRatios")
    static let lowerRatioCursor = Self("lowerRatioCursor")
    static let raiseRatioCursor = Self("raiseRatioCursor")
    static let firstRatio = Self("firstRatio")
    static let lastRatio = Self("lastRatio")
    static let takeRatio = Self("takeRatio")
    static let closeRatios = Self("closeRatios")
}
