/// Hugging Face's names for open_clip's tensors (docs/models.md#hugging-face; docs/models.md#open_clip).
enum HuggingFaceNames {
    private static let single: [String: String] = [
        "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
        "positional_embedding": "text_model.embeddings.position_embedding.weight",
        "visual.class_embedding": "vision_model.embeddings.class_embedding",
        "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
        "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
    ]

    private static let prefixes = [
        ("visual.transformer.resblocks.", "vision_model.encoder.layers."),
        ("transformer.resblocks.", "text_model.encoder.layers."),
        ("visual.ln_pre.", "vision_model.pre_layrnorm."),  // spelled so
        ("visual.ln_post.", "vision_model.post_layernorm."),
        ("ln_final.", "text_model.final_layer_norm."),
    ]

    private static let parts = [
        (".ln_1.", ".layer_norm1."), (".ln_2.", ".layer_norm2."), (".attn.out_proj.", ".self_attn.out_proj."),
        (".mlp.c_fc.", ".mlp.fc1."), (".mlp.c_proj.", ".mlp.fc2."),
    ]

    static func storedNames(of name: String) -> StoredNames {
        // open_clip multiplies by these from the right, so they lie the other way round.
        if name == "text_projection" { return StoredNames(names: ["text_projection.weight"], arrangement: .transposed) }
        if name == "visual.proj" { return StoredNames(names: ["visual_projection.weight"], arrangement: .transposed) }
        if let stored = single[name] { return StoredNames(names: [stored]) }
        guard let (prefix, storedPrefix) = prefixes.first(where: { name.hasPrefix($0.0) }) else {
            return StoredNames(names: [name])
        }
        var stored = storedPrefix + name.dropFirst(prefix.count)
        for (kind, ending) in [("weight", ".attn.in_proj_weight"), ("bias", ".attn.in_proj_bias")]
        where stored.hasSuffix(ending) {
            let layer = stored.dropLast(ending.count)
            return StoredNames(
                names: ["q", "k", "v"].map { "\(layer).self_attn.\($0)_proj.\(kind)" }, arrangement: .stacked)
        }
        for (part, storedPart) in parts { stored = stored.replacing(part, with: storedPart) }
        return StoredNames(names: [stored])
    }
}
