import Foundation
import Safetensors

/// The two ways in which CLIP models are distributed.
public enum ModelFormat: String, Sendable, CaseIterable, Codable {
    /// `open_clip_config.json` and weights with OpenAI's tensor names.
    case openCLIP = "openclip"
    /// `config.json` and weights with the tensor names of Hugging Face's `transformers`.
    case huggingFace = "hf"
}

/// What a model directory holds, and where (docs/models.md#directories).
struct ModelDirectory {
    let url: URL
    let format: ModelFormat
    let configurationFile: URL
    let weightFiles: [URL]
    /// For weights in several files: in which of them the index says a tensor is.
    let shardOfTensor: [String: URL]

    /// The model's name for messages: the folder's name, or `Samples/Model` where the name alone says nothing.
    var name: String {
        let folder = url.standardizedFileURL
        let (own, parent) = (folder.lastPathComponent, folder.deletingLastPathComponent().lastPathComponent)
        return own.lowercased() == "model" && parent != "/" ? "\(parent)/\(own)" : own
    }

    /// - Parameter format: what to read where a directory holds both; open_clip's files unless given.
    /// - Throws: ``CLIPError/notAModel(directory:reason:)`` with what would be right; ``CLIPError`` for a bad index.
    init(_ url: URL, format: ModelFormat? = nil) throws {
        let path = url.path(percentEncoded: false)
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue else {
            throw CLIPError.notAModel(directory: path, reason: "there is no such folder")
        }
        guard access(path, R_OK | X_OK) == 0 else {
            throw CLIPError.notAModel(directory: path, reason: "it may not be read (permission denied)")
        }
        self.url = url
        let openCLIP = Self.file(OpenCLIPConfiguration.fileName, in: url)
        let huggingFace = Self.file(HuggingFaceConfiguration.fileName, in: url)
        switch (format, openCLIP, huggingFace) {
        case (.openCLIP, let file?, _), (nil, let file?, _):
            self.format = .openCLIP
            configurationFile = file
            let names = ["open_clip_model.safetensors", "open_clip_pytorch_model.safetensors", "model.safetensors"]
            guard let weights = names.lazy.compactMap({ Self.file($0, in: url) }).first else {
                throw Self.noWeights(path, expected: names[0])
            }
            weightFiles = [weights]
            shardOfTensor = [:]
        case (.huggingFace, _, let file?), (nil, nil, let file?):
            self.format = .huggingFace
            configurationFile = file
            if let weights = Self.file("model.safetensors", in: url) {
                weightFiles = [weights]
                shardOfTensor = [:]
            } else if let index = Self.file("model.safetensors.index.json", in: url) {
                shardOfTensor = try Self.readIndex(index)
                weightFiles = Set(shardOfTensor.values).sorted { $0.lastPathComponent < $1.lastPathComponent }
            } else {
                throw Self.noWeights(path, expected: "model.safetensors")
            }
        default:
            let expected = format.map {
                $0 == .openCLIP ? [OpenCLIPConfiguration.fileName] : [HuggingFaceConfiguration.fileName]
            }
            let names = expected ?? [OpenCLIPConfiguration.fileName, HuggingFaceConfiguration.fileName]
            throw CLIPError.notAModel(directory: path, reason: "it holds no \(names.joined(separator: " or "))")
        }
    }

    /// The architecture that the configuration file describes.
    func readConfiguration() throws -> ModelConfiguration {
        switch format {
        case .openCLIP: try OpenCLIPConfiguration.read(configurationFile)
        case .huggingFace:
            try HuggingFaceConfiguration.read(
                configurationFile, preprocessor: Self.file(HuggingFaceConfiguration.preprocessorFileName, in: url))
        }
    }

    private static func file(_ name: String, in directory: URL) -> URL? {
        let file = directory.appending(path: name)
        return FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) ? file : nil
    }

    /// Most likely the weights are there as a Python pickle, which can run code when it is read.
    private static func noWeights(_ path: String, expected: String) -> CLIPError {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
        let isPickle = { (name: String) in [".bin", ".pt", ".pth"].contains { name.hasSuffix($0) } }
        if let pickle = names.first(where: isPickle) {
            return .notAModel(
                directory: path, reason: "\(readable(pickle)) is a Python pickle; convert it to safetensors")
        }
        return .notAModel(directory: path, reason: "it holds no \(expected)")
    }

    /// `weight_map` of an index: tensor name → file beside the index.
    private static func readIndex(_ url: URL) throws -> [String: URL] {
        let index = try ConfigurationReader(contentsOf: url)
        guard let map = try index.object("weight_map") else { throw index.invalid("weight_map", "is missing") }
        guard !map.keys.isEmpty else { throw index.invalid("weight_map", "is empty") }
        var shards: [String: URL] = [:]
        for tensor in map.keys {
            guard let name = try map.string(tensor) else { throw map.invalid(readable(tensor), "names no file") }
            // Anything but a plain name could lead out of the directory.
            guard name.hasSuffix(".safetensors"), !name.hasPrefix("."), !name.contains("/"), !name.contains("\0") else {
                throw map.invalid(
                    readable(tensor), "is \(readable(name)), not the name of a safetensors file beside the index")
            }
            shards[tensor] = url.deletingLastPathComponent().appending(path: name)
        }
        return shards
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
