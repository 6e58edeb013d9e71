/// What a viewer sends to a session.
public enum TrainingCommand: Sendable, Equatable, Codable {
    /// Changes the run.
    case control(RunControl)
    /// Asks once.
    case query(ViewerQuery)
    /// Follows something, or no longer.
    case subscription(ViewerSubscription)
}

/// What is answered once. The run goes on as it would have, and records nothing.
public enum ViewerQuery: Sendable, Equatable, Codable {
    /// The prediction for a picture of the user's own; a later question replaces one that has not been begun.
    case classify(ClassifyRequest)
}

/// What a viewer follows. The run goes on as it would have, and records nothing.
public enum ViewerSubscription: Sendable, Equatable, Codable {
    /// The prediction for this picture, now and after every batch.
    case inspect(picture: Int)
    /// The predictions for all validation pictures, now and after every epoch; false ends that.
    case watchMistakes(Bool)
    /// Validation at other residual ratios, now and after every epoch; false ends that.
    case watchRatios(Bool)
    /// The probabilities of these pictures (indices into the run's pictures), now and after every epoch.
    case pin([Int])
    /// Whether the viewer can answer a question: a run whose loss is not a number waits while one can.
    case attended(Bool)
}
