import CKernels

/// `(x − mean) / sqrt(variance + ε) · γ + β` over the last axis (arXiv 2010.11929; docs/models.md#vision-transformer).
struct LayerNorm: Sendable {
    let weight: [Float]
    let bias: [Float]
    let epsilon: Float

    var width: Int { weight.count }

    /// `y` ← the normalised rows of `x`; both `[rows, width]`, and they may be the same.
    func apply(_ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>) {
        weight.withUnsafeBufferPointer { weight in
            bias.withUnsafeBufferPointer { bias in
                guard let weight = weight.baseAddress, let bias = bias.baseAddress else { return }
                kernel_layer_norm(x, y, rows, width, weight, bias, epsilon)
            }
        }
    }
}
