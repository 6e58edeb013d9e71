import CKernels
import Tensors

/// A linear layer over oneDNN, in bfloat16: weights are rounded once, inputs on every call. Sums, bias and activation are in
/// 32 bits.
struct BF16Linear: PackedLinear {
    let inputs: Int
    let outputs: Int
    private let finish: BiasActivation
    private let weight: OneDNN.PackedWeight
    private let library: OneDNN

    /// - Throws: `OneDNNError`.
    init(_ linear: Linear, activation: kernel_activation, _ library: OneDNN) throws {
        (inputs, outputs) = (linear.inputs, linear.outputs)
        finish = BiasActivation(linear, activation)
        weight = try library.product(.init(rows: 0, inputs: inputs, outputs: outputs, factors: .bf16).layout)
            .pack(linear.weight.values)
        self.library = library
    }

    func apply(_ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>, accumulating: Bool) {
        let product = library.availableProduct(
            .init(rows: rows, inputs: inputs, outputs: outputs, factors: .bf16, isAccumulating: accumulating))
        let room = BufferLayout(rows * inputs * MemoryLayout<UInt16>.stride, product.scratchBytes)
        library.buffers.withBuffer(byteCount: room.byteCount) { buffer in
            let rounded = (buffer + room[0]).assumingMemoryBound(to: UInt16.self)
            kernel_float_to_bfloat(x, rounded, rows * inputs)
            product.run(rounded, weight, to: y, scratch: buffer + room[1])
        }
        finish.apply(to: y, rows: rows)
    }
}
