import CKernels
import Tensors

/// The image tower `tf_efficientnet_lite0` as timm and open_clip build it (arXiv 1905.11946;
/// docs/models.md#efficientnet-lite0): inverted residuals with ReLU6, no squeeze-and-excitation, TensorFlow's SAME
/// padding, global average pool, linear projection.
struct EfficientNetLite: ImageTower {
    let stem: StemConvolution
    let blocks: [InvertedResidual]
    let head: any PackedLinear
    /// `[E, 1280]`.
    let projection: any PackedLinear

    /// `[batch, 3, height, width]` → `[batch, E]`; any height and width.
    func encode(_ pixels: Tensor<Float>) -> Tensor<Float> {
        let (batch, height, width) = (pixels.shape[0], pixels.shape[2], pixels.shape[3])
        var features = Tensor<Float>(shape: [batch, projection.outputs])
        let work = Workspace(tower: self, height: height, width: width)
        let pooled = Scratch(count: head.outputs)
        pixels.values.withUnsafeBufferPointer { pixels in
            features.values.withUnsafeMutableBufferPointer { features in
                guard let pixels = pixels.baseAddress, let features = features.baseAddress else { return }
                for index in 0..<batch {
                    let picture = pixels + index * 3 * height * width
                    // [3, H, W] → [H/2, W/2, 32] → ... → [H/32, W/32, 320] → [H/32, W/32, 1280] → [1280] → [E]
                    var x = stem.apply(
                        picture: picture, height: height, width: width, windows: work.expanded.base,
                        to: work.maps[0].base)
                    for (number, block) in blocks.enumerated() {
                        x = block.apply(x, work: work, to: work.maps[(number + 1) % 2].base)
                    }
                    head.apply(x.values, rows: x.positions, to: work.expanded.base)
                    kernel_mean_rows(work.expanded.base, pooled.base, x.positions, head.outputs)
                    projection.apply(pooled.base, rows: 1, to: features + index * projection.outputs)
                }
            }
        }
        return features
    }

    /// The buffers of one pass.
    struct Workspace {
        /// The maps between blocks, in turn.
        let maps: [Scratch]
        /// The map between a block's expansion and its depthwise convolution.
        let expanded: Scratch
        /// The map between its depthwise convolution and its projection.
        let filtered: Scratch

        init(tower: EfficientNetLite, height: Int, width: Int) {
            var rows = tower.stem.placement(height).output
            var columns = tower.stem.placement(width).output
            var map = rows * columns * tower.stem.product.outputs
            var expanded = rows * columns * tower.stem.product.inputs
            var filtered = 0
            for block in tower.blocks {
                let (depthwise, channels) = (block.depthwise, block.depthwise.bias.count)
                expanded = max(expanded, rows * columns * channels)
                rows = depthwise.placement(rows).output
                columns = depthwise.placement(columns).output
                filtered = max(filtered, rows * columns * channels)
                map = max(map, rows * columns * block.project.outputs)
            }
            expanded = max(expanded, rows * columns * tower.head.outputs)
            maps = [Scratch(count: map), Scratch(count: map)]
            self.expanded = Scratch(count: expanded)
            self.filtered = Scratch(count: filtered)
        }
    }
}

/// One block: expand 1×1, filter each channel, project 1×1; where input and output fit, the input is added.
struct InvertedResidual: Sendable {
    /// Nil in the first block, which only filters and projects.
    let expand: (any PackedLinear)?
    let depthwise: DepthwiseConvolution
    let project: any PackedLinear

    var hasSkip: Bool {
        depthwise.stride == 1 && (expand?.inputs ?? depthwise.bias.count) == project.outputs
    }

    /// Writes the block's output to `y` and returns it.
    func apply(_ x: FeatureMap, work: EfficientNetLite.Workspace, to y: UnsafeMutablePointer<Float>) -> FeatureMap {
        var expanded = x
        if let expand {
            expand.apply(x.values, rows: x.positions, to: work.expanded.base)
            expanded = FeatureMap(
                values: work.expanded.base, height: x.height, width: x.width, channels: expand.outputs)
        }
        let filtered = depthwise.apply(expanded, to: work.filtered.base)
        if hasSkip { y.update(from: x.values, count: x.positions * x.channels) }
        project.apply(filtered.values, rows: filtered.positions, to: y, accumulating: hasSkip)
        return FeatureMap(
            values: y, height: filtered.height, width: filtered.width, channels: project.outputs)
    }
}
