import CKernels

/// `(x − mean) / sqrt(variance + ε) · γ + β` over the last axis (spec clip-models §2).
struct LayerNorm: Sendable {
    let gain: [Float]
    let offset: [Float]
    let epsilon: Float

    var width: Int { gain.count }

    /// `y` ← the normalised rows of `x`; both `[rows, width]`, and they may be the same.
    func apply(_ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>) {
        gain.withUnsafeBufferPointer { gain in
            offset.withUnsafeBufferPointer { offset in
                guard let gain = gain.baseAddress, let offset = offset.baseAddress else { return }
                kernel_layer_norm(x, y, rows, width, gain, offset, epsilon)
            }
        }
    }
}
