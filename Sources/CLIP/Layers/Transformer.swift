/// A stack of pre-norm transformer blocks, as both towers of a CLIP have one (spec clip-models §2, §5).
///
/// It works on a ragged batch: the tokens of all sequences one below the other, `[Σ lengths, width]`. The products
/// run over all rows at once, only attention minds where a sequence ends, so texts of different lengths need no padding.
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
    ///   - x: `[Σ lengths, width]`, overwritten.
    ///   - lengths: the tokens of each sequence.
    ///   - pooled: the index of the wanted token in each sequence.
    /// - Returns: `[sequences, width]`.
    func pooledOutput(_ x: Scratch, lengths: [Int], pooled: [Int]) -> Scratch {
        let width = lastBlock.width
        let rows = lengths.reduce(0, +)
        let work = TransformerWorkspace(
            rows: rows, width: width, hidden: lastBlock.mlp.expand.outputs, longest: lengths.max() ?? 0)
        let batch = SequenceBatch(lengths: lengths, heads: heads, isCausal: isCausal)
        for block in blocks { block.apply(x.base, batch: batch, work: work) }

        let output = Scratch(count: lengths.count * width)
        for (index, start) in batch.starts.enumerated() {
            (output.base + index * width).update(from: x.base + (start + pooled[index]) * width, count: width)
        }
        lastBlock.apply(x.base, pooled: pooled, output: output.base, batch: batch, work: work)
        return output
    }
}

/// Where the sequences of a ragged batch lie, and how their tokens may look at each other.
struct SequenceBatch {
    let lengths: [Int]
    /// The first row of each sequence.
    let starts: [Int]
    let rows: Int
    let heads: Int
    let isCausal: Bool

    init(lengths: [Int], heads: Int, isCausal: Bool) {
        var starts: [Int] = []
        var rows = 0
        for length in lengths {
            starts.append(rows)
            rows += length
        }
        self.lengths = lengths
        self.starts = starts
        self.rows = rows
        self.heads = heads
        self.isCausal = isCausal
    }
}
