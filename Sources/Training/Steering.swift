import Foundation

/// The user's hand on a run: rate, epochs, pausing and stopping, as commands change them.
///
/// It decides nothing about training; it takes a command and answers with the events that tell viewers about it.
struct Steering {
    /// Where a run is when a command takes effect.
    struct Position {
        var step: Int
        var completedEpochs: Int
    }

    /// The base learning rate: that of the next batch, unless a schedule moves it; 0 for a method that has none.
    private(set) var learningRate: Double
    /// Epochs that will be trained as things stand.
    private(set) var plannedEpochs: Int
    /// Whether batches are trained only when asked for.
    private(set) var isPaused = false
    /// Batches that a paused run still owes.
    private(set) var singleSteps = 0
    /// Whether to save when the epoch is over, once the user wants to stop there.
    private(set) var stopAfterEpochSaving: Bool?
    /// Whether to save, once the user wants to stop now.
    private(set) var stopNowSaving: Bool?
    /// Everything that changed the run.
    private(set) var interventions: [Intervention] = []

    /// Whether the method has its own step size, which nobody can change.
    private let isRateFixed: Bool
    /// Whether a schedule makes something else of the rate.
    private let isScheduled: Bool
    private var earlierRates: [Double] = []
    private var events: [TrainingEvent] = []

    init(learningRate: Double, epochs: Int, ownLearningRate: Double? = nil, isScheduled: Bool = false) {
        self.learningRate = ownLearningRate ?? learningRate
        isRateFixed = ownLearningRate != nil
        self.isScheduled = isScheduled && ownLearningRate == nil
        plannedEpochs = epochs
    }

    /// Whether there is nothing to train until a command comes.
    var isIdle: Bool { isPaused && singleSteps == 0 }

    /// Notes that a batch was trained.
    mutating func noteBatch() { singleSteps = max(singleSteps - 1, 0) }

    /// Carries out a command; questions are none of its business.
    mutating func obey(_ command: TrainingCommand, at position: Position) -> [TrainingEvent] {
        events = []
        switch command {
        case .pause: setPaused(true)
        case .resume: setPaused(false)
        case .step:
            setPaused(true)
            singleSteps += 1
        case .scaleLearningRate(let factor): setLearningRate(learningRate * factor, at: position)
        case .setLearningRate(let rate): setLearningRate(rate, at: position)
        case .undo: undoLearningRate(at: position)
        case .addEpochs(let count): addEpochs(count, at: position)
        case .stop(.now, let save): stopNowSaving = save
        case .stop(.afterEpoch, let save): stopAfterEpoch(save: save, at: position)
        case .openTest:
            log("test split opened after step \(position.step), by you; the run records it", level: .warning)
            record(.testOpened, at: position)
        case .setResidualRatio, .setDropout, .runEpochs, .checkpoint, .restoreCheckpoint: break
        case .inspect, .watchMistakes, .classify, .watchRatios, .pin, .attended: break
        }
        return events
    }

    /// Records something that happened around the run and changes nothing in it.
    mutating func note(_ change: Intervention.Change, at position: Position) -> [TrainingEvent] {
        events = []
        record(change, at: position)
        return events
    }

    private mutating func log(_ text: String, level: LogEntry.Level = .info) {
        events.append(.log(LogEntry(text, level: level)))
    }

    private mutating func record(_ change: Intervention.Change, at position: Position) {
        let intervention = Intervention(
            change: change, afterStep: position.step, afterEpoch: position.completedEpochs, time: Date())
        interventions.append(intervention)
        events.append(.intervention(intervention))
    }

    private mutating func setPaused(_ paused: Bool) {
        singleSteps = 0
        guard paused != isPaused else { return }
        isPaused = paused
        events.append(.state(paused ? .paused : .running))
    }

    private mutating func setLearningRate(_ rate: Double, at position: Position, undoing: Bool = false) {
        guard !isRateFixed else {
            return log("this method works out its own step size: the learning rate cannot be changed", level: .warning)
        }
        guard TrainingConfiguration.isUsable(learningRate: rate) else {
            return log("learning rate \(rate) refused: wants a positive number", level: .warning)
        }
        guard rate != learningRate else { return }
        if !undoing { earlierRates.append(learningRate) }
        log(
            "\(isScheduled ? "base " : "")learning rate \(NumberFormat.rate(learningRate)) → \(NumberFormat.rate(rate)) after step \(position.step), "
                + "by you" + (undoing ? " (undone)" : " (u undoes it)"))
        record(.learningRate(from: learningRate, to: rate), at: position)
        learningRate = rate
    }

    private mutating func undoLearningRate(at position: Position) {
        guard let previous = earlierRates.popLast() else {
            return log("nothing to undo: the learning rate is as it was at the start")
        }
        setLearningRate(previous, at: position, undoing: true)
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
        // A paused run would never reach the end of its epoch.
        setPaused(false)
        stopAfterEpochSaving = save
        log("stopping after epoch \(position.completedEpochs + 1)")
    }
}
