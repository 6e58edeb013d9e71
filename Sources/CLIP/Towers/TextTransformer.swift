import CKernels
import Dispatch
import Tensors

/// The text tower (spec clip-models §5): token and position embeddings, a causal transformer, and the end token's output,
/// normalised and projected into the shared space.
struct TextTransformer: Sendable {
    /// `[V, width]`.
    let tokenEmbedding: Tensor<Float>
    /// `[C, width]`.
    let positionalEmbedding: Tensor<Float>
    let transformer: Transformer
    let finalNorm: LayerNorm
    /// `[E, width]`.
    let projection: any PackedLinear

    var width: Int { finalNorm.width }
    var contextLength: Int { positionalEmbedding.rows }
    var vocabularySize: Int { tokenEmbedding.rows }

    /// Reads the tower's tensors.
    init(_ checkpoint: Checkpoint, _ configuration: TextConfiguration, embeddingWidth: Int) throws {
        let width = configuration.layers.width
        tokenEmbedding = try checkpoint.tensor(
            "token_embedding.weight", shape: [configuration.vocabularySize, width])
        positionalEmbedding = try checkpoint.tensor(
            "positional_embedding", shape: [configuration.contextLength, width])
        transformer = try checkpoint.transformer("transformer", configuration.layers, isCausal: true, packing: .fp32)
        finalNorm = try checkpoint.layerNorm("ln_final", width: width, epsilon: configuration.layers.epsilon)
        projection = FP32Linear(
            try checkpoint.projection("text_projection", inputs: width, outputs: embeddingWidth))
    }

    /// `[sequences, E]` for sequences of token ids that end with the token that stands for them.
    ///
    /// What follows the end token in the padded form cannot influence it (spec clip-models §14), so it is left out
    /// altogether; sequences of any lengths share a batch. Uses all cores; the result does not depend on how many.
    /// - Precondition: each has 1 to `contextLength` ids, all below `vocabularySize`.
    func encode(_ sequences: [[Int]]) -> Tensor<Float> {
        let batches = Self.batches(of: sequences.map(\.count))
        var features = Tensor<Float>(shape: [sequences.count, projection.outputs])
        features.values.withUnsafeMutableBufferPointer { features in
            guard let target = features.baseAddress else { return }
            nonisolated(unsafe) let base = target  // every batch writes rows of its own
            DispatchQueue.concurrentPerform(iterations: batches.count) { index in
                encode(sequences[batches[index]], to: base + batches[index].lowerBound * projection.outputs)
            }
        }
        return features
    }

    /// Encodes one batch: `[sequences, E]` into `features`.
    private func encode(_ sequences: ArraySlice<[Int]>, to features: UnsafeMutablePointer<Float>) {
        let lengths = sequences.map(\.count)
        let x = Scratch(count: lengths.reduce(0, +) * width)
        embed(sequences, to: x.base)  // [Σ lengths, width]
        let ends = transformer.pooledOutput(x, lengths: lengths, pooled: lengths.map { $0 - 1 })  // [sequences, width]
        finalNorm.apply(ends.base, rows: lengths.count, to: ends.base)
        projection.apply(ends.base, rows: lengths.count, to: features)  // [sequences, E]
    }

    private func embed(_ sequences: ArraySlice<[Int]>, to x: UnsafeMutablePointer<Float>) {
        tokenEmbedding.values.withUnsafeBufferPointer { tokens in
            positionalEmbedding.values.withUnsafeBufferPointer { positions in
                guard let tokens = tokens.baseAddress, let positions = positions.baseAddress else { return }
                var row = x
                for sequence in sequences {
                    for (position, id) in sequence.enumerated() {
                        row.update(from: tokens + id * width, count: width)
                        kernel_add(row, positions + position * width, width)
                        row += width
                    }
                }
            }
        }
    }

    /// Neighbouring sequences put together until a batch has enough rows to keep the matrix products efficient, and not
    /// so many that its activations leave the caches.
    private static func batches(of lengths: [Int]) -> [Range<Int>] {
        let rowsPerBatch = 512
        var batches: [Range<Int>] = []
        var (start, rows) = (0, 0)
        for (index, length) in lengths.enumerated() {
            rows += length
            if rows >= rowsPerBatch || index == lengths.count - 1 {
                batches.append(start..<index + 1)
                (start, rows) = (index + 1, 0)
            }
        }
        return batches
    }
}
