extension MatrixOptimiser where Scalar == Float {
    /// The state of an optimiser: its moments, its steps, and the powers of Adam's betas as they were multiplied up.
    public var state: TrainingState {
        var state = TrainingState()
        state.set("steps", steps)
        state.floats["first"] = first.tensor
        if second.rows > 0 {
            state.floats["second"] = second.tensor
            state.doubles["powers"] = Tensor([powers.beta1, powers.beta2], shape: [2])
        }
        return state
    }

    /// Restores ``state``.
    /// - Throws: ``TrainingStateError`` if it is the state of another rule or of a parameter of another size.
    public func restore(_ state: TrainingState) throws(TrainingStateError) {
        let steps = try state.integer("steps", in: 0...Int.max)
        first.assign(try state.float("first", shape: [first.rows, first.columns]))
        if second.rows > 0 {
            second.assign(try state.float("second", shape: [second.rows, second.columns]))
            let powers = try state.double("powers", shape: [2]).values
            self.powers = (powers[0], powers[1])
        }
        self.steps = steps
    }
}
