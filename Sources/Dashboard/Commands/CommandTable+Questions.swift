extension CommandTable {
    /// The keys of a question: to walk through its answers, and one for each of them.
    static let questions: [DashboardCommand] =
        [
            DashboardCommand(.choosePrevious, in: .question, keys: [.up, .backTab], detail: "the choice above") {
                $0.moveChoice(by: -1)
            },
            DashboardCommand(.chooseNext, in: .question, keys: [.down, .tab], detail: "the choice below") {
                $0.moveChoice(by: 1)
            },
            DashboardCommand(.takeChoice, in: .question, keys: [.enter], detail: "take the choice") { state in
                guard case .question(let question) = state.overlay else { return [] }
                return state.take(question.chosen)
            },
            answer(.takeCancel, .cancel, also: [.escape, .character("q")], "leave everything as it is"),
            answer(.takeStopAfterEpoch, .stopAfterEpoch, "stop after this epoch and save"),
            answer(.takeStopNow, .stopNow, "stop now and save"),
            answer(.takeDetach, .detach, "leave, and let it run on"),
            answer(.takeDiscard, .discard, "discard what was trained; asks"),
            answer(.takeDiscardForGood, .discardForGood, "discard it for good"),
            answer(.takeRestoreLowerRate, .restoreLowerRate, "restore the checkpoint with a lower rate"),
            answer(.takeRestore, .restore, "restore the checkpoint"),
            answer(.takeRestoreWithRate, .restoreWithRate, "restore the checkpoint, type a rate"),
            DashboardCommand(
                .interruptAgain, in: .question, keys: [.control("c")], detail: "stop now, save, and leave"
            ) { $0.interruptQuestion() },
        ]

    private static func answer(
        _ id: DashboardCommand.ID, _ answer: Answer, also keys: [Key] = [], _ detail: String
    ) -> DashboardCommand {
        DashboardCommand(
            id, in: .question, keys: [answer.key] + keys, detail: detail, when: { $0.canAnswer(answer) }
        ) { $0.take(answer) }
    }
}

extension DashboardCommand.ID {
    static let choosePrevious = Self("choosePrevious")
    static let chooseNext = Self("chooseNext")
    static let takeChoice = Self("takeChoice")
    static let interruptAgain = Self("interruptAgain")
    static let takeCancel = Self("takeCancel")
    static let takeStopAfterEpoch = Self("takeStopAfterEpoch")
    static let takeStopNow = Self("takeStopNow")
    static let takeDetach = Self("takeDetach")
    static let takeDiscard = Self("takeDiscard")
    static let takeDiscardForGood = Self("takeDiscardForGood")
    static let takeRestoreLowerRate = Self("takeRestoreLowerRate")
    static let takeRestore = Self("takeRestore")
    static let takeRestoreWithRate = Self("takeRestoreWithRate")
}
