import Foundation

/// The user's hand on a run: rate, ratio, dropout, epochs, pausing and stopping, as commands change them.
///
/// It decides nothing about training; it takes a command and answers with the events that tell viewers about it.
struct RunControls: Sendable, Equatable {
    /// Where a run is when a command takes effect.
    struct Position {
        var step: Int
        var completedEpochs: Int
    }

    /// What can be changed and set back again, with a value it had.
    enum Setting: Sendable, Equatable, Codable {
        case learningRate(Double)
        case residualRatio(Double)
        case dropout(Double)
    }

    /// The base learning rate: that of the next batch, unless a schedule moves it; 0 for a method that has none.
    var learningRate: Double
    /// The residual ratio; nil where nobody can set it.
    var residualRatio: Double?
    /// The dropout; nil where nobody can set it.
    var dropout: Double?
    /// Epochs that will be trained as things stand.
    private(set) var plannedEpochs: Int
    /// Everything that changed the run.
    private(set) var interventions: [Intervention] = []
    /// Whether the method has its own step size, which nobody can change.
    let isRateFixed: Bool
    /// Whether a schedule makes something else of the rate.
    let isScheduled: Bool
    /// What undoing sets back to, the newest last.
    var earlier: [Setting] = []

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

    init(
        learningRate: Double, epochs: Int, ownLearningRate: Double? = nil, isScheduled: Bool = false,
        residualRatio: Double? = nil, dropout: Double? = nil
    ) {
        self.learningRate = ownLearningRate ?? learningRate
        self.residualRatio = residualRatio
        self.dropout = dropout
        isRateFixed = ownLearningRate != nil
        self.isScheduled = isScheduled && ownLearningRate == nil
        plannedEpochs = epochs
    }

    /// Whether there is nothing to train until a command comes.
    var isIdle: Bool { isHalted || (isPaused && singleSteps == 0) }

    /// Notes that a batch was trained.
    mutating func noteBatch() { singleSteps = max(singleSteps - 1, 0) }

    /// Notes that an epoch was completed; answers with what that changes.
    mutating func noteEpoch(_ epoch: Int) -> [TrainingEvent] {
        guard let last = pauseAfterEpoch, epoch >= last, epoch < plannedEpochs else { return [] }
        return changes { $0.setPaused(true) }
    }

    /// Notes that the loss is not a number, and that somebody is there to choose.
    mutating func halt(step: Int, learningRate: Double, lastFiniteLoss: Double?) -> [TrainingEvent] {
        isHalted = true
        (singleSteps, pauseAfterEpoch) = (0, nil)
        return [.state(.halted(step: step, learningRate: learningRate, lastFiniteLoss: lastFiniteLoss))]
    }

    /// Notes that weights and optimiser have gone back.
    mutating func noteRestored() { wantsRestoring = false }

    /// Notes something that happened to the run.
    mutating func note(_ change: Intervention.Change, at position: Position) -> [TrainingEvent] {
        changes { $0.record(change, at: position) }
    }

    /// Carries out a command; questions are none of its business.
    mutating func apply(_ command: TrainingCommand, at position: Position) -> [TrainingEvent] {
        changes { $0.carryOut(command, at: position) }
    }

    private mutating func changes(_ body: (inout Self) -> Void) -> [TrainingEvent] {
        events = []
        body(&self)
        defer { events = [] }
        return events
    }

    private mutating func carryOut(_ command: TrainingCommand, at position: Position) {
        switch command {
        case .pause, .resume, .step, .runEpochs: move(command, at: position)
        case .scaleLearningRate(let factor): setLearningRate(learningRate * factor, at: position)
        case .setLearningRate(let rate): setLearningRate(rate, at: position)
        case .setResidualRatio(let ratio): setResidualRatio(ratio, at: position)
        case .setDropout(let dropout): setDropout(dropout, at: position)
        case .undo: undo(at: position)
        case .addEpochs(let count): addEpochs(count, at: position)
        case .restoreCheckpoint(let factor): restore(scalingBy: factor, at: position)
        case .stop(.now, let save): stopNowSaving = save
        case .stop(.afterEpoch, let save): stopAfterEpoch(save: save, at: position)
        case .openTest:
            log("test split opened after step \(position.step), by you; the run records it", level: .warning)
            record(.testOpened, at: position)
        case .checkpoint, .inspect, .watchMistakes, .classify, .watchRatios, .pin, .attended: break
        }
    }

    mutating func log(_ text: String, level: LogEntry.Level = .info) {
        events.append(.log(LogEntry(text, level: level)))
    }

    mutating func record(_ change: Intervention.Change, at position: Position) {
        let intervention = Intervention(
            change: change, afterStep: position.step, afterEpoch: position.completedEpochs, time: Date())
        interventions.append(intervention)
        events.append(.intervention(intervention))
    }

    // MARK: Moving on and stopping

    private mutating func move(_ command: TrainingCommand, at position: Position) {
        guard !isHalted else {
            return log("the loss is not a number: go back to the last good checkpoint, or stop", level: .warning)
        }
        switch command {
        case .step:
            setPaused(true)
            singleSteps += 1
        case .runEpochs(let count):
            guard count >= 1 else {
                return log("\(count) more epochs refused: wants a whole number from 1", level: .warning)
            }
            let last = position.completedEpochs.addingReportingOverflow(count)
            let target = min(last.overflow ? .max : last.partialValue, TrainingConfiguration.maximumEpochs)
            if target > plannedEpochs { addEpochs(target - plannedEpochs, at: position) }
            setPaused(false)
            pauseAfterEpoch = target
            log(target < plannedEpochs ? "pausing after epoch \(target)" : "running to the end, epoch \(target)")
        default: setPaused(command == .pause)
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
        log("epochs \(plannedEpochs) → \(epochs) after step \(position.step), by you")
        record(.epochs(from: plannedEpochs, to: epochs), at: position)
        plannedEpochs = epochs
    }

    private mutating func stopAfterEpoch(save: Bool, at position: Position) {
        // A halted run would never reach the end of its epoch, and a paused one only if it went on.
        guard !isHalted else { return stopNowSaving = save }
        setPaused(false)
        stopAfterEpochSaving = save
        log("stopping after epoch \(position.completedEpochs + 1)")
    }

    private mutating func restore(scalingBy factor: Double, at position: Position) {
        guard !isRateFixed else {
            return log(
                "this method works out its own steps: from an earlier checkpoint it would take the same ones again",
                level: .warning)
        }
        guard TrainingConfiguration.isUsable(learningRate: learningRate * factor) else {
            return log("a learning rate times \(factor) refused: wants a positive number", level: .warning)
        }
        wantsRestoring = true
        let place = position.completedEpochs == 0 ? "the start" : "the end of epoch \(position.completedEpochs)"
        log("back to the weights and the optimiser of \(place) after step \(position.step), by you")
        record(.restored(epoch: position.completedEpochs), at: position)
        setLearningRate(learningRate * factor, at: position)
        guard isHalted else { return }
        (isHalted, isPaused) = (false, false)
        events.append(.state(.running))
    }
}

/// What of it a checkpoint keeps: whether a run is paused or about to stop is over when its process is.
extension RunControls: Codable {
    private enum CodingKeys: CodingKey {
        case learningRate, residualRatio, dropout, plannedEpochs, interventions, isRateFixed, isScheduled, earlier
    }
}
