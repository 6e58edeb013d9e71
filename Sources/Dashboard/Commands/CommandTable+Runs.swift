import Training

extension CommandTable {
    private static let hasRuns: @Sendable (DashboardState) -> Bool = { $0.runs.current != nil }

    /// The keys of the Runs screen.
    static let runs: [DashboardCommand] = [
        DashboardCommand(
            .previousRun, in: .runs, keys: [.up, .character("k")], section: .runs, detail: "the run above",
            when: hasRuns
        ) { state in
            state.runs.move(by: -1)
            return []
        },
        DashboardCommand(
            .nextRun, in: .runs, keys: [.down, .character("j")], section: .runs, detail: "the run below",
            footer: .init(rank: 2, keys: "↑↓") { _ in "run" }, when: hasRuns
        ) { state in
            state.runs.move(by: 1)
            return []
        },
        DashboardCommand(
            .markRun, in: .runs, keys: [.character(" ")], section: .runs,
            detail: "mark, to compare; up to \(RunsModel.mostMarked)",
            footer: .init(rank: 1, keys: nil) { _ in "mark" }, when: hasRuns
        ) { state in
            state.runs.toggleMark()
            return []
        },
        DashboardCommand(
            .openRun, in: .runs, keys: [.enter], section: .runs, detail: "everything about the run, and back",
            footer: .init(rank: 2, keys: "enter") { $0.runs.isOpen ? "list" : "details" }, when: hasRuns
        ) { state in
            state.runs.isOpen.toggle()
            return []
        },
        DashboardCommand(
            .branchRun, in: .runs, keys: [.character("b")], section: .runs,
            detail: "how to branch from its checkpoint", when: hasRuns
        ) { state in
            guard let run = state.runs.current else { return [] }
            state.notice = .init(
                text:
                    "in a shell: cliptop branch \(run.id) --lr 0.0005 --name other (or --at best, --ratio, --epochs ...)",
                level: .info)
            return []
        },
        DashboardCommand(
            .filterRuns, in: .runs, keys: [.character("/")], section: .runs,
            detail: "filter: top1>0.8 method:clip-adapter", footer: .init(rank: 1, keys: nil) { _ in "filter" }
        ) { state in
            state.runs.isOpen = false
            state.runs.edit(.filter)
            return []
        },
        DashboardCommand(
            .runsMetric, in: .runs, keys: [.character("m")], section: .runs, detail: "curves of top-1, or of the loss",
            footer: .init(rank: 2, keys: nil) { $0.runs.metric == .top1 ? "loss" : "top-1" }, when: hasRuns
        ) { state in
            state.runs.nextMetric()
            return []
        },
        DashboardCommand(
            .tagRun, in: .runs, keys: [.character("g")], section: .runs, detail: "tags of the run",
            footer: .init(rank: 2, keys: nil) { _ in "tag" }, when: hasRuns
        ) { state in
            state.runs.edit(.tags)
            return []
        },
        DashboardCommand(
            .noteRun, in: .runs, keys: [.character("n")], section: .runs, detail: "a note about the run",
            footer: .init(rank: 4, keys: nil) { _ in "note" }, when: hasRuns
        ) { state in
            state.runs.edit(.note)
            return []
        },
        DashboardCommand(
            .removeRuns, in: .runs, keys: [.character("d"), .delete], section: .runs,
            detail: "remove the run, or the marked ones; asks",
            footer: .init(rank: 4, keys: nil) { _ in "remove" }, when: hasRuns
        ) { state in
            state.runs.askToRemove()
            return []
        },
        DashboardCommand(
            .leaveRun, in: .runs, keys: [.escape], section: .runs, detail: "back to the list; there: no marks",
            when: { $0.runs.isOpen || !$0.runs.marked.isEmpty }
        ) { state in
            if state.runs.isOpen { state.runs.isOpen = false } else { state.runs.unmarkAll() }
            return []
        },
    ]

    static let runsInput: [DashboardCommand] = [
        DashboardCommand(.acceptRunsLine, in: .runsInput, keys: [.enter], detail: "take the line") { state in
            state.runs.acceptLine().map { [.editRuns($0)] } ?? []
        },
        DashboardCommand(
            .deleteInRunsLine, in: .runsInput, keys: [.backspace, .delete], detail: "delete a character"
        ) { state in
            state.runs.deleteBackward()
            return []
        },
        DashboardCommand(.clearRunsLine, in: .runsInput, keys: [.control("u")], detail: "delete all") { state in
            state.runs.clearLine()
            return []
        },
        DashboardCommand(
            .cancelRunsLine, in: .runsInput, keys: [.escape], detail: "leave it"
        ) { state in
            state.runs.cancelLine()
            return []
        },
    ]

    static let runsQuestion: [DashboardCommand] = [
        DashboardCommand(.confirmRemoval, in: .runsQuestion, keys: [.character("y")], detail: "remove") { state in
            state.runs.answerRemoval(true).map { [.editRuns($0)] } ?? []
        },
        DashboardCommand(
            .cancelRemoval, in: .runsQuestion,
            keys: [.escape, .character("n"), .character("q"), .enter], detail: "keep"
        ) { state in
            _ = state.runs.answerRemoval(false)
            return []
        },
    ]
}

extension DashboardCommand.Context {
    static let runs = Self(name: "runs")
    /// A line of the Runs screen is being typed; keys that are no command are text.
    static let runsInput = Self(name: "runsInput")
    /// The question whether runs shall be removed.
    static let runsQuestion = Self(name: "runsQuestion")
}

extension DashboardCommand.Section {
    static let runs = Self(title: "Runs")
}

extension DashboardCommand.ID {
    static let previousRun = Self("previousRun")
    static let nextRun = Self("nextRun")
    static let markRun = Self("markRun")
    static let openRun = Self("openRun")
    static let branchRun = Self("branchRun")
    static let filterRuns = Self("filterRuns")
    static let runsMetric = Self("runsMetric")
    static let tagRun = Self("tagRun")
    static let noteRun = Self("noteRun")
    static let removeRuns = Self("removeRuns")
    static let leaveRun = Self("leaveRun")
    static let acceptRunsLine = Self("acceptRunsLine")
    static let deleteInRunsLine = Self("deleteInRunsLine")
    static let clearRunsLine = Self("clearRunsLine")
    static let cancelRunsLine = Self("cancelRunsLine")
    static let confirmRemoval = Self("confirmRemoval")
    static let cancelRemoval = Self("cancelRemoval")
}
