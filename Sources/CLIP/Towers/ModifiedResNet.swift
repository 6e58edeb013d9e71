import CKernels
import Tensors

/// The image tower of OpenAI's RN50 to RN50x64 (arXiv 2103.00020, section 2.4; docs/models.md#modifiedresnet): a ResNet
/// with a three-convolution stem, average pooling instead of strided convolutions, and attention pooling at the end.
struct ModifiedResNet: ImageTower {
    let stem1: StemConvolution
    let stem2: SpatialConvolution
    let stem3: SpatialConvolution
    let blocks: [Bottleneck]
    let pool: AttentionPool

    /// `[batch, 3, R, R]` → `[batch, E]`.
    /// - Precondition: the pictures have the size that the pooling's positions were learned for.
    func encode(_ pixels: Tensor<Float>) -> Tensor<Float> {
        let (batch, height, width) = (pixels.shape[0], pixels.shape[2], pixels.shape[3])
        precondition(
            height / 32 * (width / 32) == pool.positions,
            "pictures of \(height)x\(width) do not fit \(pool.positions) positions")
        var features = Tensor<Float>(shape: [batch, pool.output.outputs])
        let work = Workspace(tower: self, height: height, width: width)
        pixels.values.withUnsafeBufferPointer { pixels in
            features.values.withUnsafeMutableBufferPointer { features in
                guard let pixels = pixels.baseAddress, let features = features.baseAddress else { return }
                for index in 0..<batch {
                    // [3, R, R] → [R/4, R/4, w] → [R/4, R/4, 4w] → ... → [R/32, R/32, 32w] → [E]
                    var x = applyStem(pixels + index * 3 * height * width, height, width, work)
                    for (number, block) in blocks.enumerated() {
                        x = block.apply(x, work: work, to: work.maps[(number + 1) % 2].base)
                    }
                    pool.apply(x, to: features + index * pool.output.outputs)
                }
            }
        }
        return features
    }

    private func applyStem(_ picture: UnsafePointer<Float>, _ height: Int, _ width: Int, _ work: Workspace)
        -> FeatureMap
    {
        var x = stem1.apply(
            picture: picture, height: height, width: width, windows: work.windows.base, to: work.maps[0].base)
        x = stem2.apply(x, windows: work.windows.base, to: work.maps[1].base)
        x = stem3.apply(x, windows: work.windows.base, to: work.inner[0].base)
        return x.averagePooled(2, to: work.maps[0].base)
    }

    /// The buffers of one pass.
    struct Workspace {
        /// The maps between blocks, in turn.
        let maps: [Scratch]
        /// The maps within a block, in turn.
        let inner: [Scratch]
        let windows: Scratch

        init(tower: ModifiedResNet, height: Int, width: Int) {
            var (rows, columns) = (tower.stem1.placement(height).output, tower.stem1.placement(width).output)
            var windows = rows * columns * tower.stem1.product.inputs
            windows = max(windows, tower.stem2.windowCount(width: columns), tower.stem3.windowCount(width: columns))
            var map = rows * columns * tower.stem2.product.outputs
            var inner = rows * columns * tower.stem3.product.outputs
            (rows, columns) = (rows / 2, columns / 2)
            for block in tower.blocks {
                windows = max(windows, block.spatial.windowCount(width: columns))
                inner = max(inner, rows * columns * max(block.spatial.product.outputs, block.reduce.inputs))
                (rows, columns) = (rows / block.stride, columns / block.stride)
                map = max(map, rows * columns * block.expand.outputs)
            }
            maps = [Scratch(count: map), Scratch(count: map)]
            self.inner = [Scratch(count: inner), Scratch(count: inner)]
            self.windows = Scratch(count: windows)
        }
    }
}

/// One block: 1×1 to fewer channels, 3×3, 1×1 to four times as many, plus the input. Where it halves the map, it does so
/// by averaging, before the last convolution and on the way of the input.
struct Bottleneck: Sendable {
    let reduce: any PackedLinear
    let spatial: SpatialConvolution
    let expand: any PackedLinear
    /// Makes the input fit the output; only in the first block of a stage.
    let shortcut: (any PackedLinear)?
    let stride: Int

    /// Writes the block's output to `y` and returns it.
    func apply(_ x: FeatureMap, work: ModifiedResNet.Workspace, to y: UnsafeMutablePointer<Float>) -> FeatureMap {
        // The input's way first: its result waits in `y` for the rest to be added.
        let output = FeatureMap(
            values: y, height: x.height / stride, width: x.width / stride, channels: expand.outputs)
        if let shortcut {
            let pooled = stride > 1 ? x.averagePooled(stride, to: work.inner[0].base) : x
            shortcut.apply(pooled.values, rows: pooled.positions, to: y)
        } else {
            y.update(from: x.values, count: x.positions * x.channels)
        }
        reduce.apply(x.values, rows: x.positions, to: work.inner[0].base)
        let reduced = FeatureMap(
            values: work.inner[0].base, height: x.height, width: x.width, channels: reduce.outputs)
        var inner = spatial.apply(reduced, windows: work.windows.base, to: work.inner[1].base)
        if stride > 1 { inner = inner.averagePooled(stride, to: work.inner[0].base) }
        expand.apply(inner.values, rows: inner.positions, to: y, accumulating: true)
        return output
    }
}

/// Attention pooling: the mean of all positions is the query; all positions and the mean are keys and values.
struct AttentionPool: Sendable {
    /// `[S² + 1, D]`; the first row is the mean's.
    let positionalEmbedding: Tensor<Float>
    let query: any PackedLinear
    let key: any PackedLinear
    let value: any PackedLinear
    /// `[E, D]`.
    let output: any PackedLinear
    let heads: Int

    var positions: Int { positionalEmbedding.rows - 1 }

    /// `[S, S, D]` → `[E]`.
    func apply(_ x: FeatureMap, to features: UnsafeMutablePointer<Float>) {
        let (tokens, width) = (positions + 1, x.channels)
        let sequence = Scratch(count: tokens * width)
        kernel_mean_rows(x.values, sequence.base, positions, width)
        (sequence.base + width).update(from: x.values, count: positions * width)
        positionalEmbedding.values.withUnsafeBufferPointer { positions in
            guard let positions = positions.baseAddress else { return }
            kernel_add(sequence.base, positions, tokens * width)
        }
        let queries = Scratch(count: width)
        let keys = Scratch(count: tokens * width)
        let values = Scratch(count: tokens * width)
        let attended = Scratch(count: width)
        query.apply(sequence.base, rows: 1, to: queries.base)
        key.apply(sequence.base, rows: tokens, to: keys.base)
        value.apply(sequence.base, rows: tokens, to: values.base)
        Attention(heads: heads, width: width, isCausal: false, scores: Scratch(count: tokens)).apply(
            queries: .init(base: queries.base, stride: width), count: 1, keys: .init(base: keys.base, stride: width),
            values: .init(base: values.base, stride: width), length: tokens, to: attended.base)
        output.apply(attended.base, rows: 1, to: features)
    }
}
