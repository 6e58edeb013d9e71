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

    public func trainBatch(
        features: Tensor<Float>, rows: ArraySlice<Int>, labels: [Int32], learningRate: Double, step: Int
    ) -> Double {
        let mask = drawMask(rows: rows.count, width: features.columns, step: step)
        batchLabels.removeAll(keepingCapacity: true)
        for row in rows { batchLabels.append(labels[row]) }
        for (_, optimiser) in trained { optimiser.beginStep() }
        return adapter.loss(features, rows: rows, labels: batchLabels, mask: mask) { index, rows, gradient in
            let (matrix, optimiser) = trained[index]
            let factor = matrix.isRatio ? adapter.configuration.ratioRateFactor : 1
            optimiser.update(matrix.value, rows: rows, gradient: gradient, learningRate: learningRate * factor)
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

    public func logits(_ features: Tensor<Float>) -> Tensor<Float> { adapter.logits(features) }

    public func parameters() -> [String: Tensor<Float>] { adapter.parameters() }

    public func restore(_ parameters: [String: Tensor<Float>]) { adapter.restore(parameters) }

    public var hyperParameters: HyperParameters { adapter.configuration.hyperParameters }
}
