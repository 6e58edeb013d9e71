import Tensors

/// What going on takes.
extension ChannelHeadMethod {
    /// The optimisers, and the head's share to the last bit.
    public func trainingState() -> TrainingState {
        var state = TrainingState()
        for (name, optimiser) in zip(Self.parameterNames, optimisers) { state.add(optimiser.state, under: name + "/") }
        state.set("fusion", head.fusion)
        return state
    }

    public func restore(_ state: TrainingState) throws {
        for (name, optimiser) in zip(Self.parameterNames, optimisers) { try optimiser.restore(state.part(name + "/")) }
        head.fusion = try state.number("fusion")
    }
}
