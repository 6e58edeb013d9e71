import Tensors

/// The settings of LP++ (arXiv 2404.02285; docs/methods.md#lp).
public struct LPPlusPlusConfiguration: MethodParameters, Equatable {
    /// Whether the multipliers' gradient is summed over all epochs, as in the official code, instead of taken anew.
    public var accumulates = false
}

/// The method behind `--method lp++`: a step on all training pictures is an epoch. The last epoch with the highest top-1
/// on validation is the one that is kept.
public final class LPPlusPlusMethod: AdaptationMethod {
    private let configuration: LPPlusPlusConfiguration
    let method: LPPlusPlus<Float>
    private let validation: LabelledFeatures
    /// The last epoch with the highest top-1, and its weights.
    var selected: (epoch: Int, top1: Double, parameters: [String: Tensor<Float>])?
    /// Whether the weights are those the training has arrived at, and not restored ones.
    var isAtEnd = true

    /// LP++ at its start; the initial bias is a function of the seed.
    public init(configuration: LPPlusPlusConfiguration, inputs: MethodInputs) {
        self.configuration = configuration
        validation = inputs.validation
        var generator = SeededGenerator(seed: inputs.seed, purpose: "initialisation")
        method = LPPlusPlus(
            features: inputs.train.features, labels: inputs.train.labels, textFeatures: inputs.textFeatures,
            bias: LPPlusPlus.initialBias(
                classes: inputs.textFeatures.rows, width: inputs.textFeatures.columns, using: &generator),
            multiplierGradient: configuration.accumulates ? .accumulated : .current)
    }

    /// `η_w`, which follows from the data.
    public var ownLearningRate: Double? { method.prototypeRate }

    /// A step on the training pictures, which it got at its start.
    public func trainBatch(
        features: Tensor<Float>, rows: ArraySlice<Int>, labels: [Int32], learningRate: Double, step: Int
    ) -> StepResult {
        isAtEnd = true
        let loss = method.step()
        return StepResult(loss: loss, gradientNorm: loss.isFinite ? parameterTree.gradientNorm : nil)
    }

    /// Counts the epoch's validation pictures.
    public func endEpoch() {
        guard let metrics = ClassificationMetrics(logits: logits(validation.features), labels: validation.labels),
            metrics.top1 >= selected?.top1 ?? 0
        else { return }
        selected = (method.steps, metrics.top1, parameters())
    }

    /// Goes back to the selected epoch at the end of the training; restored weights stay as they are.
    public func selectHyperparameters(validation: LabelledFeatures?) -> SearchOutcome? {
        guard isAtEnd, let selected, let validation else { return nil }
        let tried = method.steps
        restore(selected.parameters)
        return SearchOutcome(
            searched: "the epoch", tried: tried, found: ["epoch": Double(selected.epoch)], epoch: selected.epoch,
            validationTop1: selected.top1, validationCount: validation.count)
    }

    public func logits(_ features: Tensor<Float>) -> Tensor<Float> { method.logits(features) }

    public var parameterTree: ParameterTree<Float> { method.parameterTree }

    public func didRestore() { isAtEnd = false }

    public var hyperParameters: HyperParameters {
        [
            "accumulate": .flag(configuration.accumulates), "eta_w": .number(method.prototypeRate),
            "eta_alpha": .number(method.multiplierRate),
        ]
    }
}
