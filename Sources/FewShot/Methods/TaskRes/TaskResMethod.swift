import Tensors

/// The method behind `--method taskres`.
public final class TaskResMethod: AdaptationMethod {
    private let model: TaskRes<Float>
    private let optimiser: Optimiser<Float>
    public var optimisers: [Optimiser<Float>] { [optimiser] }

    /// Residuals at zero; nothing in it is random.
    public init(configuration: TaskResConfiguration, optimiser: OptimiserRule, inputs: MethodInputs) {
        model = TaskRes(
            textFeatures: configuration.scaled(inputs.meanTextFeatures), alpha: configuration.alpha,
            logitScale: inputs.logitScale, batchCapacity: max(inputs.batchSize, 1))
        self.optimiser = Optimiser(optimiser, [model.parameter])
    }

    public func trainBatch(
        features: Tensor<Float>, rows: ArraySlice<Int>, labels: [Int32], learningRate: Double, step: Int
    ) -> StepResult {
        let loss = model.lossAndGradient(features, rows: rows, labels: rows.map { labels[$0] })
        // A step on a gradient that is not finite would destroy the residuals that the run is going to fall back on.
        guard loss.isFinite else { return StepResult(loss: loss) }
        let norm = model.residualGradient.squareSum.squareRoot()
        optimiser.step(learningRate: learningRate)
        return StepResult(loss: loss, gradientNorm: norm)
    }

    public func logits(_ features: Tensor<Float>) -> Tensor<Float> { model.logits(features) }

    /// The residuals, and the text features that they are added to.
    public var parameterTree: ParameterTree<Float> {
        ParameterTree(
            [model.parameter], buffers: [Buffer(Self.baseName, get: { self.model.text }, set: { _ in })])
    }

    public func trainingState() -> TrainingState { optimiser.state }

    public func restore(_ state: TrainingState) throws { try optimiser.restore(state) }

    public var hyperParameters: HyperParameters { ["alpha": .number(model.alpha)] }

    static let baseName = "prompt_learner.base_text_features"
}

extension TaskRes: FeatureClassifier where Scalar == Float {
    /// What a file holds, for answering.
    /// - Parameter textFeatures: classifier weights of the file's own classes, `[classes, width]`.
    /// - Throws: ``AdapterFileError``.
    public convenience init(_ file: AdapterFile, textFeatures: Tensor<Float>, logitScale: Float) throws {
        let base = try file.tensor(TaskResMethod.baseName)
        // Residuals that cliptop did not write come without settings.
        let alpha = file.hyper.isEmpty ? TaskResConfiguration.defaults.alpha : file.hyper.number("alpha") ?? .nan
        guard alpha.isFinite else { throw AdapterFileError.badMetadata(path: file.path, key: "cliptop.hyper") }
        try file.require(base.shape, textFeatures.shape, of: TaskResMethod.baseName)
        self.init(textFeatures: base, alpha: alpha, logitScale: logitScale, batchCapacity: 1)
        let residuals = try file.tensor(parameter.name)
        try file.require(residuals.shape, textFeatures.shape, of: parameter.name)
        self.residuals.assign(residuals)
    }
}
