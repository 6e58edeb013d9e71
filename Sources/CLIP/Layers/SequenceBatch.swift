/// Where the sequences of a ragged batch lie.
///
/// In a causal transformer a token's activations depend on the tokens before it alone, so sequences that begin alike share
/// the rows of their common prefix: "a photo of a" is computed once, and its keys and values serve all prompts
/// (docs/models.md#only-up-to-the-end-token). A sequence continues the one before it: it has rows of its own only from
/// the first token that differs.
struct SequenceBatch {
    struct Sequence {
        /// The number of its tokens.
        let length: Int
        /// How many of its first tokens are those of the sequence before it, and lie where that one's lie.
        let shared: Int
        /// The row of the first of its own tokens; the others follow.
        let start: Int
        /// The row of the token that is wanted of it.
        let pooledRow: Int

        /// The number of its own rows.
        var own: Int { length - shared }
    }

    let sequences: [Sequence]
    /// All rows.
    let rows: Int
    /// The length of the longest sequence.
    let longest: Int
    /// Whether any sequence lacks rows of its own.
    let isSharing: Bool

    /// `count` sequences of `length` tokens each, with nothing in common, of which one token is wanted.
    init(count: Int, length: Int, pooled: Int) {
        sequences = (0..<count).map { index in
            Sequence(length: length, shared: 0, start: index * length, pooledRow: index * length + pooled)
        }
        rows = count * length
        longest = length
        isSharing = false
    }

    /// Sequences for causal attention, of each of which the last token is wanted. Sorted ones have most in common.
    /// - Precondition: none is empty.
    init(prefixesSharedIn tokens: some Collection<[Int]>) {
        var sequences: [Sequence] = []
        var previous: [Int] = []
        /// The rows of the tokens of the sequence before.
        var path: [Int] = []
        var next = 0
        for current in tokens {
            let shared = Self.commonPrefix(previous, current)
            let own = current.count - shared
            path.removeLast(path.count - shared)
            path.append(contentsOf: next..<next + own)
            sequences.append(
                Sequence(length: current.count, shared: shared, start: next, pooledRow: path[current.count - 1]))
            next += own
            previous = current
        }
        self.sequences = sequences
        rows = next
        longest = sequences.map(\.length).max() ?? 0
        isSharing = sequences.contains { $0.shared > 0 }
    }

    /// How many tokens both begin with.
    static func commonPrefix(_ a: [Int], _ b: [Int]) -> Int { zip(a, b).prefix { $0 == $1 }.count }
}
