/// What a session can be told. Every command takes effect between two batches; a paused session answers at once.
public enum TrainingCommand: Sendable, Equatable, Codable {
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
    /// Set a CLIP-Adapter's residual ratio, 0...1, for the batches to come.
    case setResidualRatio(Double)
    /// Set a CLIP-Adapter's dropout, from 0 to below 1, for the batches to come.
    case setDropout(Double)
    /// Set the learning rate, ratio or dropout that was changed last back to what it was before, as a new change. Weights
    /// stay: only ``restoreCheckpoint(scalingLearningRateBy:)`` brings them back.
    case undo
    /// Go on, and pause when this many more epochs have been completed; plans more epochs where there are not enough.
    case runEpochs(Int)
    /// Keep a checkpoint of this moment.
    case checkpoint
    /// Go back to the weights and the optimiser of the last good checkpoint, with the learning rate multiplied by the
    /// factor: the way out of a loss that is not a number, and of a change that was a mistake.
    case restoreCheckpoint(scalingLearningRateBy: Double)
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

    /// Measure validation at other residual ratios now and after every epoch; false ends that.
    case watchRatios(Bool)
    /// Tell the probabilities of these pictures (indices into the run's pictures) now and after every epoch.
    case pin([Int])
    /// Somebody who can answer a question watches (true), or nobody does any more: decides whether a run whose loss is no
    /// longer a number waits for an answer.
    case attended(Bool)

    /// When to stop.
    public enum When: Sendable, Equatable, Codable {
        /// Before the next batch.
        case now
        /// When the epoch has been trained and validated.
        case afterEpoch
    }
}
