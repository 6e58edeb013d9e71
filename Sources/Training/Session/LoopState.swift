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
    /// What users have set.
    var controls: RunControls
    /// The epoch with the lowest validation loss so far.
    var bestEpoch: Int?
    /// The live values of that epoch: they are not among the weights.
    var bestValues: [String: Double] = [:]
    /// Seconds of training, pauses excluded.
    var seconds = 0.0
    /// Seconds of the current epoch.
    var epochSeconds = 0.0
    /// How the run ended; nil while it goes on.
    var ending: RunState?

    /// The names under which checkpoints have them.
    private enum CodingKeys: String, CodingKey {
        case step, position, lossSum, lossCount, lastFiniteLoss, lastRate, bestEpoch, bestValues, seconds, epochSeconds,
            ending
        case controls = "steering"
    }

    /// The state of a run before its first step.
    init(controls: RunControls) { self.controls = controls }

    /// Reads what this or an older version has written.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        step = try container.decode(Int.self, forKey: .step)
        position = try container.decode(Int.self, forKey: .position)
        lossSum = try container.decode(Double.self, forKey: .lossSum)
        lossCount = try container.decode(Int.self, forKey: .lossCount)
        lastFiniteLoss = try container.decodeIfPresent(Double.self, forKey: .lastFiniteLoss)
        lastRate = try container.decode(Double.self, forKey: .lastRate)
        controls = try container.decode(RunControls.self, forKey: .controls)
        bestEpoch = try container.decodeIfPresent(Int.self, forKey: .bestEpoch)
        bestValues =
            try container.decodeIfPresent([String: Double].self, forKey: .bestValues) ?? Self.olderBestValues(decoder)
        seconds = try container.decode(Double.self, forKey: .seconds)
        epochSeconds = try container.decode(Double.self, forKey: .epochSeconds)
        ending = try container.decodeIfPresent(RunState.self, forKey: .ending)
    }
}
