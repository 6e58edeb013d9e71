import CKernels
import Tensors

/// `x = x + Attention(LN1(x))`, then `x = x + MLP(LN2(x))` (spec clip-models §2 step 5).
///
/// LayerScale, where a model has it, is folded into `attentionOutput` and `mlpProject` on loading.
struct TransformerBlock: Sendable {
    let attentionNorm: LayerNorm
    /// Queries, keys and values in one product: `[3 · width, width]`, in this order.
    let queryKeyValue: Linear
    let attentionOutput: Linear
    let mlpNorm: LayerNorm
    let mlpExpand: Linear
    let activation: Activation
    let mlpProject: Linear

    var width: Int { attentionNorm.width }
    var hiddenWidth: Int { mlpExpand.outputs }

    /// The buffers of one pass, shared by all blocks of a stack.
    struct Workspace {
        /// `[rows, width]`.
        let normed: Scratch
        /// `[rows, 3 · width]` in attention, `[rows, hidden]` in the MLP.
        let wide: Scratch
        /// The result of attention before its output layer, `[rows, width]`.
        let attended: Scratch
        /// The attention of one head of one sequence, `[tokens, tokens]`.
        let scores: Scratch

        init(rows: Int, width: Int, hidden: Int, longest: Int) {
            normed = Scratch(count: rows * width)
            wide = Scratch(count: rows * max(3 * width, hidden))
            attended = Scratch(count: rows * width)
            scores = Scratch(count: longest * longest)
        }
    }

    /// The block for all tokens; `x` `[rows, width]` becomes its own output.
    func apply(_ x: UnsafeMutablePointer<Float>, batch: SequenceBatch, work: Workspace) {
        let rows = batch.rows
        attentionNorm.apply(x, rows: rows, to: work.normed.base)
        queryKeyValue.apply(work.normed.base, rows: rows, to: work.wide.base)
        let attention = Attention(batch: batch, width: width, scores: work.scores)
        for (start, length) in zip(batch.starts, batch.lengths) {
            let first = work.wide.base + start * 3 * width
            attention.apply(
                queries: .init(base: first, stride: 3 * width), count: length,
                keys: .init(base: first + width, stride: 3 * width),
                values: .init(base: first + 2 * width, stride: 3 * width), length: length,
                to: work.attended.base + start * width)
        }
        attentionOutput.apply(work.attended.base, rows: rows, to: x, accumulating: true)
        applyMLP(x, rows: rows, work: work)
    }

    /// The block for one token per sequence, the last of a stack: the others only give keys and values.
    /// - Parameters:
    ///   - x: `[rows, width]`, left alone.
    ///   - pooled: the index of the wanted token in each sequence.
    ///   - output: `[sequences, width]`; holds the wanted rows of `x`, becomes their output.
    func applyToPooled(
        _ x: UnsafePointer<Float>, pooled: [Int], output: UnsafeMutablePointer<Float>, batch: SequenceBatch,
        work: Workspace
    ) {
        let sequences = batch.lengths.count
        let keysAndValues = work.wide.base
        attentionNorm.apply(x, rows: batch.rows, to: work.normed.base)
        queryKeyValue.apply(work.normed.base, rows: batch.rows, to: keysAndValues, outputs: width..<3 * width)

        let normed = Scratch(count: sequences * width)
        let queries = Scratch(count: sequences * width)
        attentionNorm.apply(output, rows: sequences, to: normed.base)
        queryKeyValue.apply(normed.base, rows: sequences, to: queries.base, outputs: 0..<width)
        let attention = Attention(batch: batch, width: width, scores: work.scores)
        for (index, start) in batch.starts.enumerated() {
            let first = keysAndValues + start * 2 * width
            attention.apply(
                queries: .init(base: queries.base + index * width, stride: width), count: 1,
                keys: .init(base: first, stride: 2 * width), values: .init(base: first + width, stride: 2 * width),
                length: batch.isCausal ? pooled[index] + 1 : batch.lengths[index],
                to: work.attended.base + index * width)
        }
        attentionOutput.apply(work.attended.base, rows: sequences, to: output, accumulating: true)
        applyMLP(output, rows: sequences, work: work)
    }

    private func applyMLP(_ x: UnsafeMutablePointer<Float>, rows: Int, work: Workspace) {
        mlpNorm.apply(x, rows: rows, to: work.normed.base)
        mlpExpand.apply(work.normed.base, rows: rows, to: work.wide.base, activation: activation.kernel)
        mlpProject.apply(work.wide.base, rows: rows, to: x, accumulating: true)
    }
}
