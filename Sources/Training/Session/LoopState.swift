/// Where a run stands, besides its weights: what its loop counts, and what its user has set.
struct LoopState: Sendable, Equatable, Codable {
    /// Steps trained. They only count upwards, also when the weights go back.
    var step = 0
    /// Training pictures of the current epoch that have been trained on.
    var position = 0
    /// The losses of the current epoch's batches, each times its pictures.
    var lossSum = 0.0
    /// The pictures that were counted in ``lossSum``.
    var lossCount = 0
    /// The last loss that was a number.
    var lastFiniteLoss: Double?
    /// The learning rate of the last step.
    var lastRate = 0.0
    /// The user's hand on the run.
    var controls: RunControls
    /// The epoch with the lowest validation loss so far.
    var bestEpoch: Int?
    /// The residual ratio of that epoch, where it is a given one: it is not among the weights.
    var bestRatio: Double?
    /// Seconds of training, pauses excluded.
    var seconds = 0.0
    /// Seconds of the current epoch.
    var epochSeconds = 0.0
    /// How the run ended; nil while it goes on.
    var ending: RunState?

    /// The names under which checkpoints have them.
    private enum CodingKeys: String, CodingKey {
        case step, position, lossSum, lossCount, lastFiniteLoss, lastRate, bestEpoch, bestRatio, seconds, epochSeconds,
            ending
        case controls = "steering"
    }
}
