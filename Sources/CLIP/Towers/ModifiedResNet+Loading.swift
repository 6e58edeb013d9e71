import CKernels
import Tensors

extension ModifiedResNet {
    private static let epsilon: Float = 1e-5

    /// Reads OpenAI's tensors below `visual`.
    init(
        _ checkpoint: WeightFiles, _ configuration: ModifiedResNetConfiguration, embeddingWidth: Int,
        packing: LayerPacking
    ) throws {
        func folded(_ name: String, _ norm: String, _ shape: [Int]) throws -> Linear {
            try checkpoint.foldedConvolution(
                "visual.\(name)", norm: "visual.\(norm)", shape: shape, epsilon: Self.epsilon)
        }
        func pointwise(_ name: String, _ norm: String, _ inputs: Int, _ outputs: Int, _ activation: kernel_activation)
            throws -> any PackedLinear
        {
            try packing.packPointwise(folded(name, norm, [outputs, inputs, 1, 1]), activation: activation)
        }
        func spatial(_ name: String, _ norm: String, _ inputs: Int, _ outputs: Int) throws -> SpatialConvolution {
            let stored = try folded(name, norm, [outputs, inputs, 3, 3])
            return SpatialConvolution(
                product: try packing.pack(stored.withChannelsLast(channels: inputs), activation: KERNEL_RELU))
        }

        let width = configuration.width
        stem1 = StemConvolution(
            product: try packing.packPointwise(
                folded("conv1", "bn1", [width / 2, 3, 3, 3]), activation: KERNEL_RELU),
            kernel: 3, stride: 2, padding: .symmetric)
        stem2 = try spatial("conv2", "bn2", width / 2, width / 2)
        stem3 = try spatial("conv3", "bn3", width / 2, width)

        var inputs = width
        var blocks: [Bottleneck] = []
        for (stage, count) in configuration.stages.enumerated() {
            let planes = width << stage
            for index in 0..<count {
                let name = "layer\(stage + 1).\(index)"
                let shortcut =
                    index == 0
                    ? try pointwise("\(name).downsample.0", "\(name).downsample.1", inputs, 4 * planes, KERNEL_IDENTITY)
                    : nil
                blocks.append(
                    Bottleneck(
                        reduce: try pointwise("\(name).conv1", "\(name).bn1", inputs, planes, KERNEL_RELU),
                        spatial: try spatial("\(name).conv2", "\(name).bn2", planes, planes),
                        expand: try pointwise("\(name).conv3", "\(name).bn3", planes, 4 * planes, KERNEL_RELU),
                        shortcut: shortcut, stride: stage > 0 && index == 0 ? 2 : 1))
                inputs = 4 * planes
            }
        }
        self.blocks = blocks

        let side = configuration.imageSize / 32
        func linear(_ name: String, _ outputs: Int) throws -> Linear {
            try checkpoint.linear("visual.attnpool.\(name)", inputs: inputs, outputs: outputs)
        }
        pool = AttentionPool(
            positionalEmbedding: try checkpoint.tensor(
                "visual.attnpool.positional_embedding", shape: [side * side + 1, inputs]),
            query: FP32Linear(try linear("q_proj", inputs)), key: try packing.pack(linear("k_proj", inputs)),
            value: try packing.pack(linear("v_proj", inputs)),
            output: FP32Linear(try linear("c_proj", embeddingWidth)), heads: configuration.heads)
    }
}

extension Linear {
    /// The weight of a convolution, stored in the order channel, row, column, in the order row, column, channel.
    fileprivate func withChannelsLast(channels: Int) -> Linear {
        let window = inputs / channels
        var reordered = weight
        for row in 0..<outputs {
            for channel in 0..<channels {
                for place in 0..<window {
                    reordered.values[row * inputs + place * channels + channel] =
                        weight.values[row * inputs + channel * window + place]
                }
            }
        }
        return Linear(weight: reordered, bias: bias)
    }
}
