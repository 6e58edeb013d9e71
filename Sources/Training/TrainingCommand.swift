/// What a session can be told. Every command takes effect between two batches; a paused session answers at once.
public enum TrainingCommand: Sendable, Equatable {
    /// Train no further batch until told to.
    case pause
    /// Go on.
    case resume
    /// Train one batch and pause.
    case step
    /// Multiply the learning rate (a factor below 1 divides it).
    case scaleLearningRate(by: Double)
    /// Set the learning rate of the batches to come.
    case setLearningRate(Double)
    /// Set the learning rate back to what it was before the last change, as a new change.
    case undoLearningRate
    /// Train this many more epochs than planned (fewer, if negative; never fewer than have begun).
    case addEpochs(Int)
    /// End the run; `save` is false to throw the trained adapter away.
    case stop(When, save: Bool)
    /// Answer for this picture now and after every batch.
    case inspect(picture: Int)
    /// Answer for all validation pictures now and after every epoch; false ends that.
    case watchMistakes(Bool)
    /// Answer for a picture of the user's own; a later question replaces one that has not been begun.
    case classify(ClassifyRequest)
    /// Answer for all test pictures before the end. The run records that its test split was looked at.
    case openTest

    /// When to stop.
    public enum When: Sendable, Equatable {
        /// Before the next batch.
        case now
        /// When the epoch has been trained and validated.
        case afterEpoch
    }
}
