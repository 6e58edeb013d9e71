import COneDNN

extension OneDNN {
    /// Code for matrix products of one shape; any number of threads may run it at once.
    package final class Product: Sendable {
        /// What is multiplied.
        package enum Factors {
            /// bfloat16 numbers, summed up in 32-bit floating point.
            case bf16
            /// Unsigned bytes as inputs and signed ones as weights, summed up in 32-bit integers.
            case integer
        }

        /// `[rows, inputs]` times the transpose of `[outputs, inputs]`.
        package struct Shape: Hashable, Sendable {
            var rows: Int
            let inputs: Int
            let outputs: Int
            let factors: Factors
            /// Whether the product is added to what the sum holds.
            var isAccumulating: Bool

            package init(rows: Int, inputs: Int, outputs: Int, factors: Factors, isAccumulating: Bool = false) {
                self.rows = rows
                self.inputs = inputs
                self.outputs = outputs
                self.factors = factors
                self.isAccumulating = isAccumulating
            }

            /// The shape that decides how weights are packed for this one.
            package var layout: Shape { Shape(rows: 64, inputs: inputs, outputs: outputs, factors: factors) }
        }

        private nonisolated(unsafe) let product: OpaquePointer  // immutable
        /// The layout of the packed weights belongs to it.
        private let reference: Product?
        /// The scratch memory of a run, in bytes.
        package let scratchBytes: Int

        init(_ library: OpaquePointer, _ shape: Shape, like reference: Product?) throws {
            var form = onednn_shape(
                rows: shape.rows, inputs: shape.inputs, outputs: shape.outputs,
                factors: shape.factors == .bf16 ? ONEDNN_BF16 : ONEDNN_U8S8, accumulating: shape.isAccumulating)
            var status: Int32 = 0
            guard let product = onednn_product_create(library, &form, reference?.product, &status) else {
                throw OneDNNError.failed(
                    operation: "making a \(shape.factors) product of "
                        + "[\(shape.rows), \(shape.inputs)] and [\(shape.outputs), \(shape.inputs)]",
                    status: Int(status))
            }
            self.product = product
            self.reference = reference
            scratchBytes = onednn_product_scratch_bytes(product)
        }

        deinit { onednn_product_destroy(product) }

        /// oneDNN's name for the implementation.
        package var implementation: String { String(cString: onednn_product_implementation(product)) }

        /// Weights `[outputs, inputs]` in the type of this product: floats for bfloat16, signed bytes for integers.
        package func pack(_ weight: UnsafeRawPointer) throws -> PackedWeight {
            let packed = PackedWeight(byteCount: onednn_product_weight_bytes(product))
            let status = onednn_product_pack(product, weight, packed.base)
            guard status == 0 else { throw OneDNNError.failed(operation: "packing weights", status: Int(status)) }
            return packed
        }

        /// Computes the sums. Fails only where there is no memory left, as any allocation may.
        package func run(
            _ x: UnsafeRawPointer, _ weight: PackedWeight, to sum: UnsafeMutableRawPointer,
            scratch: UnsafeMutableRawPointer
        ) {
            let status = onednn_product_run(product, x, weight.base, sum, scratchBytes > 0 ? scratch : nil)
            precondition(status == 0, "oneDNN could not run a product: status \(status)")
        }
    }

    /// Weights in the layout of a product; immutable once packed.
    package final class PackedWeight: Sendable {
        fileprivate nonisolated(unsafe) let base: UnsafeMutableRawPointer

        fileprivate init(byteCount: Int) { base = .allocate(byteCount: max(byteCount, 1), alignment: 64) }

        deinit { base.deallocate() }
    }
}
