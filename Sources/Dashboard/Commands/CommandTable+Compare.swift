extension CommandTable {
    private static let hasSeveral: @Sendable (DashboardState) -> Bool = {
        $0.compare.list(dataset: nil).count > 1
    }

    /// The keys of the Compare screen.
    static let comparing: [DashboardCommand] = [
        DashboardCommand(
            .previousComparison, in: .compare, keys: [.up, .character("k")], section: .compare,
            detail: "the comparison above", when: hasSeveral
        ) { $0.moveComparison(by: -1) },
        DashboardCommand(
            .nextComparison, in: .compare, keys: [.down, .character("j")], section: .compare,
            detail: "the comparison below", footer: .init(rank: 2, keys: "↑↓") { _ in "comparison" }, when: hasSeveral
        ) { $0.moveComparison(by: 1) },
    ]
}

extension DashboardState {
    fileprivate mutating func moveComparison(by offset: Int) -> [Effect] {
        compare.move(by: offset, dataset: run.description?.dataset)
        return []
    }
}

extension DashboardCommand.Context {
    static let compare = Self(name: "compare")
}

extension DashboardCommand.Section {
    static let compare = Self(title: "Compare")
}

extension DashboardCommand.ID {
    static let previousComparison = Self("previousComparison")
    static let nextComparison = Self("nextComparison")
}
