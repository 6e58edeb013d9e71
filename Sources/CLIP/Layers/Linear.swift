import CKernels
import Tensors

/// `y = x · Wᵀ + b`, weights as PyTorch stores them.
struct Linear: Sendable {
    /// `[out, in]`.
    let weight: Tensor<Float>
    /// `[out]`; nil where the layer has none.
    let bias: [Float]?

    var inputs: Int { weight.columns }
    var outputs: Int { weight.rows }

    /// `y` ← activation(`x · Wᵀ + b`), or with `accumulating` `y` ← `y + x · Wᵀ + b`.
    /// - Parameters:
    ///   - x: `[rows, in]`.
    ///   - stride: the distance between the rows of `x` as stored; `in` unless given.
    ///   - y: `[rows, out]`.
    ///   - outputs: which rows of the weight to use; all unless given. `y` is then that much narrower.
    func apply(
        _ x: UnsafePointer<Float>, rows: Int, stride: Int? = nil, to y: UnsafeMutablePointer<Float>,
        outputs range: Range<Int>? = nil, activation: kernel_activation = KERNEL_IDENTITY, accumulating: Bool = false
    ) {
        let range = range ?? 0..<outputs
        weight.values.withUnsafeBufferPointer { w in
            guard let w = w.baseAddress else { return }
            Float.gemm(
                transposeA: false, transposeB: true, m: rows, n: range.count, k: inputs, alpha: 1, a: x,
                leadingA: stride ?? inputs, b: w + range.lowerBound * inputs, leadingB: inputs,
                beta: accumulating ? 1 : 0, c: y, leadingC: range.count)
        }
        bias?.withUnsafeBufferPointer { b in
            guard let b = b.baseAddress else { return }
            kernel_bias_activation(y, b + range.lowerBound, rows, range.count, activation)
        }
    }
}
