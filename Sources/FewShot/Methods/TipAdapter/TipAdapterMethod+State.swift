import Tensors

/// What going on takes.
extension TipAdapterFMethod {
    /// The optimiser, and α and β to the last bit.
    public func trainingState() -> TrainingState {
        var state = TrainingState()
        state.add(optimiser.state, under: "")
        state.set("alpha", adapter.alpha)
        state.set("beta", adapter.beta)
        return state
    }

    public func restore(_ state: TrainingState) throws {
        try optimiser.restore(state)
        (adapter.alpha, adapter.beta) = (try state.number("alpha"), try state.number("beta"))
    }
}
