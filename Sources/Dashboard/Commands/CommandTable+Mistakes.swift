import Training

extension CommandTable {
    private static let hasMistakes: @Sendable (DashboardState) -> Bool = { $0.mistakes.current != nil }
    private static let isTestClosed: @Sendable (DashboardState) -> Bool = { state in
        !state.mistakes.isTestOpen && state.run.description.map { $0.testCount > 0 } == true && !state.run.isEnded
    }

    /// The keys of the Mistakes screen.
    static let mistakes: [DashboardCommand] = [
        DashboardCommand(
            .previousClass, in: .mistakes, keys: [.up, .character("k")], section: .mistakes,
            detail: "the class above; in the matrix: up", when: hasMistakes
        ) { $0.moveInMistakes(rows: -1, columns: 0) },
        DashboardCommand(
            .nextClass, in: .mistakes, keys: [.down, .character("j")], section: .mistakes,
            detail: "the class below; in the matrix: down",
            footer: .init(rank: 2, keys: "↑↓") { $0.mistakes.mode == .matrix ? "true class" : "class" },
            when: hasMistakes
        ) { $0.moveInMistakes(rows: 1, columns: 0) },
        DashboardCommand(
            .previousMistake, in: .mistakes, keys: [.left], section: .mistakes,
            detail: "the picture before; in the matrix: left", when: hasMistakes
        ) { $0.moveInMistakes(rows: 0, columns: -1) },
        DashboardCommand(
            .nextMistake, in: .mistakes, keys: [.right], section: .mistakes,
            detail: "the next picture; in the matrix: right",
            footer: .init(rank: 3, keys: "←→") { $0.mistakes.mode == .matrix ? "answer" : "picture" },
            when: hasMistakes
        ) { $0.moveInMistakes(rows: 0, columns: 1) },
        DashboardCommand(
            .openMistake, in: .mistakes, keys: [.enter], section: .mistakes,
            detail: "the picture, or the cell's pictures, large",
            footer: .init(rank: 4, keys: "enter") { _ in "look" }, when: hasMistakes
        ) { $0.openMistake() },
        DashboardCommand(
            .filterMistakes, in: .mistakes, keys: [.character("f")], section: .mistakes,
            detail: "wrong, fixed or broken by the adapter",
            footer: .init(rank: 5, keys: nil) { "show \($0.mistakes.nextFilterTitle)" }, when: hasMistakes
        ) { state in
            state.mistakes.nextFilter()
            return []
        },
        DashboardCommand(
            .sortMistakes, in: .mistakes, keys: [.character("s")], section: .mistakes,
            detail: "sort by share, count or name", footer: .init(rank: 8, keys: nil) { _ in "sort" },
            when: hasMistakes
        ) { state in
            state.mistakes.nextOrder()
            return []
        },
        DashboardCommand(
            .matrix, in: .mistakes, keys: [.character("m")], section: .mistakes,
            detail: "the confusion matrix, and back",
            footer: .init(rank: 6, keys: nil) { $0.mistakes.mode == .matrix ? "classes" : "matrix" }, when: hasMistakes
        ) { state in
            state.mistakes.toggleMatrix(classes: state.run.description?.classNames.count ?? 0)
            return []
        },
        DashboardCommand(
            .otherSplit, in: .mistakes, keys: [.character("v")], section: .mistakes,
            detail: "validation or, once it is open, test", footer: .init(rank: 7, keys: nil) { _ in "split" },
            when: { $0.mistakes.isTestOpen }
        ) { state in
            state.mistakes.nextSplit()
            return []
        },
        DashboardCommand(
            .openTest, in: .mistakes, keys: [.character("o")], section: .mistakes,
            detail: "open the test split; the run records it", footer: .init(rank: 9, keys: nil) { _ in "open test" },
            when: isTestClosed
        ) { _ in [.send(.openTest)] },
        DashboardCommand(
            .exportMistakes, in: .mistakes, keys: [.character("w")], section: .mistakes,
            detail: "write the list as CSV into the run's folder",
            footer: .init(rank: 10, keys: nil) { _ in "write list" }, when: hasMistakes
        ) { _ in [.exportMistakes] },
        DashboardCommand(
            .leaveMistake, in: .mistakes, keys: [.escape], section: .mistakes, detail: "back to the classes",
            when: { $0.mistakes.mode != .classes }
        ) { state in
            state.mistakes.mode = .classes
            return []
        },
    ]

    /// A key for every screen, and Tab for the next one.
    static let screens: [DashboardCommand] =
        [
            DashboardCommand(
                .showTrain, keys: [ScreenID.train.key], section: .screens, detail: "curves and one picture",
                footer: .init(rank: 1, keys: nil, isShown: { $0.screen != .train }) { _ in "train" }
            ) { $0.show(.train) },
            DashboardCommand(
                .showClassify, keys: [ScreenID.classify.key], section: .screens,
                detail: "any picture, any labels",
                footer: .init(rank: 3, keys: nil, isShown: { $0.screen != .classify && isOverview($0) }) { _ in
                    "classify"
                }
            ) { $0.show(.classify) },
            DashboardCommand(
                .showMistakes, keys: [ScreenID.mistakes.key], section: .screens,
                detail: "what it gets wrong, by class",
                footer: .init(rank: 3, keys: nil, isShown: { $0.screen != .mistakes && isOverview($0) }) { _ in
                    "mistakes"
                }
            ) { $0.show(.mistakes) },
            DashboardCommand(
                .showRuns, keys: [ScreenID.runs.key], section: .screens, detail: "all runs, side by side",
                footer: .init(rank: 11, keys: nil, isShown: { $0.screen != .runs && isOverview($0) }) { _ in "runs" }
            ) { $0.show(.runs) },
            DashboardCommand(
                .showCompare, keys: [ScreenID.compare.key], section: .screens,
                detail: "methods against shots, as compare found",
                footer: .init(rank: 11, keys: nil, isShown: { $0.screen != .compare && isOverview($0) }) { _ in
                    "compare"
                }
            ) { $0.show(.compare) },
            DashboardCommand(.nextScreen, keys: [.tab], section: .screens, detail: "the next screen") { state in
                let all = ScreenID.allCases
                return state.show(all[((all.firstIndex(of: state.screen) ?? 0) + 1) % all.count])
            },
        ]
}

extension MistakesModel {
    /// What the filter's key would show next.
    fileprivate var nextFilterTitle: String {
        var copy = self
        copy.nextFilter()
        return copy.filter.rawValue
    }
}

extension DashboardState {
    private var classNames: [String] { run.description?.classNames ?? [] }

    /// Goes to a screen. Answers for all validation pictures cost time: they are asked for while somebody looks.
    mutating func show(_ screen: ScreenID) -> [Effect] {
        guard screen != self.screen else { return [] }
        let wasMistakes = self.screen == .mistakes
        let closing = closeRatios()
        self.screen = screen
        if screen == .mistakes { return closing + [.send(.watchMistakes(true))] }
        return closing + (wasMistakes ? [.send(.watchMistakes(false))] : [])
    }

    /// Up, down, left and right on the Mistakes screen.
    mutating func moveInMistakes(rows: Int, columns: Int) -> [Effect] {
        if mistakes.mode == .matrix {
            mistakes.moveCursor(truth: rows, answer: columns, classes: classNames.count)
            return []
        }
        if rows != 0 { mistakes.moveClass(by: rows, names: classNames) }
        if columns != 0 { mistakes.movePicture(by: columns, names: classNames) }
        return mistakes.mode == .picture ? inspectMistake() : []
    }

    /// Enter: the cell's pictures, the picture large, or back.
    mutating func openMistake() -> [Effect] {
        switch mistakes.mode {
        case .matrix:
            mistakes.openCell(classes: classNames.count)
            return mistakes.mode == .picture ? inspectMistake() : []
        case .classes:
            guard mistakes.picture(names: classNames) != nil else { return [] }
            mistakes.mode = .picture
            return inspectMistake()
        case .picture:
            mistakes.mode = .classes
            return []
        }
    }

    private mutating func inspectMistake() -> [Effect] {
        guard let answer = mistakes.picture(names: classNames) else {
            mistakes.mode = .classes
            return []
        }
        browser.show(picture: answer.picture, of: run.pictures)
        return inspectCurrent()
    }
}
