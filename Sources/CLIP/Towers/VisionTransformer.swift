import CKernels
import Tensors

/// The image tower of most CLIPs (arXiv 2010.11929; docs/models.md#vision-transformer): square patches as tokens, a
/// class token, learned positions, a transformer, and the class token's output, normalised and projected into the
/// shared space.
struct VisionTransformer: ImageTower {
    /// One patch to one token, `[width, 3 · P · P]`, no bias.
    let patchEmbedding: any PackedLinear
    /// `[width]`.
    let classEmbedding: [Float]
    /// `[T, width]`; the first row is the class token's.
    let positionalEmbedding: Tensor<Float>
    /// Nil in the few models that go without.
    let inputNorm: LayerNorm?
    let transformer: Transformer
    let outputNorm: LayerNorm
    /// `[E, width]`.
    let projection: any PackedLinear
    let patchSize: Int
    let grid: Int

    var width: Int { classEmbedding.count }
    var tokens: Int { positionalEmbedding.rows }

    /// `[batch, 3, R, R]` → `[batch, E]`.
    /// - Precondition: the pictures have the size that the positions were learned for.
    func encode(_ pixels: Tensor<Float>) -> Tensor<Float> {
        let (batch, height, pictureWidth) = (pixels.shape[0], pixels.shape[2], pixels.shape[3])
        precondition(
            height / patchSize == grid && pictureWidth / patchSize == grid,
            "pictures of \(height)x\(pictureWidth) do not have \(grid)x\(grid) patches of \(patchSize)")
        var features = Tensor<Float>(shape: [batch, projection.outputs])
        // Enough rows to keep the matrix products efficient, few enough to keep the activations in the caches.
        let piece = max(1, Self.rowsPerPiece / tokens)
        pixels.values.withUnsafeBufferPointer { pixels in
            features.values.withUnsafeMutableBufferPointer { features in
                guard let pixels = pixels.baseAddress, let features = features.baseAddress else { return }
                for start in stride(from: 0, to: batch, by: piece) {
                    encode(
                        pixels + start * 3 * height * pictureWidth, count: min(piece, batch - start), height: height,
                        pictureWidth: pictureWidth, to: features + start * projection.outputs)
                }
            }
        }
        return features
    }

    private static let rowsPerPiece = 1600

    private func encode(
        _ pixels: UnsafePointer<Float>, count: Int, height: Int, pictureWidth: Int,
        to features: UnsafeMutablePointer<Float>
    ) {
        let x = Scratch(count: count * tokens * width)
        let patchCount = grid * grid
        let patches = Scratch(count: count * patchCount * patchEmbedding.inputs)
        let embedded = Scratch(count: count * patchCount * width)
        var planes = kernel_planes(
            channels: 3, height: height, width: pictureWidth, out_height: grid, out_width: grid, kernel: patchSize,
            stride: patchSize, pad_top: 0, pad_left: 0)
        for index in 0..<count {
            kernel_windows_of_planes(
                &planes, pixels + index * 3 * height * pictureWidth,
                patches.base + index * patchCount * patchEmbedding.inputs)
        }
        patchEmbedding.apply(patches.base, rows: count * patchCount, to: embedded.base)  // [count · G², width]
        for index in 0..<count {
            let rows = x.base + index * tokens * width
            rows.update(from: classEmbedding, count: width)
            (rows + width).update(from: embedded.base + index * patchCount * width, count: patchCount * width)
            positionalEmbedding.values.withUnsafeBufferPointer { positions in
                guard let positions = positions.baseAddress else { return }
                kernel_add(rows, positions, tokens * width)
            }
        }
        inputNorm?.apply(x.base, rows: count * tokens, to: x.base)
        let pooled = transformer.pooledOutput(
            x, batch: SequenceBatch(count: count, length: tokens, pooled: 0))
        outputNorm.apply(pooled.base, rows: count, to: pooled.base)  // [count, width]
        projection.apply(pooled.base, rows: count, to: features)  // [count, E]
    }
}

extension VisionTransformer {
    /// Reads the tower's tensors.
    init(
        _ checkpoint: WeightFiles, _ configuration: VisionTransformerConfiguration, embeddingWidth: Int,
        packing: LayerPacking
    ) throws {
        let (width, patchSize) = (configuration.layers.width, configuration.patchSize)
        let epsilon = configuration.layers.epsilon
        patchEmbedding = try packing.pack(
            Linear(
                weight: try checkpoint.tensor("visual.conv1.weight", shape: [width, 3, patchSize, patchSize])
                    .reshaped([width, 3 * patchSize * patchSize]),
                bias: nil))
        classEmbedding = try checkpoint.vector("visual.class_embedding", count: width)
        positionalEmbedding = try checkpoint.tensor(
            "visual.positional_embedding", shape: [configuration.tokens, width])
        inputNorm =
            configuration.hasInputNorm
            ? try checkpoint.layerNorm("visual.ln_pre", width: width, epsilon: epsilon) : nil
        transformer = try checkpoint.transformer(
            "visual.transformer", configuration.layers, isCausal: false, packing: packing)
        outputNorm = try checkpoint.layerNorm("visual.ln_post", width: width, epsilon: epsilon)
        // One row a picture: nothing is gained by rounding it.
        projection = FP32Linear(
            try checkpoint.projection("visual.proj", inputs: width, outputs: embeddingWidth))
        self.patchSize = patchSize
        grid = configuration.grid
    }
}
