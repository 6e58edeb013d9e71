import CKernels
import Tensors

/// A linear layer over oneDNN, in 8-bit integers: `w ≈ scale_w · q_w` with a scale for each output, rounded once, and
/// `x ≈ offset_x + scale_x · q_x` with both measured on each row as it comes, so that nothing has to be calibrated. Then
///
///     x · wᵀ ≈ scale_x · scale_w · Σ q_x q_w + offset_x · scale_w · Σ q_w
///
/// where the first sum is the product in integers, exact, and the second is known beforehand. Everything else is in 32-bit
/// floating point.
struct Int8Linear: PackedLinear {
    let inputs: Int
    let outputs: Int
    private let activation: kernel_activation
    /// Zeros where the layer has none.
    private let bias: [Float]
    /// `scale_w`, `[outputs]`.
    private let weightScale: [Float]
    /// `scale_w · Σ q_w`, `[outputs]`.
    private let weightSum: [Float]
    private let weight: OneDNN.PackedWeight
    private let library: OneDNN

    /// - Throws: `OneDNNError`.
    init(_ linear: Linear, activation: kernel_activation, _ library: OneDNN) throws {
        let (inputs, outputs) = (linear.inputs, linear.outputs)
        (self.inputs, self.outputs) = (inputs, outputs)
        self.activation = activation
        self.library = library
        bias = linear.bias ?? Array(repeating: 0, count: outputs)
        var levels = [Int8](repeating: 0, count: inputs * outputs)
        var scale = [Float](repeating: 0, count: outputs)
        kernel_quantise_weights(linear.weight.values, outputs, inputs, &levels, &scale)
        weightScale = scale
        weightSum = (0..<outputs).map { output in
            scale[output] * Float(levels[output * inputs..<(output + 1) * inputs].reduce(0) { $0 + Int($1) })
        }
        weight = try library.product(.init(rows: 0, inputs: inputs, outputs: outputs, factors: .integer).layout)
            .pack(levels)
    }

    func apply(_ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>, accumulating: Bool) {
        let product = library.availableProduct(
            .init(rows: rows, inputs: inputs, outputs: outputs, factors: .integer))
        let room = BufferLayout(
            rows * inputs, rows * MemoryLayout<Float>.stride, rows * MemoryLayout<Float>.stride,
            rows * outputs * MemoryLayout<Int32>.stride, product.scratchBytes)
        library.buffers.withBuffer(byteCount: room.byteCount) { buffer in
            let levels = (buffer + room[0]).assumingMemoryBound(to: UInt8.self)
            let scale = (buffer + room[1]).assumingMemoryBound(to: Float.self)
            let offset = (buffer + room[2]).assumingMemoryBound(to: Float.self)
            let sum = (buffer + room[3]).assumingMemoryBound(to: Int32.self)
            kernel_quantise_rows(x, rows, inputs, levels, scale, offset)
            product.run(levels, weight, to: sum, scratch: buffer + room[4])
            dequantise(sum, rows: rows, scale: scale, offset: offset, to: y, accumulating: accumulating)
        }
    }

    private func dequantise(
        _ sum: UnsafePointer<Int32>, rows: Int, scale: UnsafePointer<Float>, offset: UnsafePointer<Float>,
        to y: UnsafeMutablePointer<Float>, accumulating: Bool
    ) {
        weightScale.withUnsafeBufferPointer { weightScale in
            weightSum.withUnsafeBufferPointer { weightSum in
                bias.withUnsafeBufferPointer { bias in
                    guard let weightScale = weightScale.baseAddress, let weightSum = weightSum.baseAddress,
                        let bias = bias.baseAddress
                    else { return }
                    var form = kernel_dequantisation(
                        rows: rows, outputs: outputs, scale: scale, offset: offset, weight_scale: weightScale,
                        weight_sum: weightSum, bias: bias, activation: activation, accumulating: accumulating)
                    kernel_dequantise(&form, sum, y)
                }
            }
        }
    }
}
