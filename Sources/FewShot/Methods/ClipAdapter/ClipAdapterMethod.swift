import Tensors

/// A ``ClipAdapter`` with its optimisers and its source of dropout masks: the method behind `--method clip-adapter`.
public final class ClipAdapterMethod: AdaptationMethod {
    /// The adapter.
    public let adapter: ClipAdapter<Float>
    let trained: [(matrix: TrainedMatrix<Float>, optimiser: Optimiser<Float>)]
    /// What is dropped from a batch; made once dropout is used.
    private var mask: Matrix<Float>?
    private let batchSize: Int
    private let seed: Int
    private var batchLabels: [Int32] = []

    /// A method at its start; everything random in it is a function of `seed`.
    /// - Parameters:
    ///   - textFeatures: classifier weights `[classes, width]`, any norm.
    ///   - logitScale: the multiplier of the cosines, unless the configuration has its own.
    ///   - batchSize: the largest batch that will come.
    public init(
        configuration: ClipAdapterConfiguration, optimiser: OptimiserRule, textFeatures: Tensor<Float>,
        logitScale: Float, batchSize: Int, seed: Int
    ) {
        var generator = SeededGenerator(seed: seed, purpose: "initialisation")
        let adapter = ClipAdapter<Float>(
            configuration: configuration,
            parameters: ClipAdapter.initialParameters(
                width: textFeatures.columns, configuration: configuration, using: &generator),
            textFeatures: textFeatures, logitScale: configuration.logitScale.map { Float($0) } ?? logitScale,
            batchCapacity: batchSize)
        self.adapter = adapter
        trained = adapter.trained.map { matrix in
            let rule = matrix.isRatio ? optimiser.withoutWeightDecay : optimiser
            return (matrix, Optimiser(rule, rows: matrix.value.rows, columns: matrix.value.columns))
        }
        self.batchSize = batchSize
        self.seed = seed
    }

    /// See ``AdaptationMethod``.
    public func trainBatch(
        features: Tensor<Float>, rows: ArraySlice<Int>, labels: [Int32], learningRate: Double, step: Int
    ) -> Double {
        let mask = drawMask(rows: rows.count, width: features.columns, step: step)
        batchLabels.removeAll(keepingCapacity: true)
        for row in rows { batchLabels.append(labels[row]) }
        let loss = adapter.lossAndGradients(features, rows: rows, labels: batchLabels, mask: mask)
        // A step on a gradient that is not finite would destroy the weights that the run is going to fall back on.
        guard loss.isFinite else { return loss }
        // First and second layers are equally large: every other matrix makes two equal halves.
        adapter.companion.run({ update(from: 0, learningRate) }, { update(from: 1, learningRate) })
        return loss
    }

    private func update(from start: Int, _ learningRate: Double) {
        for index in stride(from: start, to: trained.count, by: 2) {
            let (matrix, optimiser) = trained[index]
            let factor = matrix.isRatio ? adapter.configuration.ratioRateFactor : 1
            optimiser.update(matrix.value, gradient: matrix.gradient, learningRate: learningRate * factor)
        }
    }

    /// Inverted dropout: keep with probability `1 − p`, scale what is kept by `1/(1 − p)` (spec, few-shot 7.5).
    private func drawMask(rows: Int, width: Int, step: Int) -> Matrix<Float>? {
        let dropout = adapter.configuration.dropout
        guard dropout > 0, adapter.visual != nil else { return nil }
        let mask = mask ?? Matrix(rows: batchSize, columns: width)
        self.mask = mask
        var generator = SeededGenerator(seed: seed, purpose: "dropout", step)
        let kept = Float(1 / (1 - dropout))
        mask.rows = rows
        for i in 0..<mask.count { mask.elements[i] = generator.uniform() < dropout ? 0 : kept }
        return mask
    }

    /// See ``FeatureClassifier``.
    public func logits(_ features: Tensor<Float>) -> Tensor<Float> { adapter.logits(features) }

    /// See ``AdaptationMethod``.
    public func parameters() -> [String: Tensor<Float>] { adapter.parameters() }

    /// See ``AdaptationMethod``.
    public func restore(_ parameters: [String: Tensor<Float>]) { adapter.restore(parameters) }

    /// See ``AdaptationMethod``.
    public var hyperParameters: HyperParameters { adapter.configuration.hyperParameters }
}
