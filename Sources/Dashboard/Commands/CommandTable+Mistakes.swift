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
            detail: "previous picture; in the matrix: left", when: hasMistakes
        ) { $0.moveInMistakes(rows: 0, columns: -1) },
        DashboardCommand(
            .nextMistake, in: .mistakes, keys: [.right], section: .mistakes,
            detail: "next picture; in the matrix: right",
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

extension DashboardCommand.Context {
    static let mistakes = Self(name: "mistakes")
}

extension DashboardCommand.Section {
    static let mistakes = Self(title: "Mistakes")
}

extension DashboardCommand.ID {
    static let previousClass = Self("previousClass")
    static let nextClass = Self("nextClass")
    static let previousMistake = Self("previousMistake")
    static let nextMistake = Self("nextMistake")
    static let openMistake = Self("openMistake")
    static let filterMistakes = Self("filterMistakes")
    static let sortMistakes = Self("sortMistakes")
    static let matrix = Self("matrix")
    static let otherSplit = Self("otherSplit")
    static let openTest = Self("openTest")
    static let exportMistakes = Self("exportMistakes")
    static let leaveMistake = Self("leaveMistake")
}
