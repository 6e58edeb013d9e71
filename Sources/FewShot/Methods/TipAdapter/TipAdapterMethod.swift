import Tensors

/// The settings of Tip-Adapter and Tip-Adapter-F (arXiv 2207.09519; docs/methods.md#tip-adapter).
public struct TipAdapterConfiguration: MethodParameters, Equatable {
    /// Weight of the cache; nil to search for it on validation.
    public var alpha: Double?
    /// Sharpness of the cache; nil to search for it on validation.
    public var beta: Double?
    /// What the search tries.
    public var grid = TipAdapterGrid()
    /// How many random views of each training picture the keys are averaged over; 0 for the plain picture.
    public var augmentPasses = 0

    /// The weight where none is given and nothing has been searched: the paper's.
    public static let defaultAlpha = 1.0
    /// The sharpness where none is given and nothing has been searched: the paper's.
    public static let defaultBeta = 5.5

    /// The cache over the training pictures.
    func adapter(_ inputs: MethodInputs) -> TipAdapter<Float> {
        TipAdapter(
            keys: TipAdapter.keys(averaging: [inputs.keyFeatures ?? inputs.train.features]),
            keyLabels: inputs.train.labels, textFeatures: inputs.textFeatures, logitScale: inputs.logitScale,
            alpha: alpha ?? Self.defaultAlpha, beta: beta ?? Self.defaultBeta)
    }

    /// Searches for what is not given, and has the adapter use what is found.
    func search(_ adapter: TipAdapter<Float>, _ validation: LabelledFeatures?) -> SearchOutcome? {
        guard let validation, alpha == nil || beta == nil else { return nil }
        let (alphas, betas) = (alpha.map { [$0] } ?? grid.alphas, beta.map { [$0] } ?? grid.betas)
        let search = TipAdapterSearch(
            adapter, features: validation.features, labels: validation.labels, betas: betas, alphas: alphas)
        (adapter.alpha, adapter.beta) = (search.alpha, search.beta)
        var found: [String: Double] = [:]
        if alpha == nil { found["alpha"] = search.alpha }
        if beta == nil { found["beta"] = search.beta }
        return SearchOutcome(
            searched: found.keys.sorted().joined(separator: " and "), tried: alphas.count * betas.count, found: found,
            validationTop1: Double(search.bestCorrect) / Double(max(validation.count, 1)),
            validationCount: validation.count)
    }

    func hyperParameters(_ adapter: TipAdapter<Float>) -> HyperParameters {
        [
            "alpha": .number(adapter.alpha), "beta": .number(adapter.beta),
            "augment_passes": .number(Double(augmentPasses)),
        ]
    }
}

/// The method behind `--method tip-adapter`: a cache, and a search for how much and how sharply to use it.
public final class TipAdapterMethod: AdaptationMethod {
    private let configuration: TipAdapterConfiguration
    private let adapter: TipAdapter<Float>

    /// The cache over the training pictures; nothing in it is random.
    public init(configuration: TipAdapterConfiguration, inputs: MethodInputs) {
        self.configuration = configuration
        adapter = configuration.adapter(inputs)
    }

    /// Changes nothing.
    public func trainBatch(
        features: Tensor<Float>, rows: ArraySlice<Int>, labels: [Int32], learningRate: Double, step: Int
    ) -> StepResult {
        .unchanged(logits(features.gatheringRows(rows)), rows.map { labels[$0] })
    }

    public func logits(_ features: Tensor<Float>) -> Tensor<Float> { adapter.logits(features) }

    /// Searches for α and β, as far as they are not given.
    public func selectHyperparameters(validation: LabelledFeatures?) -> SearchOutcome? {
        configuration.search(adapter, validation)
    }

    public var parameterTree: ParameterTree<Float> {
        ParameterTree(buffers: adapter.buffers + [adapter.untrainedKeys])
    }

    public var hyperParameters: HyperParameters { configuration.hyperParameters(adapter) }
}

/// The method behind `--method tip-adapter-f`: the cache's keys are trained with the given, or the paper's, α and β; both
/// are searched for afterwards.
public final class TipAdapterFMethod: AdaptationMethod {
    private let configuration: TipAdapterConfiguration
    private let trained: TipAdapterF<Float>
    let optimiser: Optimiser<Float>
    private let start: (alpha: Double, beta: Double)

    /// The cache over the training pictures, untrained; nothing in it is random.
    public init(configuration: TipAdapterConfiguration, optimiser: OptimiserRule, inputs: MethodInputs) {
        self.configuration = configuration
        let adapter = configuration.adapter(inputs)
        trained = TipAdapterF(adapter, batchCapacity: max(inputs.batchSize, 1))
        self.optimiser = Optimiser(optimiser, [trained.keys], stateNames: [trained.keys.name: "keys"])
        start = (adapter.alpha, adapter.beta)
    }

    var adapter: TipAdapter<Float> { trained.adapter }

    /// That of the keys.
    public var optimisers: [Optimiser<Float>] { [optimiser] }

    public func trainBatch(
        features: Tensor<Float>, rows: ArraySlice<Int>, labels: [Int32], learningRate: Double, step: Int
    ) -> StepResult {
        (adapter.alpha, adapter.beta) = start
        let loss = trained.lossAndGradient(features, rows: rows, labels: rows.map { labels[$0] })
        // A step on a gradient that is not finite would destroy the keys that the run is going to fall back on.
        guard loss.isFinite else { return StepResult(loss: loss) }
        let norm = parameterTree.gradientNorm
        optimiser.step(learningRate: learningRate)
        return StepResult(loss: loss, gradientNorm: norm)
    }

    public func logits(_ features: Tensor<Float>) -> Tensor<Float> { adapter.logits(features) }

    /// Searches for α and β with the trained keys, as far as they are not given.
    public func selectHyperparameters(validation: LabelledFeatures?) -> SearchOutcome? {
        configuration.search(adapter, validation)
    }

    public var parameterTree: ParameterTree<Float> { ParameterTree([trained.keys], buffers: adapter.buffers) }

    public var hyperParameters: HyperParameters { configuration.hyperParameters(adapter) }
}
