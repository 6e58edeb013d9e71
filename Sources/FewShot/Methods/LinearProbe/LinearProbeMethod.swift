import Tensors

/// The method behind `--method linear-probe`: every step is one iteration of L-BFGS on all training pictures.
///
/// Without a given `C` the fit that is watched uses the default one; once it has ended, CoOp's search fits anew for each
/// `C` it tries and keeps the last winner.
public final class LinearProbeMethod: AdaptationMethod {
    /// The names of the layer in an adapter file.
    public static let parameterNames = (weight: "linear.weight", bias: "linear.bias")

    private let configuration: LinearProbeConfiguration
    private let inputs: MethodInputs
    private let objective: LogisticObjective
    let probe: LinearProbe
    private var head: LinearHead
    private var inverseRegularisation: Double
    /// The share of the fitted weights in ``head``, and its top-1 on validation for each share that was tried.
    private var mix: (share: Double, curve: [Double])?
    /// Whether the weights are those the fit has arrived at, and not restored ones.
    var isAtEnd = true
    /// Iterations that led to ``head``; nil for weights restored from somewhere on the way.
    var iterations: Int? = 0
    /// What ``selectHyperparameters(validation:)`` has left: restoring these weights restores what belongs to them.
    private var conclusion: (head: LinearHead, inverseRegularisation: Double, mix: (share: Double, curve: [Double])?)?

    /// A probe at its start; nothing in it is random.
    public init(configuration: LinearProbeConfiguration, inputs: MethodInputs) {
        self.configuration = configuration
        self.inputs = inputs
        let classes = inputs.textFeatures.rows
        inverseRegularisation = Self.watched(configuration)
        objective = LogisticObjective(
            features: Self.prepared(inputs.train.features, configuration.features), labels: inputs.train.labels,
            classes: classes, form: classes == 2 ? .singleVector : .softmax,
            inverseRegularisation: inverseRegularisation)
        let zeroShot = LinearHead(zeroShot: inputs.textFeatures, logitScale: inputs.logitScale)
        probe = LinearProbe(objective, start: configuration.start == .zeroShot ? zeroShot : nil)
        head = probe.head
    }

    /// `C` of the fit that is watched.
    private static func watched(_ configuration: LinearProbeConfiguration) -> Double {
        configuration.inverseRegularisation ?? LinearProbeConfiguration.defaultInverseRegularisation
    }

    private static func prepared(
        _ features: Tensor<Float>, _ kind: LinearProbeConfiguration.Features
    ) -> Tensor<Float> { kind == .normalised ? features.normalisedRows() : features }

    /// Whether the solver has stopped.
    public var isConverged: Bool { probe.isConverged }
    /// L-BFGS has none.
    public var ownLearningRate: Double? { 0 }

    /// One iteration of L-BFGS on the training pictures, which it got at its start.
    public func trainBatch(
        features: Tensor<Float>, rows: ArraySlice<Int>, labels: [Int32], learningRate: Double, step: Int
    ) -> StepResult {
        isAtEnd = true
        let loss = probe.iterate()
        guard probe.ending != .notFinite else { return StepResult(loss: .nan) }
        head = probe.head
        iterations = probe.iterations
        return StepResult(loss: loss)
    }

    public func logits(_ features: Tensor<Float>) -> Tensor<Float> {
        head.logits(Self.prepared(features, configuration.features))
    }

    /// Searches for `C` if none was given, then for the share of the fitted weights if that is wanted; restored weights
    /// stay as they are.
    public func selectHyperparameters(validation: LabelledFeatures?) -> SearchOutcome? {
        guard isAtEnd else { return nil }
        isAtEnd = false
        var (searched, found, tried) = ([String](), [String: Double](), 0)
        if let validation, configuration.inverseRegularisation == nil {
            let search = RegularisationSearch(
                objective, validation: Self.prepared(validation.features, configuration.features),
                labels: validation.labels)
            (head, inverseRegularisation) = (search.head, search.best)
            searched.append("C")
            found["C"] = search.best
            tried += search.fits
        }
        if let share = ensemble(validation) {
            searched.append("share of the fitted weights")
            found["share"] = share
            tried += WeightEnsemble.mixes.count
        }
        conclusion = (head, inverseRegularisation, mix)
        guard let validation, !searched.isEmpty else { return nil }
        let top1 = ClassificationMetrics(logits: logits(validation.features), labels: validation.labels)?.top1 ?? 0
        return SearchOutcome(
            searched: searched.joined(separator: " and "), tried: tried, found: found,
            isFittedAnew: found["C"] != nil, validationTop1: top1,
            validationCount: validation.count)
    }

    /// Mixes the fitted weights with the zero-shot ones; returns the share if it was searched for.
    private func ensemble(_ validation: LabelledFeatures?) -> Double? {
        guard configuration.ensemble != .none else { return nil }
        let ensemble = WeightEnsemble(
            zeroShot: LinearHead(zeroShot: inputs.textFeatures, logitScale: inputs.logitScale), tuned: head)
        let curve =
            validation.map {
                ensemble.curve(
                    features: Self.prepared($0.features, configuration.features), labels: $0.labels)
            } ?? []
        var share = 0.5
        var isSearched = false
        switch configuration.ensemble {
        case .none: return nil
        case .fixed(let given): share = given
        case .searched:
            if let best = WeightEnsemble.best(curve) { (share, isSearched) = (best.mix, true) }
        }
        head = ensemble.head(share)
        mix = (share, curve.map(\.metrics.top1))
        return isSearched ? share : nil
    }

    /// The fitted layer: no gradient step moves it, the solver does.
    public var parameterTree: ParameterTree<Float> {
        ParameterTree(buffers: [
            Buffer(Self.parameterNames.weight, get: { self.head.weight }, set: { self.head.weight = $0 }),
            Buffer(
                Self.parameterNames.bias, get: { Tensor(self.head.bias, shape: [self.head.bias.count]) },
                set: { self.head.bias = $0.values }),
        ])
    }

    public func didRestore() {
        if let conclusion, conclusion.head == head {
            (inverseRegularisation, mix, iterations) = (
                conclusion.inverseRegularisation, conclusion.mix, probe.iterations
            )
        } else {
            // Weights from somewhere on the way of the fit that is watched.
            (inverseRegularisation, mix, iterations) = (Self.watched(configuration), nil, nil)
        }
        isAtEnd = false
    }

    public var hyperParameters: HyperParameters {
        var hyper: HyperParameters = [
            "C": .number(inverseRegularisation), "features": .text(configuration.features.rawValue),
            "start": .text(configuration.start.rawValue),
        ]
        if let iterations { hyper["iterations"] = .number(Double(iterations)) }
        if let mix {
            hyper["ensemble_share"] = .number(mix.share)
            hyper["ensemble_validation_top1"] = .numbers(mix.curve)
        }
        return hyper
    }
}
