import Training

extension CommandTable {
    /// By how much the keys change a residual ratio or a dropout.
    static let shareStep = 0.05

    private static let hasRatio: @Sendable (DashboardState) -> Bool = { state in
        isTraining(state) && state.run.settings.residualRatio != nil
    }
    private static let hasDropout: @Sendable (DashboardState) -> Bool = { state in
        isTraining(state) && state.run.settings.dropout != nil
    }
    /// Whether batches can be trained: a loss that is no number has to be answered first.
    private static let isGood: @Sendable (DashboardState) -> Bool = { isTraining($0) && !$0.run.isHalted }

    /// RunControls beyond rate and epochs: other settings, checkpoints, and the ways back.
    static let settings: [DashboardCommand] = [
        DashboardCommand(
            .runEpochs, in: .train, keys: [.character("n")], section: .steer, detail: "train n more epochs, then pause",
            footer: .init(rank: 12, keys: nil) { _ in "run n" }, when: isGood
        ) { $0.type(.runEpochs) },
        DashboardCommand(
            .raiseRatio, keys: [.character(")")], section: .steer, detail: "residual ratio plus 0.05",
            footer: .init(rank: 14, keys: "( )") { _ in "ratio" }, when: hasRatio
        ) { $0.nudge(.residualRatio, by: shareStep) },
        DashboardCommand(
            .lowerRatio, keys: [.character("(")], section: .steer, detail: "residual ratio minus 0.05", when: hasRatio
        ) { $0.nudge(.residualRatio, by: -shareStep) },
        DashboardCommand(
            .typeRatio, in: .train, keys: [.character("a")], section: .steer, detail: "type a residual ratio",
            when: hasRatio
        ) { $0.type(.residualRatio) },
        DashboardCommand(
            .raiseDropout, keys: [.character("}")], section: .steer, detail: "dropout plus 0.05",
            footer: .init(rank: 15, keys: "{ }") { _ in "dropout" }, when: hasDropout
        ) { $0.nudge(.dropout, by: shareStep) },
        DashboardCommand(
            .lowerDropout, keys: [.character("{")], section: .steer, detail: "dropout minus 0.05", when: hasDropout
        ) { $0.nudge(.dropout, by: -shareStep) },
        DashboardCommand(
            .typeDropout, keys: [.character("d")], section: .steer, detail: "type a dropout", when: hasDropout
        ) { $0.type(.dropout) },
        DashboardCommand(
            .undo, keys: [.character("u")], section: .steer, detail: "undo the last change of rate, ratio, dropout",
            footer: .init(rank: 9, keys: nil, isShown: { $0.run.settings.nextUndo != nil }) {
                "undo" + ($0.run.settings.nextUndo.map { " " + $0.undoTitle } ?? "")
            }, when: isTraining
        ) { state in
            state.run.noteUndo()
            return [.send(.undo)]
        },
        DashboardCommand(
            .checkpoint, keys: [.character("c")], section: .steer, detail: "keep a checkpoint of this moment",
            footer: .init(rank: 10, keys: nil) { _ in "checkpoint" },
            when: { isGood($0) && $0.run.hasTrained }
        ) { _ in [.send(.checkpoint)] },
        DashboardCommand(
            .restoreCheckpoint, keys: [.character("R")], section: .steer,
            detail: "back to the last good checkpoint; asks",
            footer: .init(rank: 16, keys: nil) { _ in "restore" }, when: { isTraining($0) && $0.run.hasTrained }
        ) { state in
            state.overlay = .question(state.run.isHalted ? .notANumber : .restore)
            return []
        },
    ]
}

extension DashboardState {
    /// Opens the line for a value.
    mutating func type(_ purpose: InputLine.Purpose) -> [Effect] {
        overlay = .input(InputLine(purpose))
        return []
    }

    /// Moves a ratio or a dropout to the next round value, inside its bounds.
    fileprivate mutating func nudge(_ setting: RunSettings.Setting, by step: Double) -> [Effect] {
        // A key held down is faster than the session's answer: what was asked for last is where the next one starts.
        guard let current = asked[setting] ?? run.settings[setting] else { return [] }
        let most = setting == .dropout ? 1 - CommandTable.shareStep : 1
        let value = min(most, max(0, ((current + step) / CommandTable.shareStep).rounded() * CommandTable.shareStep))
        guard abs(value - current) > 1e-9 else {
            notice = Notice(text: "the \(setting.name) is \(setting.text(current)) already", level: .info)
            return []
        }
        // Without the last bits of a sum of twentieths.
        let rounded = (value * 100).rounded() / 100
        asked[setting] = rounded
        return [.send(setting == .dropout ? .setDropout(rounded) : .setResidualRatio(rounded))]
    }
}

extension DashboardCommand.ID {
    static let runEpochs = Self("runEpochs")
    static let raiseRatio = Self("raiseRatio")
    static let lowerRatio = Self("lowerRatio")
    static let typeRatio = Self("typeRatio")
    static let raiseDropout = Self("raiseDropout")
    static let lowerDropout = Self("lowerDropout")
    static let typeDropout = Self("typeDropout")
    static let undo = Self("undo")
    static let checkpoint = Self("checkpoint")
    static let restoreCheckpoint = Self("restoreCheckpoint")
}
