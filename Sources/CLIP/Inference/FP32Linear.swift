import CKernels
import Tensors

/// A linear layer in 32-bit floating point, over OpenBLAS.
struct FP32Linear: PackedLinear {
    /// `[in, out]`: OpenBLAS copies it piece by piece on every call, and copies faster along rows.
    private let weight: Tensor<Float>
    private let finish: BiasActivation

    init(_ linear: Linear, activation: kernel_activation = KERNEL_IDENTITY) {
        weight = linear.weight.transposed()
        finish = BiasActivation(linear, activation)
    }

    var inputs: Int { weight.rows }
    var outputs: Int { weight.columns }

    func apply(_ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>, accumulating: Bool) {
        Float.gemm(
            transposeA: false, transposeB: false, m: rows, n: outputs, k: inputs, alpha: 1, a: x, leadingA: inputs,
            b: weight.values, leadingB: outputs, beta: accumulating ? 1 : 0, c: y, leadingC: outputs)
        finish.apply(to: y, rows: rows)
    }
}

/// What follows a product: `y` ← activation(`y + b`).
struct BiasActivation: Sendable {
    /// Nil where nothing is to be done.
    private let bias: [Float]?
    private let activation: kernel_activation

    init(_ linear: Linear, _ activation: kernel_activation) {
        let none = activation == KERNEL_IDENTITY ? nil : [Float](repeating: 0, count: linear.outputs)
        bias = linear.bias ?? none
        self.activation = activation
    }

    /// - Parameter y: `[rows, outputs]`.
    func apply(to y: UnsafeMutablePointer<Float>, rows: Int) {
        guard let bias else { return }
        kernel_bias_activation(y, bias, rows, bias.count, activation)
    }
}
