import Foundation
import Pictures

/// What a model directory holds, read from its configuration and the headers of its weight files; the weights themselves
/// stay unread.
public struct ModelInspection: Sendable {
    /// The name of the folder.
    public let name: String
    /// Which of the two formats the directory has.
    public let format: ModelFormat
    /// The image tower in words, with its sizes.
    public let imageTower: String
    /// The text tower in words, with its sizes.
    public let textTower: String
    /// The activations of the towers' MLPs; two where they differ. The weights do not show a wrong one.
    public let activations: [Activation]
    /// The width `E` of the shared space.
    public let embeddingWidth: Int
    /// The tokens in the vocabulary.
    public let vocabularySize: Int
    /// The tokens that a text may have.
    public let contextLength: Int
    /// The preprocessing of the image tower.
    public let preprocessing: Preprocessing
    /// What is done that the model's files do not say, for people, one line each.
    public let warnings: [String]
    /// Trained numbers of the image tower, its projection included.
    public let imageParameters: Int
    /// Trained numbers of the text tower, its projection included.
    public let textParameters: Int
    /// All trained numbers.
    public let parameters: Int
    /// How the weights are stored, by safetensors' names of types.
    public let dataTypes: [String]
    /// The weight files together, in bytes.
    public let weightBytes: Int
    /// What the weights take in memory, in bytes: they are kept as 32-bit floats.
    public var memoryBytes: Int { parameters * MemoryLayout<Float>.stride }
    /// The arithmetic of one picture.
    public let pictureCost: ArithmeticCost
    private let configuration: ModelConfiguration

    /// - Parameter format: what to read where a directory holds both formats; open_clip's unless given.
    /// - Throws: ``CLIPError``, `SafetensorsError`.
    public init(directory url: URL, format: ModelFormat? = nil) throws {
        let directory = try ModelDirectory(url, format: format)
        let configuration = try directory.readConfiguration()
        let checkpoint = try WeightFiles(directory)
        self.configuration = configuration
        name = directory.name
        self.format = directory.format
        imageTower = configuration.image.summary
        textTower = configuration.text.summary
        activations = configuration.activations
        embeddingWidth = configuration.embeddingWidth
        vocabularySize = configuration.text.vocabularySize
        contextLength = configuration.text.contextLength
        preprocessing = configuration.preprocessing
        warnings = configuration.warnings
        let contents = checkpoint.contents
        imageParameters = contents.imageParameters
        parameters = contents.parameters
        textParameters = contents.parameters - contents.imageParameters - 1  // the logit scale belongs to neither
        dataTypes = contents.dataTypes.map(\.rawValue).sorted()
        weightBytes = contents.bytes
        pictureCost = configuration.image.cost(
            imageSize: configuration.preprocessing.size, embeddingWidth: configuration.embeddingWidth)
    }

    /// The arithmetic of one text of `tokens` tokens, start and end included.
    public func textCost(tokens: Int) -> ArithmeticCost {
        configuration.text.cost(tokens: tokens, embeddingWidth: embeddingWidth)
    }
}

extension ModelConfiguration {
    fileprivate var activations: [Activation] {
        if case .visionTransformer(let vision) = image, vision.layers.activation != text.layers.activation {
            return [vision.layers.activation, text.layers.activation]
        }
        return [text.layers.activation]
    }
}

extension ImageTowerConfiguration {
    fileprivate var summary: String {
        switch self {
        case .efficientNetLite: "EfficientNet-Lite0"
        case .visionTransformer(let vision):
            "ViT, patches of \(vision.patchSize), \(vision.tokens) tokens, \(vision.layers.summary)"
        case .modifiedResNet(let resNet):
            "ModifiedResNet, \(resNet.stages.map(String.init).joined(separator: "-")) blocks, width \(resNet.width), "
                + "attention pooling with \(resNet.heads) heads"
        }
    }
}

extension TextConfiguration {
    fileprivate var summary: String { "transformer, \(layers.summary)" }
}

extension TransformerConfiguration {
    fileprivate var summary: String {
        "\(count) layers, width \(width), \(heads) heads, MLP \(hiddenWidth)" + (hasLayerScale ? ", LayerScale" : "")
    }
}
