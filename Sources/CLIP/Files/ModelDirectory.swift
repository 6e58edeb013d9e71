import Files
import Foundation
import Safetensors

/// The two ways in which CLIP models are distributed.
public enum ModelFormat: String, Sendable, CaseIterable, Codable {
    /// `open_clip_config.json` and weights with OpenAI's tensor names.
    case openCLIP = "openclip"
    /// `config.json` and weights with the tensor names of Hugging Face's `transformers`.
    case huggingFace = "hf"

    /// The file that describes the architecture.
    var configurationName: String {
        switch self {
        case .openCLIP: OpenCLIPConfiguration.fileName
        case .huggingFace: HuggingFaceConfiguration.fileName
        }
    }

    /// Whether tensors of these names are of this format.
    func recognises(_ names: Set<String>) -> Bool {
        switch self {
        case .openCLIP: names.contains { $0.hasPrefix("visual.") }
        case .huggingFace: names.contains { $0.hasPrefix("vision_model.") || $0.hasPrefix("text_model.") }
        }
    }
}

/// What a model directory holds, and where (docs/models.md#directories).
struct ModelDirectory {
    private let location: ModelLocation
    let format: ModelFormat
    let weights: ModelWeights

    /// The folder itself.
    var url: URL { URL(filePath: location.path, directoryHint: .isDirectory) }
    var configurationFile: URL { url.appending(path: format.configurationName, directoryHint: .notDirectory) }
    /// What people call the model.
    var name: String { location.name }

    /// Of a directory with both kinds of configuration, as hubs have them, that format is taken whose weights are there to
    /// be read.
    /// - Parameter format: what to read where a directory holds both; open_clip's if it can be read, unless given.
    /// - Throws: ``CLIPError/notAModel(directory:reason:)`` with what would be right; ``CLIPError`` for a bad index.
    init(_ url: URL, format: ModelFormat? = nil) throws {
        location = try ModelLocation(url)
        let folder = location.path
        let wanted = format.map { [$0] } ?? ModelFormat.allCases
        let present = wanted.filter { FileKind.exists("\(folder)/\($0.configurationName)") }
        guard !present.isEmpty else {
            throw CLIPError.notAModel(
                directory: folder,
                reason: "it holds no \(wanted.map(\.configurationName).joined(separator: " or "))"
                    + ModelLocation.hint(in: folder))
        }
        var others: [(ModelFormat, ModelWeights)] = []
        var failure: (any Error)?
        for format in present {
            do {
                let weights = try location.weights.map(ModelWeights.init(file:)) ?? ModelWeights(in: folder, format)
                let names = try weights.files.flatMap { try SafetensorsFile($0).names }
                if TensorNames.prefix(names, recognised: format.recognises) != nil {
                    (self.format, self.weights) = (format, weights)
                    return
                }
                others.append((format, weights))
            } catch { failure = failure ?? error }
        }
        // What does not fit is named when the tensors are asked for.
        guard let (format, weights) = others.first else {
            throw failure ?? CLIPError.notAModel(directory: folder, reason: "")
        }
        (self.format, self.weights) = (format, weights)
    }

    /// The architecture that the configuration file describes.
    func readConfiguration() throws -> ModelConfiguration {
        switch format {
        case .openCLIP: try OpenCLIPConfiguration.read(configurationFile)
        case .huggingFace: try HuggingFaceConfiguration.read(configurationFile, in: location.path)
        }
    }
}

extension ImageTowerConfiguration {
    /// Builds the tower from its tensors.
    func makeTower(
        _ checkpoint: WeightFiles, embeddingWidth: Int, packing: LayerPacking
    ) throws -> any ImageTower {
        switch self {
        case .efficientNetLite:
            try EfficientNetLite(checkpoint, embeddingWidth: embeddingWidth, packing: packing)
        case .visionTransformer(let configuration):
            try VisionTransformer(checkpoint, configuration, embeddingWidth: embeddingWidth, packing: packing)
        case .modifiedResNet(let configuration):
            try ModifiedResNet(checkpoint, configuration, embeddingWidth: embeddingWidth, packing: packing)
        }
    }
}
