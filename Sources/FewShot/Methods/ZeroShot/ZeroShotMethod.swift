import Tensors

/// No adaptation at all: `logits = s · f̂ · Ŵᵀ` (docs/methods.md#zero-shot). The line to beat, as a method among the
/// others.
public final class ZeroShotMethod: AdaptationMethod {
    private let classifier: Tensor<Float>  // Ŵ [classes, width]
    private let logitScale: Float  // s

    /// - Parameters:
    ///   - textFeatures: classifier weights, unit rows, `[classes, width]`.
    ///   - logitScale: the multiplier of the cosines.
    public init(textFeatures: Tensor<Float>, logitScale: Float) {
        classifier = textFeatures
        self.logitScale = logitScale
    }

    public func logits(_ features: Tensor<Float>) -> Tensor<Float> {
        features.normalisedRows().product(classifier, transposeOther: true, alpha: logitScale)
    }

    /// Changes nothing.
    public func trainBatch(
        features: Tensor<Float>, rows: ArraySlice<Int>, labels: [Int32], learningRate: Double, step: Int
    ) -> StepResult {
        .unchanged(logits(features.gatheringRows(rows)), rows.map { labels[$0] })
    }

    /// None.
    public var hyperParameters: HyperParameters { [:] }
}
