/// What changes a run, and is recorded where it changes what is trained. Every control takes effect between two batches; a
/// paused run obeys at once.
public enum RunControl: Sendable, Equatable, Codable {
    /// Train no further batch until told to.
    case pause
    /// Go on.
    case resume
    /// Train one batch and pause.
    case step
    /// Set the live setting of this name for the batches to come.
    case set(_ name: String, Double)
    /// Multiply the live setting of this name (a factor below 1 divides it).
    case scale(_ name: String, by: Double)
    /// Set the live setting that was changed last back to its value before, as a new change. Weights stay: only
    /// ``restoreCheckpoint(learningRate:)`` brings them back.
    case undo
    /// Go on, and pause when this many more epochs have been completed; plans more epochs where there are not enough.
    case runEpochs(Int)
    /// Keep a checkpoint of this moment.
    case checkpoint
    /// Go back to the weights and the optimiser of the last good checkpoint, with this learning rate or, if it is nil, the
    /// same: the way out of a loss that is not a number, and of a change that was a mistake.
    case restoreCheckpoint(learningRate: Double?)
    /// Train this many more epochs than planned (fewer, if negative; never fewer than have begun).
    case addEpochs(Int)
    /// End the run; `save` is false to throw the trained adapter away.
    case stop(When, save: Bool)
    /// Answer for all test pictures before the end. The run records that its test split was looked at.
    case openTest

    /// When to stop.
    public enum When: Sendable, Equatable, Codable {
        /// Before the next batch.
        case now
        /// When the epoch has been trained and validated.
        case afterEpoch
    }
}
