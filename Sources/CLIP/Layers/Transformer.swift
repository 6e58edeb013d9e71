/// A stack of pre-norm transformer blocks, as both towers of a CLIP have one (arXiv 2010.11929; arXiv 2103.00020,
/// section 2.4; docs/models.md#vision-transformer; docs/models.md#text-transformer).
///
/// It works on a ragged batch: the tokens of all sequences one below the other, `[rows, width]`. The products run over all
/// rows at once, only attention minds where a sequence ends, so texts of different lengths need no padding.
struct Transformer: Sendable {
    /// All blocks but the last.
    let blocks: [TransformerBlock]
    let lastBlock: PooledTransformerBlock
    let heads: Int
    /// Whether a token sees only itself and those before it.
    let isCausal: Bool

    /// Runs the stack and returns the outputs of one token per sequence.
    ///
    /// Only that token leaves the tower, so the last block computes keys and values for all tokens, but everything else
    /// for that one alone; this is exact.
    /// - Parameters:
    ///   - x: `[rows, width]`, overwritten.
    ///   - batch: where the sequences lie in it.
    /// - Returns: `[sequences, width]`.
    func pooledOutput(_ x: Scratch, batch: SequenceBatch) -> Scratch {
        let width = lastBlock.width
        let work = TransformerWorkspace(batch: batch, width: width, hidden: lastBlock.mlp.fc1.outputs)
        let attention = Attention(heads: heads, width: width, isCausal: isCausal, scores: work.scores)
        for block in blocks { block.apply(x.base, batch: batch, attention: attention, work: work) }

        let output = Scratch(count: batch.sequences.count * width)
        for (index, sequence) in batch.sequences.enumerated() {
            (output.base + index * width).update(from: x.base + sequence.pooledRow * width, count: width)
        }
        lastBlock.apply(x.base, output: output.base, batch: batch, attention: attention, work: work)
        return output
    }
}
