import Tensors

/// A batch norm with running statistics, which is a factor and an offset per channel and disappears in the convolution
/// before it (arXiv 2103.00020, section 2.4; docs/models.md#modifiedresnet).
struct BatchNorm {
    let weight: [Float]
    let bias: [Float]
    let mean: [Float]
    let variance: [Float]
    let epsilon: Float

    /// `(conv(x) − mean) / √(variance + ε) · weight + bias` as one layer.
    /// - Parameter convolution: the weight of a convolution without bias, `[out, in / groups, k, k]`.
    /// - Returns: weight `[out, in / groups · k · k]`, and a bias.
    func folded(into convolution: Tensor<Float>) -> Linear {
        let scale = zip(weight, variance).map { weight, variance in
            Float(Double(weight) / (Double(variance) + Double(epsilon)).squareRoot())
        }
        let bias = weight.indices.map { self.bias[$0] - mean[$0] * scale[$0] }
        let matrix = Linear(weight: convolution.reshaped([weight.count, convolution.columns]), bias: nil)
        return Linear(weight: matrix.scaled(by: scale).weight, bias: bias)
    }
}
