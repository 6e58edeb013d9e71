import FewShot
import Foundation

/// The state that users control: live settings, epochs, pausing and stopping.
///
/// It decides nothing about training; it takes a control and answers with the events that tell viewers about it. What a
/// live setting means is the business of the method that declares it.
struct RunControls: Sendable, Equatable {
    /// Where a run is when a control takes effect.
    struct Position {
        var step: Int
        var completedEpochs: Int
    }

    /// A value that undoing brings back.
    struct Earlier: Sendable, Equatable, Codable {
        var name: String
        var value: Double
        /// Epochs that were completed when the setting was changed; -1 where an older version did not keep it.
        var epoch: Int
    }

    /// The live settings of the run by name; a method that works out its own step size has no `lr`.
    var values: [String: Double]
    /// The values before each change that was not undone, the newest last.
    var earlier: [Earlier] = []
    /// Epochs that will be trained as things stand.
    var plannedEpochs: Int
    /// Everything that changed the run.
    var interventions: [Intervention] = []
    /// Whether a schedule multiplies the learning rate.
    let isScheduled: Bool

    /// Whether batches are trained only when asked for.
    private(set) var isPaused = false
    /// Batches that a paused run still owes.
    private(set) var singleSteps = 0
    /// The epoch after which the run is to pause.
    private(set) var pauseAfterEpoch: Int?
    /// Whether the loss is not a number and the user has to choose.
    private(set) var isHalted = false
    /// Whether weights and optimiser are to go back before the next batch.
    private(set) var wantsRestoring = false
    /// Whether to save when the epoch is over, once the user wants to stop there.
    private(set) var stopAfterEpochSaving: Bool?
    /// Whether to save, once the user wants to stop now.
    private(set) var stopNowSaving: Bool?
    private var events: [TrainingEvent] = []
    /// Who sent the control that is being applied.
    private var sender: Sender?

    init(values: [String: Double], epochs: Int, isScheduled: Bool = false) {
        self.values = values
        self.isScheduled = isScheduled
        plannedEpochs = epochs
    }

    /// The base learning rate; nil for a method that works out its own step size.
    var learningRate: Double? { values[LiveSetting.learningRate.name] }

    /// Whether there is nothing to train until a control comes.
    var isIdle: Bool { isHalted || (isPaused && singleSteps == 0) }

    /// The value that the next undo brings back; nil if there is none.
    var nextUndo: Intervention.Undo? {
        earlier.last { values[$0.name] != $0.value }.map { Intervention.Undo(name: $0.name, value: $0.value) }
    }

    /// The rate that a run goes on with after a loss that was not a number: the one before all changes since the last
    /// completed epoch, or half of it if nobody changed it since.
    func recoveryRate(completedEpochs: Int) -> Double? {
        let name = LiveSetting.learningRate.name
        let before = earlier.first { $0.name == name && $0.epoch == completedEpochs }
        return before?.value ?? learningRate.map { $0 / 2 }
    }

    /// Whether somebody looked at the test split before the end.
    var hasOpenedTest: Bool { interventions.contains { $0.change == .testOpened } }

    /// Notes that a batch was trained.
    mutating func noteBatch() { singleSteps = max(singleSteps - 1, 0) }

    /// Notes that an epoch was completed; answers with what that changes.
    mutating func noteEpoch(_ epoch: Int) -> [TrainingEvent] {
        guard let last = pauseAfterEpoch, epoch >= last, epoch < plannedEpochs else { return [] }
        return changes { $0.setPaused(true) }
    }

    /// Notes that the loss is not a number, and that somebody is there to choose.
    mutating func halt(
        at position: Position, learningRate: Double, lastFiniteLoss: Double?, loss: DivergedLoss
    ) -> [TrainingEvent] {
        isHalted = true
        (singleSteps, pauseAfterEpoch) = (0, nil)
        return [
            .state(
                .halted(
                    step: position.step, learningRate: learningRate, lastFiniteLoss: lastFiniteLoss, loss: loss,
                    recoveryRate: recoveryRate(completedEpochs: position.completedEpochs)))
        ]
    }

    /// Notes that weights and optimiser have gone back.
    mutating func noteRestored() { wantsRestoring = false }

    /// Notes something that happened to the run.
    mutating func note(_ change: Intervention.Change, at position: Position) -> [TrainingEvent] {
        changes { $0.record(change, at: position) }
    }

    /// Carries out a control; answers with what viewers are to be told.
    mutating func apply(_ control: RunControl, at position: Position, by sender: Sender? = nil) -> [TrainingEvent] {
        changes(by: sender) { $0.carryOut(control, at: position) }
    }

    private mutating func changes(by sender: Sender? = nil, _ body: (inout Self) -> Void) -> [TrainingEvent] {
        self.sender = sender
        body(&self)
        defer { (events, self.sender) = ([], nil) }
        return events
    }

    private mutating func carryOut(_ control: RunControl, at position: Position) {
        switch control {
        case .pause, .resume, .step, .runEpochs: move(control, at: position)
        case .set(let name, let value): set(name, to: value, at: position)
        case .scale(let name, let factor): set(name, to: (values[name] ?? 0) * factor, at: position)
        case .undo: undo(at: position)
        case .addEpochs(let count): addEpochs(count, at: position)
        case .restoreCheckpoint(let rate): restore(learningRate: rate, at: position)
        case .stop(.now, let save): stopNowSaving = save
        case .stop(.afterEpoch, let save): stopAfterEpoch(save: save, at: position)
        case .openTest: tell(.testOpened, at: position, level: .warning)
        case .checkpoint: break
        }
    }

    private mutating func log(_ text: String, level: LogEntry.Level = .info) {
        events.append(.log(LogEntry(text, level: level)))
    }

    private mutating func record(_ change: Intervention.Change, at position: Position) {
        let intervention = Intervention(
            change: change, afterStep: position.step, afterEpoch: position.completedEpochs, time: Date(),
            sender: sender, nextUndo: nextUndo)
        interventions.append(intervention)
        events.append(.intervention(intervention))
    }

    /// Records a change and logs who made it.
    private mutating func tell(_ change: Intervention.Change, at position: Position, level: LogEntry.Level = .info) {
        var text = change.words() + " at step \(position.step)"
        if isScheduled, case .set(LiveSetting.learningRate.name, _, _, _) = change { text = "base " + text }
        events.append(.log(LogEntry(text, level: level, sender: sender)))
        record(change, at: position)
    }

    // MARK: Settings

    private mutating func set(_ name: String, to value: Double, at position: Position, isUndo: Bool = false) {
        let setting = LiveSetting.named(name)
        guard let current = values[name] else {
            return log("the method has no \(setting.title) to set while it trains", level: .warning)
        }
        if let reason = setting.refusal(of: value) { return log("\(reason), not \(value)", level: .warning) }
        guard value != current else { return }
        if !isUndo { earlier.append(Earlier(name: name, value: current, epoch: position.completedEpochs)) }
        values[name] = value
        tell(.set(name: name, from: current, to: value, isUndo: isUndo), at: position)
    }

    /// Sets the setting that was changed last, whichever it was, back to its value before, as a new change.
    private mutating func undo(at position: Position) {
        while let last = earlier.popLast() {
            guard let current = values[last.name], current != last.value else { continue }
            return set(last.name, to: last.value, at: position, isUndo: true)
        }
        log("nothing to undo: every setting is as it was at the start")
    }

    /// Goes back to the last completed epoch. A rate that is left behind so cannot be brought back by undoing.
    private mutating func restore(learningRate rate: Double?, at position: Position) {
        let name = LiveSetting.learningRate.name
        guard let current = values[name] else {
            return log(
                "this method works out its own steps: from an earlier checkpoint it would take the same ones again",
                level: .warning)
        }
        if let rate, let reason = LiveSetting.learningRate.refusal(of: rate) {
            return log("\(reason), not \(rate)", level: .warning)
        }
        wantsRestoring = true
        tell(.restored(epoch: position.completedEpochs), at: position)
        if let rate, rate != current {
            earlier.removeAll { $0.name == name && $0.epoch == position.completedEpochs }
            values[name] = rate
            tell(.set(name: name, from: current, to: rate, isUndo: false), at: position)
        }
        guard isHalted else { return }
        (isHalted, isPaused) = (false, false)
        events.append(.state(.running))
    }

    // MARK: Moving on and stopping

    private mutating func move(_ control: RunControl, at position: Position) {
        guard !isHalted else {
            return log("the loss is not a number: restore the last good checkpoint, or stop", level: .warning)
        }
        switch control {
        case .step:
            setPaused(true)
            singleSteps += 1
        case .runEpochs(let count):
            guard count >= 1 else {
                return log("the number of epochs to run must be 1 or above, not \(count)", level: .warning)
            }
            let last = position.completedEpochs.addingReportingOverflow(count)
            let target = min(last.overflow ? .max : last.partialValue, TrainingConfiguration.maximumEpochs)
            if target > plannedEpochs { addEpochs(target - plannedEpochs, at: position) }
            setPaused(false)
            pauseAfterEpoch = target
            log(target < plannedEpochs ? "pausing after epoch \(target)" : "running to the end, epoch \(target)")
        default: setPaused(control == .pause)
        }
    }

    private mutating func setPaused(_ paused: Bool) {
        (singleSteps, pauseAfterEpoch) = (0, nil)
        guard paused != isPaused else { return }
        isPaused = paused
        events.append(.state(paused ? .paused : .running))
    }

    /// Never fewer epochs than have begun.
    private mutating func addEpochs(_ count: Int, at position: Position) {
        let limit = TrainingConfiguration.maximumEpochs
        let wanted = plannedEpochs.addingReportingOverflow(count)
        let epochs = min(max(wanted.overflow ? limit : wanted.partialValue, position.completedEpochs + 1), limit)
        guard epochs != plannedEpochs else { return }
        tell(.epochs(from: plannedEpochs, to: epochs), at: position)
        plannedEpochs = epochs
    }

    private mutating func stopAfterEpoch(save: Bool, at position: Position) {
        // A halted run would never reach the end of its epoch, and a paused one only if it went on.
        guard !isHalted else { return stopNowSaving = save }
        setPaused(false)
        stopAfterEpochSaving = save
        log("stopping after epoch \(position.completedEpochs + 1)")
    }
}
