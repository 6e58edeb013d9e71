import CKernels
import Dispatch
import Tensors

/// The text tower (arXiv 2103.00020, section 2.4; docs/models.md#text-transformer): token and position embeddings, a
/// causal transformer, and the end token's output, normalised and projected into the shared space.
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
    init(_ checkpoint: WeightFiles, _ configuration: TextConfiguration, embeddingWidth: Int) throws {
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
    /// What follows the end token in the padded form cannot influence it, so it is left out altogether, and what sequences
    /// have in common at their beginning is computed once (docs/models.md#only-up-to-the-end-token). Uses all cores;
    /// the result does not depend on how many.
    /// - Precondition: each has 1 to `contextLength` ids, all below `vocabularySize`.
    func encode(_ sequences: [[Int]]) -> Tensor<Float> {
        // In this order neighbours have most in common.
        let order = sequences.indices.sorted { sequences[$0].lexicographicallyPrecedes(sequences[$1]) }
        let sorted = order.map { sequences[$0] }
        let batches = Self.batches(of: sorted)
        var features = Tensor<Float>(shape: [sequences.count, projection.outputs])
        features.values.withUnsafeMutableBufferPointer { features in
            guard let target = features.baseAddress else { return }
            nonisolated(unsafe) let base = target  // every batch writes rows of its own
            DispatchQueue.concurrentPerform(iterations: batches.count) { index in
                let batch = batches[index]
                let encoded = encode(sorted[batch])
                for (row, sequence) in order[batch].enumerated() {
                    (base + sequence * projection.outputs).update(
                        from: encoded.base + row * projection.outputs, count: projection.outputs)
                }
            }
        }
        return features
    }

    /// `[sequences, E]` for one batch.
    private func encode(_ sequences: ArraySlice<[Int]>) -> Scratch {
        let batch = SequenceBatch(prefixesSharedIn: sequences)
        let x = Scratch(count: batch.rows * width)
        for (ids, sequence) in zip(sequences, batch.sequences) {
            embed(ids, from: sequence.shared, to: x.base + sequence.start * width)  // [rows, width]
        }
        let ends = transformer.pooledOutput(x, batch: batch)  // [sequences, width]
        finalNorm.apply(ends.base, rows: sequences.count, to: ends.base)
        let features = Scratch(count: sequences.count * projection.outputs)
        projection.apply(ends.base, rows: sequences.count, to: features.base)  // [sequences, E]
        return features
    }

    /// The embeddings of the tokens of one sequence from position `first` on.
    private func embed(_ ids: [Int], from first: Int, to x: UnsafeMutablePointer<Float>) {
        tokenEmbedding.values.withUnsafeBufferPointer { tokens in
            positionalEmbedding.values.withUnsafeBufferPointer { positions in
                guard let tokens = tokens.baseAddress, let positions = positions.baseAddress else { return }
                for position in first..<ids.count {
                    let row = x + (position - first) * width
                    row.update(from: tokens + ids[position] * width, count: width)
                    kernel_add(row, positions + position * width, width)
                }
            }
        }
    }

    /// Neighbouring sequences put together to batches of about equal work, with enough rows to keep the matrix products
    /// efficient, and not so many that the activations leave the caches.
    static func batches(of sequences: [[Int]]) -> [Range<Int>] {
        let rowsPerBatch = 512
        var own = sequences.map(\.count)
        for index in sequences.indices.dropFirst() {
            own[index] -= SequenceBatch.commonPrefix(sequences[index - 1], sequences[index])
        }
        let rows = own.reduce(0, +)
        // An even number, as most machines have of cores.
        let count = max(1, (rows + 2 * rowsPerBatch - 1) / (2 * rowsPerBatch) * 2)
        let target = (rows + count - 1) / count
        var batches: [Range<Int>] = []
        var (start, gathered) = (0, 0)
        for index in sequences.indices {
            gathered += own[index]
            if gathered >= target || index == sequences.count - 1 {
                batches.append(start..<index + 1)
                (start, gathered) = (index + 1, 0)
            }
        }
        return batches
    }
}
