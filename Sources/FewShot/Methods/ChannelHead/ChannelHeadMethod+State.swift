import Tensors

/// What going on takes.
extension ChannelHeadMethod {
    /// The optimisers, and the head's share to the last bit.
    public func trainingState() -> TrainingState {
        var state = optimiser.state
        state.set("fusion", head.fusion)
        return state
    }

    public func restore(_ state: TrainingState) throws {
        try optimiser.restore(state)
        head.fusion = try state.number("fusion")
    }
}
