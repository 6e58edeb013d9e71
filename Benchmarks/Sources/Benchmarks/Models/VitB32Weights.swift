import Tensors

extension BenchmarkModel {
    /// Hugging Face's tensors of a ViT-B/32; all of the configuration's defaults describe this model.
    static func vitB32Weights() -> [String: Tensor<Float>] {
        var weights = RandomWeights()
        weights.addScalar("logit_scale", 4.6052)
        weights.add("vision_model.embeddings.class_embedding", [768], deviation: 0.036)
        weights.add("vision_model.embeddings.patch_embedding.weight", [768, 3, 32, 32], deviation: 0.018)
        weights.add("vision_model.embeddings.position_embedding.weight", [50, 768], deviation: 0.036)
        weights.addNorm("vision_model.pre_layrnorm", 768)
        addEncoder(to: &weights, "vision_model.encoder", width: 768)
        weights.addNorm("vision_model.post_layernorm", 768)
        weights.add("visual_projection.weight", [512, 768], deviation: 0.036)

        weights.add("text_model.embeddings.token_embedding.weight", [49408, 512], deviation: 0.02)
        weights.add("text_model.embeddings.position_embedding.weight", [77, 512], deviation: 0.01)
        addEncoder(to: &weights, "text_model.encoder", width: 512)
        weights.addNorm("text_model.final_layer_norm", 512)
        weights.add("text_projection.weight", [512, 512], deviation: 0.044)
        return weights.tensors
    }

    /// OpenAI's own initialisation: the residual branches are smaller, the more there are.
    private static func addEncoder(to weights: inout RandomWeights, _ name: String, width: Int, layers: Int = 12) {
        let attention = 1 / Float(width).squareRoot()
        let projection = attention / Float(2 * layers).squareRoot()
        for layer in 0..<layers {
            let name = "\(name).layers.\(layer)"
            for part in ["q_proj", "k_proj", "v_proj"] {
                weights.addLinear("\(name).self_attn.\(part)", width, width, deviation: attention)
            }
            weights.addLinear("\(name).self_attn.out_proj", width, width, deviation: projection)
            weights.addNorm("\(name).layer_norm1", width)
            weights.addNorm("\(name).layer_norm2", width)
            weights.addLinear("\(name).mlp.fc1", 4 * width, width, deviation: attention / Float(2).squareRoot())
            weights.addLinear("\(name).mlp.fc2", width, 4 * width, deviation: projection)
        }
    }
}
