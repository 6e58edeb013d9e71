import Tensors

/// What going on takes.
extension LPPlusPlusMethod {
    /// The optimisers, the sum of the multipliers' gradients, the steps, and the epoch that is selected so far.
    public func trainingState() -> TrainingState {
        var state = TrainingState()
        state.add(method.optimiser.state, under: "")
        state.floats["accumulated"] = method.accumulated.tensor
        state.set("steps", method.steps)
        state.set("at end", isAtEnd ? 1 : 0)
        state.set("selected epoch", selected?.epoch ?? -1)
        if let selected {
            state.set("selected top-1", selected.top1)
            for (name, tensor) in selected.parameters { state.floats["selected/" + name] = tensor }
        }
        return state
    }

    public func restore(_ state: TrainingState) throws {
        try method.optimiser.restore(state)
        method.accumulated.assign(try state.float("accumulated", shape: [1, method.accumulated.columns]))
        method.steps = try state.integer("steps", in: 0...Int.max)
        isAtEnd = try state.integer("at end", in: 0...1) == 1
        let epoch = try state.integer("selected epoch", in: -1...Int.max)
        guard epoch >= 0 else {
            selected = nil
            return
        }
        let wanted = parameters()
        var kept: [String: Tensor<Float>] = [:]
        for (name, tensor) in wanted { kept[name] = try state.float("selected/" + name, shape: tensor.shape) }
        selected = (epoch, try state.number("selected top-1"), kept)
    }
}
