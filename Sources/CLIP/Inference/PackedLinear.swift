import CKernels
import Tensors

/// A linear layer ready to run, `y = activation(x · Wᵀ + b)`: its weights are packed for its arithmetic, and the
/// activation is fixed. Towers are made of these and do not depend on the arithmetic.
protocol PackedLinear: Sendable {
    var inputs: Int { get }
    var outputs: Int { get }

    /// `y` ← activation(`x · Wᵀ + b`), or with `accumulating` `y` ← activation(`y + x · Wᵀ + b`).
    /// - Parameters:
    ///   - x: `[rows, inputs]`.
    ///   - y: `[rows, outputs]`.
    func apply(_ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>, accumulating: Bool)
}

extension PackedLinear {
    /// `y` ← activation(`x · Wᵀ + b`).
    func apply(_ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>) {
        apply(x, rows: rows, to: y, accumulating: false)
    }
}

/// Makes a tower's layers ready to run in one of the precisions.
struct LayerPacking: Sendable {
    private enum Arithmetic {
        case fp32
        case bf16(OneDNN)
        case int8(OneDNN)
    }

    private let arithmetic: Arithmetic

    /// 32-bit floating point, which needs nothing.
    static let fp32 = LayerPacking(arithmetic: .fp32)

    private init(arithmetic: Arithmetic) { self.arithmetic = arithmetic }

    /// - Throws: `OneDNNError` if this machine lacks what the precision needs.
    init(_ precision: Precision) throws {
        switch precision {
        case .fp32: arithmetic = .fp32
        case .bf16:
            let library = try OneDNN.shared()
            try library.require(.bf16)
            arithmetic = .bf16(library)
        case .int8:
            let library = try OneDNN.shared()
            try library.require(.integer)
            arithmetic = .int8(library)
        }
    }

    /// A layer of a transformer: many inputs, many outputs.
    /// - Throws: `OneDNNError`.
    func pack(_ linear: Linear, activation: kernel_activation = KERNEL_IDENTITY) throws -> any PackedLinear {
        switch arithmetic {
        case .fp32: FP32Linear(linear, activation: activation)
        case .bf16(let library): try BF16Linear(linear, activation: activation, library)
        case .int8(let library): try Int8Linear(linear, activation: activation, library)
        }
    }

    /// A 1×1 convolution: many rows, not always many inputs and outputs.
    /// - Parameter activation: the identity, ReLU or ReLU6.
    /// - Throws: `OneDNNError`.
    func packPointwise(_ linear: Linear, activation: kernel_activation) throws -> any PackedLinear {
        if case .fp32 = arithmetic { return PointwiseConvolution(linear: linear, activation: activation) }
        return try pack(linear, activation: activation)
    }
}
