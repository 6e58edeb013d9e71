import Tensors

extension LiveSetting {
    /// The given residual ratio of a CLIP-Adapter: 0 is zero-shot.
    public static let residualRatio = LiveSetting(
        name: "ratio", title: "residual ratio", format: .share, bounds: .unitInterval,
        configured: \MethodConfiguration.givenRatio)
    /// The dropout before a CLIP-Adapter of image features.
    public static let dropout = LiveSetting(
        name: "dropout", title: "dropout", format: .share, bounds: .belowOne,
        configured: \MethodConfiguration.givenDropout)
}

extension MethodConfiguration {
    fileprivate var givenRatio: Double {
        get { self[ClipAdapterConfiguration.self].givenRatio }
        set { self[ClipAdapterConfiguration.self].givenRatio = newValue }
    }

    fileprivate var givenDropout: Double {
        get { self[ClipAdapterConfiguration.self].dropout }
        set { self[ClipAdapterConfiguration.self].dropout = newValue }
    }
}

extension ClipAdapterConfiguration {
    /// The residual ratio of the image side, or of the text side where only that is adapted. Where both are, a text side
    /// without a ratio of its own follows.
    public var givenRatio: Double {
        get { branch.hasVisual ? residualRatio : textRatio ?? residualRatio }
        set {
            residualRatio = newValue
            if !branch.hasVisual, textRatio != nil { textRatio = newValue }
        }
    }
}

extension ClipAdapter {
    /// Sets the given residual ratio of the batches to come.
    /// - Precondition: the ratio is given, not trained.
    func setResidualRatio(_ ratio: Double) {
        configuration.givenRatio = ratio
        visual?.ratio.source = .fixed(configuration.residualRatio)
        text?.ratio.source = .fixed(configuration.textRatio ?? configuration.residualRatio)
    }
}

/// What may change while it trains, and what going on takes.
extension ClipAdapterMethod {
    public var ownLiveValues: [LiveValue] {
        let configuration = adapter.configuration
        var values: [LiveValue] = []
        if configuration.ratioMode == .fixed {
            values.append(
                LiveValue(.residualRatio) { [adapter] in
                    adapter.configuration.givenRatio
                } write: { [adapter] in
                    adapter.setResidualRatio($0)
                })
        }
        if configuration.branch.hasVisual {
            values.append(
                LiveValue(.dropout) { [adapter] in
                    adapter.configuration.dropout
                } write: { [adapter] in
                    adapter.configuration.dropout = $0
                })
        }
        return values
    }

    public func logits(_ features: Tensor<Float>, residualRatio: Double) -> Tensor<Float>? {
        adapter.logits(features, residualRatio: residualRatio)
    }

    /// That of the adapters; the group of trained ratios does not decay.
    public var optimisers: [Optimiser<Float>] { [optimiser] }

    /// The optimiser.
    public func trainingState() -> TrainingState { optimiser.state }

    public func restore(_ state: TrainingState) throws { try optimiser.restore(state) }
}

/// The same for several at once.
extension ClipAdapterSweep {
    /// Those of all candidates.
    public var optimisers: [Optimiser<Float>] { candidates.flatMap(\.method.optimisers) }

    /// Those of the first candidate but its ratio, for all candidates.
    public var ownLiveValues: [LiveValue] {
        let methods = candidates.map(\.method)
        let values = methods.first?.ownLiveValues ?? []
        return values.filter { $0.setting != .residualRatio }.map { first in
            LiveValue(first.setting) {
                first.value
            } write: { value in
                for method in methods { method[first.setting] = value }
            }
        }
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
