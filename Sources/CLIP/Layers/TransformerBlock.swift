/// `x = x + Attention(LN1(x))`, then `x = x + MLP(LN2(x))` (arXiv 2010.11929; docs/models.md#vision-transformer), for
/// every token.
struct TransformerBlock: Sendable {
    let attentionNorm: LayerNorm
    /// Queries, keys and values in one product: `[3 · width, width]`, in this order.
    let queryKeyValue: any PackedLinear
    /// LayerScale, where a model has it, is folded in.
    let attentionOutput: any PackedLinear
    let mlp: MLP

    /// `x` `[rows, width]` becomes the block's output.
    func apply(
        _ x: UnsafeMutablePointer<Float>, batch: SequenceBatch, attention: Attention, work: TransformerWorkspace
    ) {
        let (rows, width) = (batch.rows, attentionNorm.width)
        attentionNorm.apply(x, rows: rows, to: work.normed.base)
        queryKeyValue.apply(work.normed.base, rows: rows, to: work.wide.base)
        for sequence in batch.sequences {
            let first = Attention.Rows(base: work.wide.base + sequence.start * 3 * width, stride: 3 * width)
            let (keys, values) = work.keysAndValues(
                of: sequence, own: .init(base: first.base + width, stride: first.stride), width: width)
            attention.apply(
                queries: first, count: sequence.own, keys: keys, values: values, length: sequence.length,
                to: work.attended.base + sequence.start * width)
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
    ///   - output: `[sequences, width]`; holds the wanted rows of `x`, becomes their output.
    func apply(
        _ x: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, batch: SequenceBatch, attention: Attention,
        work: TransformerWorkspace
    ) {
        let count = batch.sequences.count
        attentionNorm.apply(x, rows: batch.rows, to: work.normed.base)
        keyValue.apply(work.normed.base, rows: batch.rows, to: work.wide.base)

        let normed = Scratch(count: count * width)
        let queries = Scratch(count: count * width)
        attentionNorm.apply(output, rows: count, to: normed.base)
        query.apply(normed.base, rows: count, to: queries.base)
        for (index, sequence) in batch.sequences.enumerated() {
            let (keys, values) = work.keysAndValues(
                of: sequence, own: .init(base: work.wide.base + sequence.start * 2 * width, stride: 2 * width),
                width: width)
            attention.apply(
                queries: .init(base: queries.base + index * width, stride: width), count: 1, keys: keys,
                values: values, length: sequence.length, to: work.attended.base + index * width)
        }
        attentionOutput.apply(work.attended.base, rows: count, to: output, accumulating: true)
        mlp.apply(output, rows: count, work: work)
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

    /// Where sequences share rows: keys and values of one sequence, shared and own, `[tokens, 2 · width]`.
    private let path: Scratch?

    init(batch: SequenceBatch, width: Int, hidden: Int) {
        // There may be fewer rows than sequences, if some are equal.
        let rows = max(batch.rows, batch.sequences.count)
        normed = Scratch(count: rows * width)
        wide = Scratch(count: rows * max(3 * width, hidden))
        attended = Scratch(count: rows * width)
        scores = Scratch(count: batch.longest * batch.longest)
        path = batch.isSharing ? Scratch(count: batch.longest * 2 * width) : nil
    }

    /// Keys and values of a whole sequence. To be called for one sequence after the other.
    ///
    /// Where sequences share rows, they are put together in a place of their own, which still holds those of the sequence
    /// before: of them the first `shared` are right already.
    /// - Parameter own: keys and, next to them, values of the sequence's own tokens.
    func keysAndValues(
        of sequence: SequenceBatch.Sequence, own: Attention.Rows, width: Int
    ) -> (keys: Attention.Rows, values: Attention.Rows) {
        guard let path else { return (own, .init(base: own.base + width, stride: own.stride)) }
        for token in 0..<sequence.own {
            (path.base + (sequence.shared + token) * 2 * width).update(
                from: own.base + token * own.stride, count: 2 * width)
        }
        return (.init(base: path.base, stride: 2 * width), .init(base: path.base + width, stride: 2 * width))
    }
}
