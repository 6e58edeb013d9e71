/// `x = x + Attention(LN1(x))`, then `x = x + MLP(LN2(x))` (spec clip-models §2 step 5), for every token.
struct TransformerBlock: Sendable {
    let attentionNorm: LayerNorm
    /// Queries, keys and values in one product: `[3 · width, width]`, in this order.
    let queryKeyValue: any PackedLinear
    /// LayerScale, where a model has it, is folded in.
    let attentionOutput: any PackedLinear
    let mlp: MLP

    /// `x` `[rows, width]` becomes the block's output.
    func apply(_ x: UnsafeMutablePointer<Float>, batch: SequenceBatch, work: TransformerWorkspace) {
        let (rows, width) = (batch.rows, attentionNorm.width)
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
        mlp.apply(x, rows: rows, work: work)
    }
}

/// The last block of a stack, of which one token per sequence leaves the tower: the others only give keys and values. For
/// that token the result is the same.
struct PooledTransformerBlock: Sendable {
    let attentionNorm: LayerNorm
    /// `[width, width]`, for the pooled tokens.
    let query: any PackedLinear
    /// `[2 · width, width]`, for all.
    let keyValue: any PackedLinear
    let attentionOutput: any PackedLinear
    let mlp: MLP

    var width: Int { attentionNorm.width }

    /// - Parameters:
    ///   - x: `[rows, width]`, left alone.
    ///   - pooled: the index of the wanted token in each sequence.
    ///   - output: `[sequences, width]`; holds the wanted rows of `x`, becomes their output.
    func apply(
        _ x: UnsafePointer<Float>, pooled: [Int], output: UnsafeMutablePointer<Float>, batch: SequenceBatch,
        work: TransformerWorkspace
    ) {
        let sequences = batch.lengths.count
        let keysAndValues = work.wide.base
        attentionNorm.apply(x, rows: batch.rows, to: work.normed.base)
        keyValue.apply(work.normed.base, rows: batch.rows, to: keysAndValues)

        let normed = Scratch(count: sequences * width)
        let queries = Scratch(count: sequences * width)
        attentionNorm.apply(output, rows: sequences, to: normed.base)
        query.apply(normed.base, rows: sequences, to: queries.base)
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
        mlp.apply(output, rows: sequences, work: work)
    }
}

/// The buffers of one pass, shared by all blocks of a stack.
struct TransformerWorkspace {
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
