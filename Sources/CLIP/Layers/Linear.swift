import Tensors

/// The numbers of a linear layer, `y = x · Wᵀ + b`, as PyTorch stores them. What runs is made from them: ``PackedLinear``.
struct Linear: Sendable {
    /// `[out, in]`.
    let weight: Tensor<Float>
    /// `[out]`; nil where the layer has none.
    let bias: [Float]?

    var inputs: Int { weight.columns }
    var outputs: Int { weight.rows }

    /// The layer with only some of its outputs.
    func outputs(_ range: Range<Int>) -> Linear {
        Linear(
            weight: Tensor(
                Array(weight.values[range.lowerBound * inputs..<range.upperBound * inputs]),
                shape: [range.count, inputs]),
            bias: bias.map { Array($0[range]) })
    }
}
