import Tensors

/// A ``ClipAdapter`` with its optimisers and its source of dropout masks: the method behind `--method clip-adapter`.
public final class ClipAdapterMethod: AdaptationMethod {
    /// The adapter.
    public let adapter: ClipAdapter<Float>
    let optimiser: Optimiser<Float>
    /// `Σ g²` of each block of rows of each parameter, at the block's first row.
    private let squareSums: [Matrix<Double>]
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
        self.optimiser = Optimiser(
            optimiser, adapter.trained,
            groups: [
                .init(
                    rateFactor: configuration.ratioRateFactor, weightDecay: 0, contains: ClipAdapterNames.isRatio),
                .init(),
            ])
        squareSums = adapter.trained.map { Matrix(rows: $0.value.rows, columns: 1) }
        self.batchSize = batchSize
        self.seed = seed
    }

    public func trainBatch(
        features: Tensor<Float>, rows: ArraySlice<Int>, labels: [Int32], learningRate: Double, step: Int
    ) -> StepResult {
        let mask = drawMask(rows: rows.count, width: features.columns, step: step)
        batchLabels.removeAll(keepingCapacity: true)
        for row in rows { batchLabels.append(labels[row]) }
        optimiser.beginStep()
        let loss = adapter.loss(features, rows: rows, labels: batchLabels, mask: mask) { index, rows, gradient in
            squareSums[index].elements[rows.lowerBound] = gradient.squareSum
            optimiser.update(index, rows: rows, gradient: gradient, learningRate: learningRate)
        }
        guard loss.isFinite else { return StepResult(loss: loss) }
        let squares = squareSums.reduce(0) { sum, blocks in (0..<blocks.count).reduce(sum) { $0 + blocks.elements[$1] }
        }
        return StepResult(loss: loss, gradientNorm: squares.squareRoot())
    }

    /// Inverted dropout: keep with probability `1 − p`, scale what is kept by `1/(1 − p)` (docs/methods.md#dropout).
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

    public var parameterTree: ParameterTree<Float> { ParameterTree(adapter.trained) }

    public var hyperParameters: HyperParameters { adapter.configuration.hyperParameters }
}
