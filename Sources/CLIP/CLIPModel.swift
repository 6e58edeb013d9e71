import Foundation
import Pictures
import Tensors

/// A CLIP: an image tower and a text tower that end in one shared space (arXiv 2103.00020; docs/models.md#overview).
///
/// It is immutable once loaded; any number of threads may use it at once.
public final class CLIPModel: Sendable {
    /// What people call the model: the name of its folder, with the parent's before it where that says nothing.
    public let name: String
    /// How the image tower wants its pictures.
    public let preprocessing: Preprocessing
    /// The width `E` of the shared space.
    public let embeddingWidth: Int
    /// The factor of the cosine in the logits: the exponential of the stored logarithm.
    public let logitScale: Float
    /// The arithmetic of the image tower.
    public let precision: Precision
    /// SHA-256 of the weights, in hexadecimal digits.
    public let weightsChecksum: String
    /// SHA-256 of the configuration file, which decides what the weights compute.
    public let configurationChecksum: String
    /// What is done that the model's files do not say, for people, one line each.
    public let warnings: [String]
    /// The model's tokenizer.
    public let tokenizer: Tokenizer

    private let imageTower: any ImageTower
    private let textTower: TextTransformer
    private let textPooling: TextPooling

    /// Loads a model directory as the hubs distribute it.
    ///
    /// Loading is strict: a missing, surplus or misshapen tensor, NaN in a weight, or a configuration option that is not
    /// implemented is an error that names it.
    /// - Parameters:
    ///   - format: what to read where a directory holds both formats; open_clip's unless given.
    ///   - precision: the arithmetic of the image tower. The text tower always runs in fp32: its features are computed once
    ///     and weigh on every answer.
    /// - Throws: ``CLIPError``, `SafetensorsError`; `OneDNNError` where the machine lacks what the precision needs.
    public init(directory url: URL, format: ModelFormat? = nil, precision: Precision = .fp32) throws {
        // Before gigabytes are read for nothing.
        let packing = try LayerPacking(precision)
        let directory = try ModelDirectory(url, format: format)
        let configuration = try directory.readConfiguration()
        let tokenizer = try Tokenizer(directory: directory.url)
        try Self.check(tokenizer, against: configuration.text, directory: directory.url)
        let checkpoint = try WeightFiles(directory)
        let checksum = FileChecksum(of: directory.weights.files)
        imageTower = try configuration.image.makeTower(
            checkpoint, embeddingWidth: configuration.embeddingWidth, packing: packing)
        textTower = try TextTransformer(
            checkpoint, configuration.text, embeddingWidth: configuration.embeddingWidth)
        logitScale = exp(try checkpoint.scalar("logit_scale"))
        guard logitScale.isFinite else {
            throw CLIPError.nonFiniteTensor(file: checkpoint.file, tensor: "exp(logit_scale)")
        }
        try checkpoint.requireAllUsed()

        name = directory.name
        self.precision = precision
        preprocessing = configuration.preprocessing
        warnings = configuration.warnings
        embeddingWidth = configuration.embeddingWidth
        weightsChecksum = try checksum.digits()
        configurationChecksum = try FileChecksum(of: [directory.configurationFile]).digits()
        textPooling = configuration.text.pooling
        self.tokenizer = tokenizer
    }

    /// The features of preprocessed pictures, not normalised. Runs on the calling thread alone: encode several batches at
    /// once to use all cores.
    /// - Parameter pixels: `[batch, 3, height, width]`.
    /// - Returns: `[batch, E]`.
    public func encodeImages(_ pixels: Tensor<Float>) -> Tensor<Float> { imageTower.encode(pixels) }

    /// The features of texts, not normalised. Texts too long for the model are cut, with the end token kept.
    /// - Returns: `[texts, E]`.
    /// - Throws: ``CLIPError/invalidTokens(reason:)``.
    public func encodeTexts(_ texts: [String]) throws -> Tensor<Float> {
        try encodeTokens(tokenizer.sequences(texts, contextLength: textTower.contextLength).map(\.ids))
    }

    /// The number of tokens a text may have, start and end included.
    public var contextLength: Int { textTower.contextLength }

    /// The features of texts given as token ids, padded or not, not normalised.
    /// - Returns: `[texts, E]`.
    /// - Throws: ``CLIPError/invalidTokens(reason:)`` for ids outside the vocabulary, a sequence that is too long, or one
    ///   without an end token.
    public func encodeTokens(_ sequences: [[Int]]) throws -> Tensor<Float> {
        textTower.encode(try sequences.map(untilEnd))
    }

    /// The sequence up to the token whose output stands for the text; what follows cannot influence it.
    private func untilEnd(_ ids: [Int]) throws -> [Int] {
        guard ids.count <= textTower.contextLength else {
            throw CLIPError.invalidTokens(
                reason: "\(ids.count) of them, the model's context has room for \(textTower.contextLength)")
        }
        if let id = ids.first(where: { !(0..<textTower.vocabularySize).contains($0) }) {
            throw CLIPError.invalidTokens(reason: "\(id) is outside the vocabulary of \(textTower.vocabularySize)")
        }
        let end =
            switch textPooling {
            case .highestID: ids.max().flatMap(ids.firstIndex)
            case .firstOf(let id): ids.firstIndex(of: id)
            }
        guard let end else { throw CLIPError.invalidTokens(reason: "the end token is missing") }
        return Array(ids[...end])
    }

    /// The tokenizer must not give ids that the embedding does not have, and must end texts with the token that the tower
    /// pools at.
    private static func check(_ tokenizer: Tokenizer, against text: TextConfiguration, directory: URL) throws {
        func invalid(_ reason: String) -> CLIPError {
            .invalidTokenizer(file: directory.path(percentEncoded: false), reason: reason)
        }
        guard tokenizer.vocabularySize <= text.vocabularySize else {
            throw invalid(
                "the tokenizer has \(tokenizer.vocabularySize) tokens, the model's embedding only \(text.vocabularySize)"
            )
        }
        let endID =
            switch text.pooling {
            case .highestID: tokenizer.vocabularySize - 1
            case .firstOf(let id): id
            }
        guard tokenizer.endID == endID else {
            throw invalid(
                "the tokenizer ends a text with id \(tokenizer.endID), the model takes its features at id \(endID)")
        }
    }
}
