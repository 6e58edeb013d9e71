import Tensors

extension BenchmarkModel {
    static let rn50Configuration = """
        {"model_cfg": {"embed_dim": 1024, "quick_gelu": true,
         "vision_cfg": {"image_size": 224, "layers": [3, 4, 6, 3], "width": 64, "patch_size": null},
         "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12}}}

        """

    /// OpenAI's tensors of an RN50.
    static func rn50Weights() -> [String: Tensor<Float>] {
        var weights = RandomWeights()
        weights.addScalar("logit_scale", 4.6052)
        weights.addConvolution("visual.conv1", norm: "visual.bn1", 32, 3, kernel: 3)
        weights.addConvolution("visual.conv2", norm: "visual.bn2", 32, 32, kernel: 3)
        weights.addConvolution("visual.conv3", norm: "visual.bn3", 64, 32, kernel: 3)
        var inputs = 64
        for (stage, count) in [3, 4, 6, 3].enumerated() {
            let planes = 64 << stage
            for index in 0..<count {
                let name = "visual.layer\(stage + 1).\(index)"
                weights.addConvolution("\(name).conv1", norm: "\(name).bn1", planes, inputs, kernel: 1)
                weights.addConvolution("\(name).conv2", norm: "\(name).bn2", planes, planes, kernel: 3)
                // The branches add up: small ones keep the last map in the range of the first.
                weights.addConvolution("\(name).conv3", norm: "\(name).bn3", 4 * planes, planes, kernel: 1, gain: 0.3)
                if index == 0 {
                    weights.addConvolution(
                        "\(name).downsample.0", norm: "\(name).downsample.1", 4 * planes, inputs, kernel: 1, gain: 0.7)
                }
                inputs = 4 * planes
            }
        }
        weights.add("visual.attnpool.positional_embedding", [50, 2048], deviation: 0.022)
        for part in ["q_proj", "k_proj", "v_proj"] {
            weights.addLinear("visual.attnpool.\(part)", 2048, 2048, deviation: 0.022)
        }
        weights.addLinear("visual.attnpool.c_proj", 1024, 2048, deviation: 0.022)

        weights.add("token_embedding.weight", [49408, 512], deviation: 0.02)
        weights.add("positional_embedding", [77, 512], deviation: 0.01)
        let attention: Float = 0.044
        let projection = attention / Float(24).squareRoot()
        for layer in 0..<12 {
            let name = "transformer.resblocks.\(layer)"
            weights.add("\(name).attn.in_proj_weight", [3 * 512, 512], deviation: attention)
            weights.add("\(name).attn.in_proj_bias", [3 * 512], deviation: 0.02)
            weights.addLinear("\(name).attn.out_proj", 512, 512, deviation: projection)
            weights.addNorm("\(name).ln_1", 512)
            weights.addNorm("\(name).ln_2", 512)
            weights.addLinear("\(name).mlp.c_fc", 4 * 512, 512, deviation: attention / Float(2).squareRoot())
            weights.addLinear("\(name).mlp.c_proj", 512, 4 * 512, deviation: projection)
        }
        weights.addNorm("ln_final", 512)
        weights.add("text_projection", [512, 1024], deviation: 0.044)
        return weights.tensors
    }
}
