import Foundation
import Safetensors
import Tensors

/// A trained adapter on disk: safetensors with the tensor names PyTorch users expect and everything needed to use it
/// again in the metadata (spec, datasets and files 10).
public struct AdapterFile: Sendable {
    /// What `cliptop.kind` says.
    public static let kind = "clip-adapter"

    /// The settings it was trained with.
    public var configuration: ClipAdapterConfiguration
    /// First layer `[hidden, width]`.
    public var first: Tensor<Float>
    /// Second layer `[width, hidden]`.
    public var second: Tensor<Float>
    /// Class names in label order.
    public var classNames: [String]
    /// The templates of the class prompts.
    public var templates: [String]
    /// What people call the model.
    public var modelName: String
    /// Checksum of the model's weights; features of another model mean nothing to this adapter.
    public var modelChecksum: String
    /// How it was trained, for people.
    public var training: [String: String]

    /// An adapter to be written.
    public init(
        configuration: ClipAdapterConfiguration, parameters: [String: Tensor<Float>], classNames: [String],
        templates: [String], modelName: String, modelChecksum: String, training: [String: String]
    ) throws {
        let names = ClipAdapterMethod.parameterNames
        guard let first = parameters[names.first], let second = parameters[names.second] else {
            throw AdapterFileError.missingTensor(path: "", name: names.first)
        }
        self.configuration = configuration
        self.first = first
        self.second = second
        self.classNames = classNames
        self.templates = templates
        self.modelName = modelName
        self.modelChecksum = modelChecksum
        self.training = training
    }

    private struct Hyper: Codable {
        var residualRatio: Double
        var reduction: Int
        var secondRelu: Bool
        var dropout: Double
        var ratioParam = "fixed"
    }

    /// Writes the file, atomically.
    /// - Throws: errors of the file system.
    public func write(to url: URL) throws {
        let names = ClipAdapterMethod.parameterNames
        let hyper = Hyper(
            residualRatio: configuration.residualRatio, reduction: configuration.reduction,
            secondRelu: configuration.secondReLU, dropout: configuration.dropout)
        try SafetensorsWriter.write(
            [names.first: first, names.second: second],
            metadata: [
                "cliptop.kind": Self.kind, "cliptop.version": "1", "cliptop.model": modelName,
                "cliptop.model_sha256": modelChecksum, "cliptop.dim": "\(first.columns)",
                "cliptop.classes": try Self.json(classNames), "cliptop.templates": try Self.json(templates),
                "cliptop.hyper": try Self.json(hyper), "cliptop.train": try Self.json(training),
            ], to: url)
    }

    /// Reads an adapter.
    /// - Throws: ``AdapterFileError``, `SafetensorsError`.
    public init(contentsOf url: URL) throws {
        let file = try SafetensorsFile(url)
        let path = url.path
        func metadata<Value: Decodable>(_ key: String, as _: Value.Type) throws -> Value {
            guard let text = file.metadata["cliptop.\(key)"] else {
                throw AdapterFileError.missingMetadata(path: path, key: "cliptop.\(key)")
            }
            do { return try Self.decoder.decode(Value.self, from: Data(text.utf8)) } catch {
                throw AdapterFileError.badMetadata(path: path, key: "cliptop.\(key)")
            }
        }
        guard file.metadata["cliptop.kind"] == Self.kind else {
            throw AdapterFileError.wrongKind(path: path, kind: file.metadata["cliptop.kind"])
        }
        let names = ClipAdapterMethod.parameterNames
        for name in [names.first, names.second] where !file.names.contains(name) {
            throw AdapterFileError.missingTensor(path: path, name: name)
        }
        first = try file.tensor(names.first)
        second = try file.tensor(names.second)
        guard first.shape.count == 2, second.shape == [first.columns, first.rows], first.count > 0 else {
            throw AdapterFileError.badShapes(path: path, first: first.shape, second: second.shape)
        }
        let hyper = try metadata("hyper", as: Hyper.self)
        configuration = ClipAdapterConfiguration(
            residualRatio: hyper.residualRatio, reduction: hyper.reduction, secondReLU: hyper.secondRelu,
            dropout: hyper.dropout)
        classNames = try metadata("classes", as: [String].self)
        templates = try metadata("templates", as: [String].self)
        training = try metadata("train", as: [String: String].self)
        modelName = file.metadata["cliptop.model"] ?? "unknown"
        modelChecksum = file.metadata["cliptop.model_sha256"] ?? ""
    }

    /// The adapter on top of the given classes, for answering.
    /// - Parameter textFeatures: classifier weights `[classes, width]`.
    public func adapter(textFeatures: Tensor<Float>, logitScale: Float, batchCapacity: Int = 64) -> ClipAdapter<Float> {
        ClipAdapter(
            configuration: configuration, first: first, second: second, textFeatures: textFeatures,
            logitScale: logitScale, batchCapacity: batchCapacity)
    }

    private static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }()

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// What can be wrong with an adapter file.
public enum AdapterFileError: Error, Equatable, LocalizedError {
    /// The file holds something else.
    case wrongKind(path: String, kind: String?)
    /// A layer is missing.
    case missingTensor(path: String, name: String)
    /// A description is missing.
    case missingMetadata(path: String, key: String)
    /// A description is not what it should be.
    case badMetadata(path: String, key: String)
    /// The layers do not follow each other.
    case badShapes(path: String, first: [Int], second: [Int])
    /// The adapter belongs to another model.
    case otherModel(path: String, trainedWith: String, given: String)

    /// One readable line.
    public var errorDescription: String? {
        switch self {
        case .wrongKind(let path, let kind):
            "\(path) is \(kind.map { "an adapter of kind '\($0)'" } ?? "not an adapter cliptop wrote"); "
                + "this command wants a \(AdapterFile.kind)"
        case .missingTensor(let path, let name): "\(path) lacks the tensor \(name)"
        case .missingMetadata(let path, let key): "\(path) lacks the metadata \(key); was it written by cliptop?"
        case .badMetadata(let path, let key): "the metadata \(key) of \(path) cannot be read"
        case .badShapes(let path, let first, let second):
            "the layers of \(path) do not fit each other: \(first) and \(second); wants [H, D] and [D, H]"
        case .otherModel(let path, let trainedWith, let given):
            "\(path) was trained on the model \(trainedWith), not on \(given); give that one with --model"
        }
    }
}
