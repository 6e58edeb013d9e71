import Tensors

/// The method behind `--method cross-modal-probe`: to every batch of pictures come as many prompts, drawn in a shuffled
/// order of their own.
public final class CrossModalProbeMethod: AdaptationMethod {
    private let probe: CrossModalProbe<Float>
    private let optimiser: Optimiser<Float>
    public var optimisers: [Optimiser<Float>] { [optimiser] }
    private let promptCount: Int
    /// Prompts in a batch; all of them where there are fewer.
    private let promptsPerBatch: Int
    private let seed: Int

    /// A probe at its start; the order of the prompts is a function of the seed.
    public init(optimiser: OptimiserRule, inputs: MethodInputs) {
        let classes = inputs.meanTextFeatures.rows
        // Without features of single prompts every class has one: the mean.
        let prompts =
            inputs.prompts
            ?? LabelledFeatures(features: inputs.meanTextFeatures, labels: (0..<classes).map { Int32($0) })
        promptCount = prompts.count
        promptsPerBatch = max(1, min(inputs.batchSize, prompts.count))
        probe = CrossModalProbe(
            textFeatures: inputs.meanTextFeatures, prompts: prompts.features, promptLabels: prompts.labels,
            batchCapacity: max(inputs.batchSize, 1) + promptsPerBatch)
        self.optimiser = Optimiser(optimiser, [probe.parameter])
        seed = inputs.seed
    }

    public func trainBatch(
        features: Tensor<Float>, rows: ArraySlice<Int>, labels: [Int32], learningRate: Double, step: Int
    ) -> StepResult {
        let loss = probe.lossAndGradient(
            features, rows: rows, labels: rows.map { labels[$0] }, prompts: prompts(step: step))
        // A step on a gradient that is not finite would destroy the head that the run is going to fall back on.
        guard loss.isFinite else { return StepResult(loss: loss) }
        let norm = probe.weightGradient.squareSum.squareRoot()
        optimiser.step(learningRate: learningRate)
        return StepResult(loss: loss, gradientNorm: norm)
    }

    /// The prompts of a step, from 1: the next ones of a shuffled order, whose incomplete last batch is dropped.
    func prompts(step: Int) -> [Int] {
        let batches = promptCount / promptsPerBatch
        let (pass, batch) = (step - 1).quotientAndRemainder(dividingBy: max(batches, 1))
        var generator = SeededGenerator(seed: seed, purpose: "prompts", pass)
        let order = generator.permutation(promptCount)
        return Array(order[batch * promptsPerBatch..<(batch + 1) * promptsPerBatch])
    }

    public func logits(_ features: Tensor<Float>) -> Tensor<Float> {
        CrossModalHead(probe.weight.tensor).logits(features)
    }

    public var parameterTree: ParameterTree<Float> { ParameterTree([probe.parameter]) }

    public func trainingState() -> TrainingState { optimiser.state }

    public func restore(_ state: TrainingState) throws { try optimiser.restore(state) }

    public var hyperParameters: HyperParameters { ["prompts_per_batch": .number(Double(promptsPerBatch))] }
}
