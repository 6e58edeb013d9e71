extension LBFGS {
    /// The state of the minimiser: point, value, gradient, counters and the history of its steps.
    public var state: TrainingState {
        var state = TrainingState()
        state.doubles["point"] = point.tensor
        state.doubles["gradient"] = gradient.tensor
        state.set("value", value)
        state.set("iterations", iterations)
        state.set("evaluations", evaluations)
        state.set("ending", ending.flatMap(Ending.allCases.firstIndex) ?? -1)
        state.set("pairs", history.count)
        for (index, pair) in history.enumerated() {
            state.doubles["step \(index)"] = pair.step.tensor
            state.doubles["change \(index)"] = pair.change.tensor
            state.set("inverse \(index)", pair.inverse)
        }
        return state
    }

    /// Restores ``state``; the objective must be the same.
    /// - Throws: ``TrainingStateError`` if it is that of another problem.
    public func restore(_ state: TrainingState) throws(TrainingStateError) {
        let shape = [1, point.count]
        var history: [(step: Matrix<Double>, change: Matrix<Double>, inverse: Double)] = []
        for index in 0..<(try state.integer("pairs", in: 0...rules.memory)) {
            history.append(
                (
                    Matrix(try state.double("step \(index)", shape: shape)),
                    Matrix(try state.double("change \(index)", shape: shape)), try state.number("inverse \(index)")
                ))
        }
        point.assign(try state.double("point", shape: shape))
        gradient.assign(try state.double("gradient", shape: shape))
        value = try state.number("value")
        iterations = try state.integer("iterations", in: 0...Int.max)
        evaluations = try state.integer("evaluations", in: 0...Int.max)
        let ending = try state.integer("ending", in: -1...Ending.allCases.count - 1)
        self.ending = ending < 0 ? nil : Ending.allCases[ending]
        self.history = history
    }
}
