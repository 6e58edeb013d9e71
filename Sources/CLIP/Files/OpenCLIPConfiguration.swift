import Foundation
import Pictures
import Safetensors

/// `open_clip_config.json` (docs/models.md#open_clip): the options that are understood, and a refusal by name of those
/// that would change the numbers.
enum OpenCLIPConfiguration {
    static let fileName = "open_clip_config.json"

    static func read(_ url: URL) throws -> ModelConfiguration {
        let file = try ConfigurationReader(contentsOf: url)
        // Without "model_cfg" the whole object is the model's configuration.
        let model = try file.object("model_cfg") ?? file
        let embeddingWidth = try model.integer("embed_dim", in: 1...Limits.width)
        try model.refuseKeys(otherThan: [
            "embed_dim", "vision_cfg", "text_cfg", "quick_gelu", "custom_text", "cast_dtype", "output_dict",
            "init_logit_scale", "init_logit_bias", "nonscalar_logit_scale", "multimodal_cfg", "preprocess_cfg",
            "model_cfg",
        ])
        try model.refuse(unless: ["init_logit_bias": [], "multimodal_cfg": []])
        guard let vision = try model.object("vision_cfg") else { throw model.invalid("vision_cfg", "is missing") }
        guard let text = try model.object("text_cfg") else { throw model.invalid("text_cfg", "is missing") }
        let activation: Activation = try model.boolean("quick_gelu", default: false) ? .quickGELU : .gelu
        let imageSize = try side(vision, "image_size", default: 224)
        return ModelConfiguration(
            embeddingWidth: embeddingWidth,
            image: try readImageTower(vision, imageSize: imageSize, activation: activation),
            text: try readText(text, activation: activation),
            preprocessing: try readPreprocessing(file.object("preprocess_cfg"), imageSize: imageSize))
    }

    // MARK: Image tower

    /// Options of the image tower that are harmless only with these values.
    private static let plainVision: [String: [JSONValue]] = [
        "attentional_pool": [.boolean(false)], "attn_pooler_queries": [.integer(256)],
        "attn_pooler_heads": [.integer(8)],
        "pool_type": [.string("tok")], "final_ln_after_pool": [.boolean(false)], "output_tokens": [.boolean(false)],
        "pos_embed_type": [.string("learnable")], "qk_norm": [.boolean(false)],
        "scaled_cosine_attn": [.boolean(false)], "scale_heads": [.boolean(false)],
        "scale_attn_inner": [.boolean(false)],
        "scale_attn": [.boolean(false)], "scale_fc": [.boolean(false)], "input_patchnorm": [.boolean(false)],
        "global_average_pool": [.boolean(false)], "act_kwargs": [.object([:])], "norm_kwargs": [.object([:])],
        "block_type": [.string("default")], "attn_type": [.string("default")],
    ]

    /// Options that only matter in training.
    private static let trainingOnly: Set<String> = [
        "patch_dropout", "timm_model_pretrained", "timm_drop", "timm_drop_path",
    ]

    private static func readImageTower(
        _ vision: ConfigurationReader, imageSize: Int, activation: Activation
    ) throws -> ImageTowerConfiguration {
        try vision.refuse(unless: plainVision)
        try vision.refuseKeys(
            otherThan: trainingOnly.union(plainVision.keys).union([
                "image_size", "layers", "width", "head_width", "mlp_ratio", "patch_size", "ls_init_value", "no_ln_pre",
                "timm_model_name", "timm_pool", "timm_proj", "timm_proj_bias",
            ]))
        if let name = try vision.string("timm_model_name") {
            guard name == "tf_efficientnet_lite0" else { throw vision.unsupported("timm_model_name") }
            try vision.refuse(unless: [
                "timm_pool": [.string("avg"), .string("")], "timm_proj": [.string("linear")],
                "timm_proj_bias": [.boolean(false)],
            ])
            // The weights do not bound the picture's size here, and the memory grows with its square.
            guard imageSize <= 1024 else { throw vision.invalid("image_size", "is \(imageSize), must be at most 1024") }
            return .efficientNetLite
        }
        let headWidth = try vision.integer("head_width", default: 64, in: 1...Limits.width)
        let width = try vision.integer("width", default: 768, in: 1...Limits.width)
        if vision.isList("layers") {
            guard let stages = vision.integers("layers"), stages.count == 4,
                stages.allSatisfy({ (1...Limits.layers).contains($0) })
            else { throw vision.invalid("layers", "must be four numbers of blocks for a ResNet") }
            guard width % 2 == 0, width * 32 % headWidth == 0 else {
                throw vision.invalid("width", "is \(width), which head_width \(headWidth) does not divide into heads")
            }
            guard imageSize % 32 == 0 else {
                throw vision.invalid("image_size", "is \(imageSize), must be a multiple of 32 for a ResNet")
            }
            return .modifiedResNet(
                .init(imageSize: imageSize, stages: stages, width: width, heads: width * 32 / headWidth))
        }
        let layers = try vision.integer("layers", default: 12, in: 1...Limits.layers)
        let patchSize = try side(vision, "patch_size", default: 16)
        guard patchSize <= imageSize else {
            throw vision.invalid("patch_size", "is \(patchSize), larger than the picture of \(imageSize)")
        }
        guard width % headWidth == 0 else {
            throw vision.invalid("head_width", "is \(headWidth), which does not divide the width \(width)")
        }
        return .visionTransformer(
            VisionTransformerConfiguration(
                imageSize: imageSize, patchSize: patchSize,
                layers: TransformerConfiguration(
                    width: width, count: layers, heads: width / headWidth, hiddenWidth: try hiddenWidth(vision, width),
                    activation: activation, hasLayerScale: vision.has("ls_init_value")),
                hasInputNorm: try !vision.boolean("no_ln_pre", default: false)))
    }

    /// A side in pixels, given as a number or as two equal ones.
    private static func side(_ reader: ConfigurationReader, _ key: String, default standard: Int) throws -> Int {
        guard reader.isList(key) else { return try reader.integer(key, default: standard, in: 1...Limits.imageSize) }
        guard let sides = reader.integers(key), sides.count == 2, sides[0] == sides[1],
            (1...Limits.imageSize).contains(sides[0])
        else { throw reader.invalid(key, "must be one number or two equal ones") }
        return sides[0]
    }

    private static func hiddenWidth(_ reader: ConfigurationReader, _ width: Int) throws -> Int {
        let hidden = Double(width) * (try reader.positive("mlp_ratio", default: 4))
        guard hidden >= 1, hidden <= Double(Limits.width) else {
            throw reader.invalid("mlp_ratio", "gives an MLP \(hidden) wide")
        }
        return Int(hidden)
    }

    // MARK: Text tower

    private static let plainText: [String: [JSONValue]] = [
        "embed_cls": [.boolean(false)], "no_causal_mask": [.boolean(false)], "use_pad_mask": [.boolean(false)],
        "final_ln_after_pool": [.boolean(false)], "proj_type": [.string("linear")], "proj_bias": [.boolean(false)],
        "output_tokens": [.boolean(false)], "act_kwargs": [.object([:])], "norm_kwargs": [.object([:])],
        "tokenizer_kwargs": [.object([:])], "hf_model_name": [], "hf_model_pretrained": [], "hf_proj_type": [],
        "hf_pooler_type": [], "hf_model_config": [], "qk_norm": [.boolean(false)],
        "scaled_cosine_attn": [.boolean(false)],
        "scale_heads": [.boolean(false)], "scale_attn_inner": [.boolean(false)], "scale_attn": [.boolean(false)],
        "scale_fc": [.boolean(false)], "block_type": [.string("default")], "attn_type": [.string("default")],
        "pool_type": [.string("argmax"), .string("eos")],
    ]

    private static func readText(_ text: ConfigurationReader, activation: Activation) throws -> TextConfiguration {
        try text.refuse(unless: plainText)
        try text.refuseKeys(
            otherThan: Set(plainText.keys).union([
                "context_length", "vocab_size", "width", "heads", "layers", "mlp_ratio", "ls_init_value",
                "hf_tokenizer_name", "pad_id", "bos_id", "eos_id",
            ]))
        let width = try text.integer("width", default: 512, in: 1...Limits.width)
        let heads = try text.integer("heads", default: 8, in: 1...Limits.width)
        guard width % heads == 0 else {
            throw text.invalid("heads", "is \(heads), which does not divide the width \(width)")
        }
        let vocabularySize = try text.integer("vocab_size", default: 49408, in: 1...Limits.vocabulary)
        var pooling = TextPooling.highestID
        if try text.string("pool_type") == "eos" {
            // The default of open_clip's data class is 2, which is never what a CLIP vocabulary means.
            pooling = .firstOf(id: try text.integer("eos_id", in: 0...vocabularySize - 1))
        }
        return TextConfiguration(
            vocabularySize: vocabularySize,
            contextLength: try text.integer("context_length", default: 77, in: 2...Limits.contextLength),
            layers: TransformerConfiguration(
                width: width, count: try text.integer("layers", default: 12, in: 1...Limits.layers), heads: heads,
                hiddenWidth: try hiddenWidth(text, width), activation: activation,
                hasLayerScale: text.has("ls_init_value")),
            pooling: pooling)
    }

    // MARK: Preprocessing

    private static func readPreprocessing(_ reader: ConfigurationReader?, imageSize: Int) throws -> Preprocessing {
        var preprocessing = Preprocessing(size: imageSize)
        guard let reader else { return preprocessing }
        try reader.refuseKeys(otherThan: [
            "size", "mode", "mean", "std", "interpolation", "resize_mode", "fill_color",
        ])
        try reader.refuse(unless: ["mode": [.string("RGB")]])
        guard try side(reader, "size", default: imageSize) == imageSize else { throw reader.unsupported("size") }
        if let mean = try reader.numbers("mean", count: 3) { preprocessing.mean = mean }
        if let deviation = try reader.numbers("std", count: 3) {
            guard deviation.allSatisfy({ $0 > 0 }) else { throw reader.invalid("std", "must be greater than 0") }
            preprocessing.standardDeviation = deviation
        }
        if let name = try reader.string("interpolation") {
            guard let interpolation = Interpolation(rawValue: name) else { throw reader.unsupported("interpolation") }
            preprocessing.interpolation = interpolation
        }
        if let name = try reader.string("resize_mode") {
            guard let mode = Preprocessing.ResizeMode(rawValue: name) else { throw reader.unsupported("resize_mode") }
            preprocessing.resizeMode = mode
        }
        preprocessing.fillColor = UInt8(try reader.integer("fill_color", default: 0, in: 0...255))
        return preprocessing
    }
}

/// Bounds that keep a hostile configuration from asking for absurd amounts; every real model is far inside.
enum Limits {
    static let width = 1 << 16
    static let layers = 1 << 10
    static let imageSize = 1 << 14
    static let vocabulary = 1 << 24
    static let contextLength = 1 << 14
}
