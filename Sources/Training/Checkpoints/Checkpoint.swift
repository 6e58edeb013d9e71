import FewShot
import Tensors

/// Everything that going on from one moment of a run takes.
struct Checkpoint: Sendable, Equatable {
    /// Weights with what training them further takes.
    struct Weights: Sendable, Equatable {
        var parameters: [String: Tensor<Float>]
        var state: TrainingState
    }

    /// What the run was made from.
    var configuration: TrainingConfiguration
    /// What it was begun with.
    var identity: RunIdentity
    /// Where it stands.
    var course: LoopState
    /// The epochs it has completed.
    var epochs: [EpochRecord]
    /// Its weights.
    var weights: Weights
    /// Those of the last completed epoch, to go back to.
    var good: Weights
    /// The parameters of the epoch with the lowest validation loss.
    var best: [String: Tensor<Float>]?
}

extension AdaptationMethod {
    /// Sets weights and what training takes back.
    /// - Throws: `TrainingStateError` if they are those of another method, model or set of classes.
    func restore(_ weights: Checkpoint.Weights) throws {
        try load(weights.parameters)
        try restore(weights.state)
    }
}
