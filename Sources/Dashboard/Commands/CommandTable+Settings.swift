import FewShot
import Training

extension CommandTable {
    /// By how much the keys change a share: a residual ratio, a dropout.
    static let shareStep = 0.05
    /// By which factor the keys change any other setting.
    static let factor = 2.0

    /// The keys of a live setting: up, down, and typing a value.
    static func keys(
        of setting: LiveSetting, raise: (id: DashboardCommand.ID, keys: [Key], footer: DashboardCommand.FooterEntry),
        lower: (id: DashboardCommand.ID, keys: [Key]),
        type: (
            id: DashboardCommand.ID, context: DashboardCommand.Context, key: Key, footer: DashboardCommand.FooterEntry?
        )
    ) -> [DashboardCommand] {
        let isThere: @Sendable (DashboardState) -> Bool = { isTraining($0) && $0.run.settings[setting.name] != nil }
        let isShare = setting.format == .share
        let up = isShare ? "\(setting.title) plus \(shareStep)" : "double the \(setting.title)"
        let down = isShare ? "\(setting.title) minus \(shareStep)" : "halve the \(setting.title)"
        return [
            DashboardCommand(
                raise.id, keys: raise.keys, section: .steer, detail: up, footer: raise.footer, when: isThere
            ) { $0.nudge(setting, up: true) },
            DashboardCommand(lower.id, keys: lower.keys, section: .steer, detail: down, when: isThere) {
                $0.nudge(setting, up: false)
            },
            DashboardCommand(
                type.id, in: type.context, keys: [type.key], section: .steer, detail: "type a \(setting.title)",
                footer: type.footer, when: isThere
            ) { $0.type(.setting(setting.name)) },
        ]
    }

    /// Whether batches can be trained: a loss that is no number has to be answered first.
    private static let isGood: @Sendable (DashboardState) -> Bool = { isTraining($0) && !$0.run.isHalted }

    /// Other settings than the rate, checkpoints, and the ways back.
    static let settings: [DashboardCommand] =
        [
            DashboardCommand(
                .runEpochs, in: .train, keys: [.character("n")], section: .steer,
                detail: "train n more epochs, then pause", footer: .init(rank: 12, keys: nil) { _ in "run n" },
                when: isGood
            ) { $0.type(.runEpochs) }
        ]
        + keys(
            of: .residualRatio,
            raise: (.raiseRatio, [.character(")")], .init(rank: 14, keys: "( )") { _ in "ratio" }),
            lower: (.lowerRatio, [.character("(")]), type: (.typeRatio, .train, .character("a"), nil))
        + keys(
            of: .dropout,
            raise: (.raiseDropout, [.character("}")], .init(rank: 15, keys: "{ }") { _ in "dropout" }),
            lower: (.lowerDropout, [.character("{")]), type: (.typeDropout, .screen, .character("d"), nil))
        + waysBack

    private static let waysBack: [DashboardCommand] = [
        DashboardCommand(
            .typeSetting, keys: [.character(":")], section: .steer, detail: "set a value by its name: ratio 0.4",
            footer: .init(rank: 13, keys: nil) { _ in "set" }, when: { isTraining($0) && !$0.run.settings.isEmpty }
        ) { $0.type(.anySetting) },
        DashboardCommand(
            .undo, keys: [.character("u")], section: .steer, detail: "undo the last change of a setting",
            footer: .init(rank: 9, keys: nil, isShown: { $0.run.nextUndo != nil }) {
                "undo" + ($0.run.nextUndo.map { ": \($0.name) to \(LiveSetting.named($0.name).text($0.value))" } ?? "")
            }, when: isTraining
        ) { _ in [.send(.undo)] },
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

    /// Moves a share to the next round value inside its bounds; doubles or halves any other setting.
    fileprivate mutating func nudge(_ setting: LiveSetting, up: Bool) -> [Effect] {
        guard setting.format == .share else {
            return [.send(.scale(setting.name, by: up ? CommandTable.factor : 1 / CommandTable.factor))]
        }
        // A key held down is faster than the session's answer: what was asked for last is where the next one starts.
        guard let current = asked[setting.name] ?? run.settings[setting.name] else { return [] }
        let step = CommandTable.shareStep
        let most = setting.bounds.contains(1) ? 1 : 1 - step
        let value = min(most, max(0, ((current + (up ? step : -step)) / step).rounded() * step))
        guard abs(value - current) > 1e-9 else {
            notice = Notice(text: "the \(setting.title) is \(setting.text(current)) already", level: .info)
            return []
        }
        // Without the last bits of a sum of twentieths.
        let rounded = (value * 100).rounded() / 100
        asked[setting.name] = rounded
        return [.send(.set(setting.name, rounded))]
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
    static let typeSetting = Self("typeSetting")
    static let undo = Self("undo")
    static let checkpoint = Self("checkpoint")
    static let restoreCheckpoint = Self("restoreCheckpoint")
}
