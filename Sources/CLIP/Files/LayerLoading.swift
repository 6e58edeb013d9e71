import CKernels
import Tensors

/// How the layers are made from a checkpoint; names are open_clip's.
extension WeightFiles {
    func linear(_ name: String, inputs: Int, outputs: Int, hasBias: Bool = true) throws -> Linear {
        Linear(
            weight: try tensor("\(name).weight", shape: [outputs, inputs]),
            bias: hasBias ? try vector("\(name).bias", count: outputs) : nil)
    }

    /// A projection into the shared space, stored to be multiplied from the right: `[inputs, outputs]`, no bias.
    func projection(_ name: String, inputs: Int, outputs: Int) throws -> Linear {
        Linear(weight: try tensor(name, shape: [inputs, outputs]).transposed(), bias: nil)
    }

    func layerNorm(_ name: String, width: Int, epsilon: Float) throws -> LayerNorm {
        LayerNorm(
            weight: try vector("\(name).weight", count: width), bias: try vector("\(name).bias", count: width),
            epsilon: epsilon)
    }

    func transformer(
        _ name: String, _ configuration: TransformerConfiguration, isCausal: Bool, packing: LayerPacking
    ) throws -> Transformer {
        func block(_ index: Int) -> TransformerBlockLoading {
            TransformerBlockLoading(
                checkpoint: self, name: "\(name).resblocks.\(index)", configuration: configuration, packing: packing)
        }
        let last = configuration.count - 1
        return Transformer(
            blocks: try (0..<last).map { try block($0).block() }, lastBlock: try block(last).pooledBlock(),
            heads: configuration.heads, isCausal: isCausal)
    }

    /// A convolution without bias and the batch norm after it, as one layer.
    /// - Parameter shape: of the convolution, `[out, in / groups, k, k]`.
    /// - Returns: weight `[out, in / groups · k · k]`.
    func foldedConvolution(_ name: String, norm: String, shape: [Int], epsilon: Float) throws -> Linear {
        let channels = shape[0]
        let batchNorm = BatchNorm(
            weight: try vector("\(norm).weight", count: channels), bias: try vector("\(norm).bias", count: channels),
            mean: try vector("\(norm).running_mean", count: channels),
            variance: try vector("\(norm).running_var", count: channels), epsilon: epsilon)
        let folded = batchNorm.folded(into: try tensor("\(name).weight", shape: shape))
        // A variance below -ε would come out as NaN.
        guard folded.weight.values.allSatisfy(\.isFinite), folded.bias?.allSatisfy(\.isFinite) ?? true else {
            throw CLIPError.nonFiniteTensor(file: file, tensor: "\(norm).running_var")
        }
        return folded
    }
}

/// How one block of a transformer is made.
private struct TransformerBlockLoading {
    let checkpoint: WeightFiles
    let name: String
    let configuration: TransformerConfiguration
    let packing: LayerPacking

    private var width: Int { configuration.width }

    func block() throws -> TransformerBlock {
        TransformerBlock(
            attentionNorm: try norm("ln_1"), queryKeyValue: try packing.pack(queryKeyValue()),
            attentionOutput: try packing.pack(attentionOutput()), mlp: try mlp())
    }

    func pooledBlock() throws -> PooledTransformerBlock {
        let queryKeyValue = try queryKeyValue()
        return PooledTransformerBlock(
            attentionNorm: try norm("ln_1"), query: try packing.pack(queryKeyValue.outputs(0..<width)),
            keyValue: try packing.pack(queryKeyValue.outputs(width..<3 * width)),
            attentionOutput: try packing.pack(attentionOutput()), mlp: try mlp())
    }

    private func norm(_ norm: String) throws -> LayerNorm {
        try checkpoint.layerNorm("\(name).\(norm)", width: width, epsilon: configuration.epsilon)
    }

    private func queryKeyValue() throws -> Linear {
        Linear(
            weight: try checkpoint.tensor("\(name).attn.in_proj_weight", shape: [3 * width, width]),
            bias: try checkpoint.vector("\(name).attn.in_proj_bias", count: 3 * width))
    }

    private func attentionOutput() throws -> Linear {
        try scaled(checkpoint.linear("\(name).attn.out_proj", inputs: width, outputs: width), by: "ls_1")
    }

    private func mlp() throws -> MLP {
        let hidden = configuration.hiddenWidth
        let fc1 = try checkpoint.linear("\(name).mlp.c_fc", inputs: width, outputs: hidden)
        let fc2 = try checkpoint.linear("\(name).mlp.c_proj", inputs: hidden, outputs: width)
        return MLP(
            norm: try norm("ln_2"), fc1: try packing.pack(fc1, activation: configuration.activation.kernel),
            fc2: try packing.pack(scaled(fc2, by: "ls_2")))
    }

    /// LayerScale, where a model has it, becomes a part of the layer before it.
    private func scaled(_ layer: Linear, by scale: String) throws -> Linear {
        guard configuration.hasLayerScale else { return layer }
        return layer.scaled(by: try checkpoint.vector("\(name).\(scale).gamma", count: width))
    }
}

extension Linear {
    /// The layer with each output multiplied by its own factor.
    func scaled(by factors: [Float]) -> Linear {
        var scaled = weight
        for row in 0..<outputs {
            for index in row * inputs..<(row + 1) * inputs { scaled.values[index] *= factors[row] }
        }
        return Linear(weight: scaled, bias: bias.map { zip($0, factors).map { $0 * $1 } })
    }
}
