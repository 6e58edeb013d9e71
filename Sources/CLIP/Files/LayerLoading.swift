import CKernels
import Tensors

/// How the layers are made from a checkpoint; names are open_clip's.
extension Checkpoint {
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
            gain: try vector("\(name).weight", count: width), offset: try vector("\(name).bias", count: width),
            epsilon: epsilon)
    }

    func transformer(_ name: String, _ configuration: TransformerConfiguration, isCausal: Bool) throws -> Transformer {
        let blocks = try (0..<configuration.count).map { index in
            try transformerBlock("\(name).resblocks.\(index)", configuration)
        }
        return Transformer(blocks: blocks, heads: configuration.heads, isCausal: isCausal)
    }

    private func transformerBlock(_ name: String, _ configuration: TransformerConfiguration) throws -> TransformerBlock
    {
        let (width, hidden) = (configuration.width, configuration.hiddenWidth)
        func scaled(_ layer: Linear, by scale: String) throws -> Linear {
            configuration.hasLayerScale ? layer.scaled(by: try vector("\(name).\(scale).gamma", count: width)) : layer
        }
        return TransformerBlock(
            attentionNorm: try layerNorm("\(name).ln_1", width: width, epsilon: configuration.epsilon),
            queryKeyValue: Linear(
                weight: try tensor("\(name).attn.in_proj_weight", shape: [3 * width, width]),
                bias: try vector("\(name).attn.in_proj_bias", count: 3 * width)),
            attentionOutput: try scaled(linear("\(name).attn.out_proj", inputs: width, outputs: width), by: "ls_1"),
            mlpNorm: try layerNorm("\(name).ln_2", width: width, epsilon: configuration.epsilon),
            mlpExpand: try linear("\(name).mlp.c_fc", inputs: width, outputs: hidden),
            activation: configuration.activation,
            mlpProject: try scaled(linear("\(name).mlp.c_proj", inputs: hidden, outputs: width), by: "ls_2"))
    }

    /// A convolution without bias and the batch norm after it, as one layer.
    /// - Parameter shape: of the convolution, `[out, in / groups, k, k]`.
    /// - Returns: weight `[out, in / groups · k · k]`.
    func foldedConvolution(_ name: String, norm: String, shape: [Int], epsilon: Float) throws -> Linear {
        let channels = shape[0]
        let batchNorm = BatchNorm(
            gain: try vector("\(norm).weight", count: channels), offset: try vector("\(norm).bias", count: channels),
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
