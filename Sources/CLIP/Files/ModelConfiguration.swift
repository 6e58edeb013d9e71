import Pictures

/// The architecture of a model, as its configuration file gives it, whichever of the two formats that is in.
struct ModelConfiguration: Sendable, Equatable {
    /// The width `E` of the space that pictures and texts share.
    var embeddingWidth: Int
    var image: ImageTowerConfiguration
    var text: TextConfiguration
    var preprocessing: Preprocessing
    /// What is done that the configuration does not say, for people, one line each.
    var warnings: [String] = []
}

/// The image towers there are.
enum ImageTowerConfiguration: Sendable, Equatable {
    case efficientNetLite
    case visionTransformer(VisionTransformerConfiguration)
    case modifiedResNet(ModifiedResNetConfiguration)
}

/// A ViT (arXiv 2010.11929; docs/models.md#vision-transformer).
struct VisionTransformerConfiguration: Sendable, Equatable {
    var imageSize: Int
    var patchSize: Int
    var layers: TransformerConfiguration
    var hasInputNorm = true

    /// Patches along one side.
    var grid: Int { imageSize / patchSize }
    /// Tokens: the class token and the patches.
    var tokens: Int { grid * grid + 1 }
}

/// A ModifiedResNet (arXiv 2103.00020, section 2.4; docs/models.md#modifiedresnet).
struct ModifiedResNetConfiguration: Sendable, Equatable {
    var imageSize: Int
    /// Bottleneck blocks of the four stages.
    var stages: [Int]
    /// Channels after the stem.
    var width: Int
    /// Heads of the attention pooling.
    var heads: Int
}

/// A text transformer (arXiv 2103.00020, section 2.4; docs/models.md#text-transformer).
struct TextConfiguration: Sendable, Equatable {
    var vocabularySize: Int
    var contextLength: Int
    var layers: TransformerConfiguration
    var pooling: TextPooling
}

/// Which token's output is the feature of a text.
enum TextPooling: Sendable, Equatable {
    /// The first with the highest id: the end token, as that has the highest id of all.
    case highestID
    /// The first with this id.
    case firstOf(id: Int)
}

/// What the transformers of both towers have in common.
struct TransformerConfiguration: Sendable, Equatable {
    var width: Int
    var count: Int
    var heads: Int
    var hiddenWidth: Int
    var activation: Activation
    var epsilon: Float = 1e-5
    /// Whether each branch is multiplied by a learned vector.
    var hasLayerScale = false
}
