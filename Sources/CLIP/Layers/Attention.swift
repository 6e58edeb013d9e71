import CKernels
import Tensors

/// Scaled dot-product attention, head by head: `softmax(q · kᵀ / √(width per head)) · v` (arXiv 2010.11929;
/// docs/models.md#vision-transformer).
struct Attention {
    /// Rows of a larger matrix.
    struct Rows {
        let base: UnsafePointer<Float>
        let stride: Int
    }

    private let heads: Int
    private let width: Int
    private let isCausal: Bool
    private let scores: Scratch

    /// - Parameter scores: room for `[queries, keys]`.
    init(heads: Int, width: Int, isCausal: Bool, scores: Scratch) {
        self.heads = heads
        self.width = width
        self.isCausal = isCausal
        self.scores = scores
    }

    /// Attention within one sequence; heads lie side by side in every row.
    /// - Parameters:
    ///   - count: how many queries. They are those of the last tokens: if attention is causal, query `i` sees keys
    ///     `0...length - count + i`.
    ///   - length: how many keys and values.
    ///   - output: `[count, width]`.
    func apply(
        queries: Rows, count: Int, keys: Rows, values: Rows, length: Int, to output: UnsafeMutablePointer<Float>
    ) {
        guard count > 0 else { return }
        let headWidth = width / heads
        for head in 0..<heads {
            let offset = head * headWidth
            Float.gemm(
                transposeA: false, transposeB: true, m: count, n: length, k: headWidth,
                alpha: 1 / Float(headWidth).squareRoot(), a: queries.base + offset, leadingA: queries.stride,
                b: keys.base + offset, leadingB: keys.stride, beta: 0, c: scores.base, leadingC: length)
            kernel_softmax(scores.base, count, length, isCausal ? length - count + 1 : length)
            Float.gemm(
                transposeA: false, transposeB: false, m: count, n: headWidth, k: length, alpha: 1, a: scores.base,
                leadingA: length, b: values.base + offset, leadingB: values.stride, beta: 0, c: output + offset,
                leadingC: width)
        }
    }
}
