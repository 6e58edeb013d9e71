import CKernels
import Tensors

extension EfficientNetLite {
    /// One row of the architecture's table: how many blocks, and what the first of them does.
    struct Stage {
        let count: Int
        let kernel: Int
        let stride: Int
        let channels: Int
    }

    /// Stages 1 to 6 (arXiv 1905.11946; docs/models.md#efficientnet-lite0); every block expands its input sixfold.
    static let stages = [
        Stage(count: 2, kernel: 3, stride: 2, channels: 24), Stage(count: 2, kernel: 5, stride: 2, channels: 40),
        Stage(count: 3, kernel: 3, stride: 2, channels: 80), Stage(count: 3, kernel: 5, stride: 1, channels: 112),
        Stage(count: 4, kernel: 5, stride: 2, channels: 192), Stage(count: 1, kernel: 3, stride: 1, channels: 320),
    ]
    static let expansion = 6
    static let stemChannels = 32
    /// After the first block.
    static let firstChannels = 16
    static let headChannels = 1280
    /// TensorFlow's, from which the weights were ported.
    private static let epsilon: Float = 1e-3

    /// Reads timm's tensors below `visual.trunk` and open_clip's projection.
    init(_ checkpoint: WeightFiles, embeddingWidth: Int, packing: LayerPacking) throws {
        let trunk = "visual.trunk"

        func pointwise(_ name: String, _ norm: String, _ inputs: Int, _ outputs: Int, _ activation: kernel_activation)
            throws -> any PackedLinear
        {
            try packing.packPointwise(
                checkpoint.foldedConvolution(
                    "\(trunk).\(name)", norm: "\(trunk).\(norm)", shape: [outputs, inputs, 1, 1], epsilon: Self.epsilon),
                activation: activation)
        }
        func depthwise(_ block: String, norm: String, channels: Int, kernel: Int, stride: Int) throws
            -> DepthwiseConvolution
        {
            let folded = try checkpoint.foldedConvolution(
                "\(trunk).\(block).conv_dw", norm: "\(trunk).\(block).\(norm)", shape: [channels, 1, kernel, kernel],
                epsilon: Self.epsilon)
            return DepthwiseConvolution(
                weight: folded.weight.transposed(), bias: folded.bias ?? [], kernel: kernel, stride: stride)
        }

        let stemConvolution = try checkpoint.foldedConvolution(
            "\(trunk).conv_stem", norm: "\(trunk).bn1", shape: [Self.stemChannels, 3, 3, 3], epsilon: Self.epsilon)
        stem = StemConvolution(
            product: try packing.packPointwise(stemConvolution, activation: KERNEL_RELU6), kernel: 3, stride: 2,
            padding: .same)

        var channels = Self.firstChannels
        var blocks = [
            InvertedResidual(
                expand: nil,
                depthwise: try depthwise("blocks.0.0", norm: "bn1", channels: Self.stemChannels, kernel: 3, stride: 1),
                project: try pointwise(
                    "blocks.0.0.conv_pw", "blocks.0.0.bn2", Self.stemChannels, channels, KERNEL_IDENTITY))
        ]
        for (number, stage) in Self.stages.enumerated() {
            for index in 0..<stage.count {
                let name = "blocks.\(number + 1).\(index)"
                let expanded = channels * Self.expansion
                blocks.append(
                    InvertedResidual(
                        expand: try pointwise("\(name).conv_pw", "\(name).bn1", channels, expanded, KERNEL_RELU6),
                        depthwise: try depthwise(
                            name, norm: "bn2", channels: expanded, kernel: stage.kernel,
                            stride: index == 0 ? stage.stride : 1),
                        project: try pointwise(
                            "\(name).conv_pwl", "\(name).bn3", expanded, stage.channels, KERNEL_IDENTITY)))
                channels = stage.channels
            }
        }
        self.blocks = blocks
        head = try pointwise("conv_head", "bn2", channels, Self.headChannels, KERNEL_RELU6)
        projection = FP32Linear(
            try checkpoint.linear(
                "visual.head.proj", inputs: Self.headChannels, outputs: embeddingWidth, hasBias: false))
    }
}
