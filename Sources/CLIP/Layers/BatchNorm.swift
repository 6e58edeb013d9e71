import Tensors

/// A batch norm with running statistics, which is a factor and an offset per channel and disappears in the convolution
/// before it (spec clip-models §3).
struct BatchNorm {
    let gain: [Float]
    let offset: [Float]
    let mean: [Float]
    let variance: [Float]
    let epsilon: Float

    /// `(conv(x) − mean) / √(variance + ε) · gain + offset` as one layer.
    /// - Parameter weight: of a convolution without bias, `[out, in / groups, k, k]`.
    /// - Returns: weight `[out, in / groups · k · k]`, and a bias.
    func folded(into weight: Tensor<Float>) -> Linear {
        let scale = zip(gain, variance).map { gain, variance in
            Float(Double(gain) / (Double(variance) + Double(epsilon)).squareRoot())
        }
        let bias = gain.indices.map { offset[$0] - mean[$0] * scale[$0] }
        let matrix = Linear(weight: weight.reshaped([gain.count, weight.columns]), bias: nil)
        return Linear(weight: matrix.scaled(by: scale).weight, bias: bias)
    }
}
