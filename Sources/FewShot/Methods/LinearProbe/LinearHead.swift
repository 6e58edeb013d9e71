import Tensors

/// A linear classifier on image features: `z = W · f + b`.
public struct LinearHead: Sendable, Equatable {
    /// `W` `[classes, width]`.
    public var weight: Tensor<Float>
    /// `b` `[classes]`.
    public var bias: [Float]

    /// A head of the given weights.
    /// - Precondition: a bias for each row of `weight`.
    public init(weight: Tensor<Float>, bias: [Float]) {
        precondition(bias.count == weight.rows, "\(bias.count) biases for \(weight.shape)")
        self.weight = weight
        self.bias = bias
    }

    /// The head that answers as zero-shot does, for normalised features: `W = s · Ŵ`, `b = 0` (arXiv 2109.01903;
    /// docs/methods.md#weight-space-ensembling).
    /// - Parameter textFeatures: classifier weights, any norm, `[classes, width]`.
    public init(zeroShot textFeatures: Tensor<Float>, logitScale: Float) {
        var weight = textFeatures.normalisedRows()
        for i in weight.values.indices { weight.values[i] *= logitScale }
        self.init(weight: weight, bias: Array(repeating: 0, count: weight.rows))
    }

    /// Class logits `[n, classes]` for features `[n, width]` as the head was trained on.
    public func logits(_ features: Tensor<Float>) -> Tensor<Float> {
        var logits = features.product(weight, transposeOther: true)
        for row in 0..<logits.rows {
            for k in bias.indices { logits.values[row * bias.count + k] += bias[k] }
        }
        return logits
    }
}
