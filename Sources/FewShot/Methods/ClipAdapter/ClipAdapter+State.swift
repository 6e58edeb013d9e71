import Tensors

extension ClipAdapter {
    /// Sets the given residual ratio of the batches to come. The text side follows, unless it was given a ratio of its own
    /// beside an image side.
    /// - Precondition: the ratio is given, not trained.
    func setResidualRatio(_ ratio: Double) {
        configuration.residualRatio = ratio
        visual?.ratio.source = .fixed(ratio)
        if visual != nil, configuration.textRatio != nil { return }
        if configuration.textRatio != nil { configuration.textRatio = ratio }
        text?.ratio.source = .fixed(ratio)
    }
}

/// What may change while it trains, and what going on takes.
extension ClipAdapterMethod {
    public var residualRatio: Double? {
        get {
            let configuration = adapter.configuration
            guard configuration.ratioMode == .fixed else { return nil }
            return configuration.branch.hasVisual
                ? configuration.residualRatio : configuration.textRatio ?? configuration.residualRatio
        }
        set { if let newValue, residualRatio != nil { adapter.setResidualRatio(newValue) } }
    }

    public var dropout: Double? {
        get { adapter.configuration.branch.hasVisual ? adapter.configuration.dropout : nil }
        set { if let newValue, dropout != nil { adapter.configuration.dropout = newValue } }
    }

    public func logits(_ features: Tensor<Float>, residualRatio: Double) -> Tensor<Float>? {
        adapter.logits(features, residualRatio: residualRatio)
    }

    /// The optimiser.
    public func trainingState() -> TrainingState { optimiser.state }

    public func restore(_ state: TrainingState) throws { try optimiser.restore(state) }
}

/// The same for several at once.
extension ClipAdapterSweep {
    /// That of all candidates.
    public var dropout: Double? {
        get { candidates.first?.method.dropout }
        set { for candidate in candidates { candidate.method.dropout = newValue } }
    }

    /// Those of whoever answers.
    public func logits(_ features: Tensor<Float>, residualRatio: Double) -> Tensor<Float>? {
        candidates[leader].method.logits(features, residualRatio: residualRatio)
    }

    /// The optimisers of all candidates, and who takes no further part.
    public func trainingState() -> TrainingState {
        candidates.reduce(into: TrainingState()) { state, candidate in
            let prefix = Self.prefix(candidate)
            state.add(candidate.method.trainingState(), under: prefix)
            state.set(prefix + "diverged", candidate.hasDiverged ? 1 : 0)
        }
    }

    public func restore(_ state: TrainingState) throws {
        for index in candidates.indices {
            let own = state.part(Self.prefix(candidates[index]))
            candidates[index].hasDiverged = try own.integer("diverged", in: 0...1) == 1
            try candidates[index].method.restore(own)
        }
    }
}
