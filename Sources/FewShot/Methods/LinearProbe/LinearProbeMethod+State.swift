import Tensors

/// What going on takes.
extension LinearProbeMethod {
    /// The solver with its history, all of it in double precision.
    public func trainingState() -> TrainingState {
        var state = probe.minimiser.state
        state.set("cross-entropy", probe.objective.crossEntropy)
        state.set("at end", isAtEnd ? 1 : 0)
        return state
    }

    public func restore(_ state: TrainingState) throws {
        try probe.minimiser.restore(state)
        probe.objective.crossEntropy = try state.number("cross-entropy")
        isAtEnd = try state.integer("at end", in: 0...1) == 1
        // The weights that came before are those of this state.
        iterations = probe.iterations
    }
}
