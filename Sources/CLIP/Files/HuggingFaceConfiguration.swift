import Foundation
import Safetensors

/// `config.json` of a Hugging Face CLIP directory (docs/models.md#hugging-face).
///
/// Missing keys have the library's defaults, and most files have many keys that concern training or generation only, so
/// unknown keys are no error here.
enum HuggingFaceConfiguration {
    static let fileName = "config.json"

    /// - Parameter folder: where the preprocessing is described.
    static func read(_ url: URL, in folder: String) throws -> ModelConfiguration {
        let file = try ConfigurationReader(contentsOf: url)
        guard let type = try file.string("model_type") else {
            throw file.invalid("model_type", "is missing, must be clip")
        }
        guard type == "clip" else { throw file.unsupported("model_type") }
        let embeddingWidth = try file.integer("projection_dim", default: 512, in: 1...Limits.width)
        let vision = try readVision(part("vision_config", of: file))
        let preprocessing = try HuggingFacePreprocessing(in: folder, imageSize: vision.imageSize)
        return ModelConfiguration(
            embeddingWidth: embeddingWidth, image: .visionTransformer(vision),
            text: try readText(part("text_config", of: file)), preprocessing: preprocessing.value,
            warnings: preprocessing.warnings)
    }

    /// Old files hold `text_config_dict` instead of or beside `text_config`; its values win.
    private static func part(_ key: String, of file: ConfigurationReader) throws -> ConfigurationReader {
        let part = try file.object(key) ?? file.emptyObject(key)
        guard let old = try file.object("\(key)_dict") else { return part }
        return part.overridden(by: old)
    }

    private static func readVision(_ vision: ConfigurationReader) throws -> VisionTransformerConfiguration {
        guard try vision.integer("num_channels", default: 3, in: 1...Limits.width) == 3 else {
            throw vision.unsupported("num_channels")
        }
        let imageSize = try vision.integer("image_size", default: 224, in: 1...Limits.imageSize)
        let patchSize = try vision.integer("patch_size", default: 32, in: 1...Limits.imageSize)
        guard patchSize <= imageSize else {
            throw vision.invalid("patch_size", "is \(patchSize), larger than the picture of \(imageSize)")
        }
        return VisionTransformerConfiguration(
            imageSize: imageSize, patchSize: patchSize,
            layers: try readLayers(vision, width: 768, hiddenWidth: 3072, heads: 12))
    }

    private static func readText(_ text: ConfigurationReader) throws -> TextConfiguration {
        let vocabularySize = try text.integer("vocab_size", default: 49408, in: 1...Limits.vocabulary)
        // The old configurations' 2 is no token's id; the library then takes the token of the highest id.
        let endID = try text.integer("eos_token_id", default: 49407, in: 0...Limits.vocabulary)
        guard endID == 2 || endID < vocabularySize else {
            throw text.invalid("eos_token_id", "is \(endID), outside the vocabulary of \(vocabularySize)")
        }
        return TextConfiguration(
            vocabularySize: vocabularySize,
            contextLength: try text.integer("max_position_embeddings", default: 77, in: 2...Limits.contextLength),
            layers: try readLayers(text, width: 512, hiddenWidth: 2048, heads: 8),
            pooling: endID == 2 ? .highestID : .firstOf(id: endID))
    }

    private static func readLayers(
        _ reader: ConfigurationReader, width: Int, hiddenWidth: Int, heads: Int
    ) throws -> TransformerConfiguration {
        let width = try reader.integer("hidden_size", default: width, in: 1...Limits.width)
        let heads = try reader.integer("num_attention_heads", default: heads, in: 1...Limits.width)
        guard width % heads == 0 else {
            throw reader.invalid("num_attention_heads", "is \(heads), which does not divide hidden_size \(width)")
        }
        let epsilon = Float(try reader.positive("layer_norm_eps", default: 1e-5))
        guard epsilon.isFinite, epsilon > 0 else { throw reader.invalid("layer_norm_eps", "does not fit a float") }
        return TransformerConfiguration(
            width: width, count: try reader.integer("num_hidden_layers", default: 12, in: 1...Limits.layers),
            heads: heads,
            hiddenWidth: try reader.integer("intermediate_size", default: hiddenWidth, in: 1...Limits.width),
            activation: try readActivation(reader), epsilon: epsilon)
    }

    private static func readActivation(_ reader: ConfigurationReader) throws -> Activation {
        switch try reader.string("hidden_act") ?? "quick_gelu" {
        case "quick_gelu": .quickGELU
        case "gelu": .gelu
        case "gelu_new", "gelu_pytorch_tanh": .geluTanh
        default: throw reader.unsupported("hidden_act")
        }
    }
}
