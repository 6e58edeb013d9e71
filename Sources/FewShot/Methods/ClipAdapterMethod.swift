import Tensors

/// A ``ClipAdapter`` with its optimiser and its source of dropout masks: the method behind `--method clip-adapter`.
public final class ClipAdapterMethod: AdaptationMethod {
    private let adapter: ClipAdapter<Float>
    private let firstOptimiser: Optimiser<Float>
    private let secondOptimiser: Optimiser<Float>
    private let mask: Matrix<Float>?
    private let seed: Int
    private var batchLabels: [Int32] = []

    /// The names of the layers in an adapter file: those of the official code's state dict.
    public static let parameterNames = (first: "visual_adapter.fc.0.weight", second: "visual_adapter.fc.2.weight")

    /// A method at its start; everything random in it is a function of `seed`.
    /// - Parameters:
    ///   - textFeatures: classifier weights `[classes, width]`, any norm.
    ///   - logitScale: the multiplier of the cosines.
    ///   - batchSize: the largest batch that will come.
    public init(
        configuration: ClipAdapterConfiguration, optimiser: OptimiserRule, textFeatures: Tensor<Float>,
        logitScale: Float, batchSize: Int, seed: Int
    ) {
        var generator = SeededGenerator(seed: seed, purpose: "initialisation")
        let layers = ClipAdapter<Float>.initialLayers(
            width: textFeatures.columns, configuration: configuration, using: &generator)
        adapter = ClipAdapter(
            configuration: configuration, first: layers.first, second: layers.second, textFeatures: textFeatures,
            logitScale: logitScale, batchCapacity: batchSize)
        firstOptimiser = Optimiser(optimiser, rows: layers.first.rows, columns: layers.first.columns)
        secondOptimiser = Optimiser(optimiser, rows: layers.second.rows, columns: layers.second.columns)
        mask = configuration.dropout > 0 ? Matrix(rows: batchSize, columns: textFeatures.columns) : nil
        self.seed = seed
    }

    /// See ``AdaptationMethod``.
    public func trainBatch(
        features: Tensor<Float>, rows: ArraySlice<Int>, labels: [Int32], learningRate: Double, step: Int
    ) -> Double {
        drawMask(rows: rows.count, step: step)
        batchLabels.removeAll(keepingCapacity: true)
        for row in rows { batchLabels.append(labels[row]) }
        let loss = adapter.lossAndGradients(features, rows: rows, labels: batchLabels, mask: mask)
        // A step on a gradient that is not finite would destroy the weights that the run is going to fall back on.
        guard loss.isFinite else { return loss }
        adapter.companion.run(
            { firstOptimiser.update(adapter.first, gradient: adapter.firstGradient, learningRate: learningRate) },
            { secondOptimiser.update(adapter.second, gradient: adapter.secondGradient, learningRate: learningRate) })
        return loss
    }

    /// Inverted dropout: keep with probability `1 − p`, scale what is kept by `1/(1 − p)` (spec, few-shot 7.5).
    private func drawMask(rows: Int, step: Int) {
        guard let mask else { return }
        let dropout = adapter.configuration.dropout
        var generator = SeededGenerator(seed: seed, purpose: "dropout", step)
        let kept = Float(1 / (1 - dropout))
        mask.rows = rows
        for i in 0..<mask.count { mask.elements[i] = generator.uniform() < dropout ? 0 : kept }
    }

    /// See ``AdaptationMethod``.
    public func logits(_ features: Tensor<Float>) -> Tensor<Float> { adapter.logits(features) }

    /// See ``AdaptationMethod``.
    public func parameters() -> [String: Tensor<Float>] {
        [Self.parameterNames.first: adapter.first.tensor, Self.parameterNames.second: adapter.second.tensor]
    }

    /// See ``AdaptationMethod``.
    public func restore(_ parameters: [String: Tensor<Float>]) {
        if let first = parameters[Self.parameterNames.first] { adapter.first.assign(first) }
        if let second = parameters[Self.parameterNames.second] { adapter.second.assign(second) }
    }

    /// See ``AdaptationMethod``.
    public var hyperParameters: HyperParameters {
        let configuration = adapter.configuration
        return [
            "residual_ratio": .number(configuration.residualRatio),
            "reduction": .number(Double(configuration.reduction)),
            "second_relu": .flag(configuration.secondReLU), "dropout": .number(configuration.dropout),
            "ratio_param": .text("fixed"),
        ]
    }
}
