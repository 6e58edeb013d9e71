import Foundation
import Safetensors
import Synchronization
import Tensors

/// What a trained method leaves on disk: safetensors with the tensor names PyTorch users expect and everything needed to
/// use it again in the metadata (docs/programs.md#adapter-files).
public struct AdapterFile: Sendable {
    /// The method that left it.
    public var kind: MethodName
    /// Its parameters.
    public var parameters: [String: Tensor<Float>]
    /// Its settings.
    public var hyper: HyperParameters
    /// Class names in label order.
    public var classNames: [String]
    /// The templates of the class prompts.
    public var templates: [String]
    /// The prompts of each class, where the templates and the class names do not give them.
    public var prompts: [[String]]?
    /// What people call the model.
    public var modelName: String
    /// Checksum of the model's weights; features of another model mean nothing to this adapter.
    public var modelChecksum: String
    /// How it was trained, for people.
    public var training: [String: String]
    /// Where it was read from; empty for one that is to be written.
    public private(set) var path = ""

    /// An adapter to be written.
    public init(
        kind: MethodName, parameters: [String: Tensor<Float>], hyper: HyperParameters, classNames: [String],
        templates: [String], prompts: [[String]]? = nil, modelName: String, modelChecksum: String,
        training: [String: String]
    ) {
        self.kind = kind
        self.parameters = parameters
        self.hyper = hyper
        self.classNames = classNames
        self.templates = templates
        self.prompts = prompts
        self.modelName = modelName
        self.modelChecksum = modelChecksum
        self.training = training
    }

    /// Writes the file, atomically.
    /// - Parameter width: the embedding dimension `D`.
    /// - Throws: errors of the file system.
    public func write(to url: URL, width: Int) throws {
        var metadata = [
            "cliptop.kind": kind.rawValue, "cliptop.version": "1", "cliptop.model": modelName,
            "cliptop.model_sha256": modelChecksum, "cliptop.dim": "\(width)",
            "cliptop.classes": try Self.json(classNames), "cliptop.templates": try Self.json(templates),
            "cliptop.hyper": try Self.json(hyper), "cliptop.train": try Self.json(training),
        ]
        if let prompts { metadata["cliptop.prompts"] = try Self.json(prompts) }
        try SafetensorsWriter.write(parameters, metadata: metadata, to: url)
    }

    /// Reads an adapter. A file that cliptop did not write is taken for the kind its tensor names tell; what it does not
    /// say about itself (settings, classes, model) stays empty.
    /// - Throws: ``AdapterFileError``, `SafetensorsError`.
    public init(contentsOf url: URL) throws {
        let file = try SafetensorsFile(url)
        let path = url.path
        func metadata<Value: Decodable>(_ key: String, as _: Value.Type) throws -> Value {
            guard let text = file.metadata["cliptop.\(key)"] else {
                throw AdapterFileError.missingMetadata(path: path, key: "cliptop.\(key)")
            }
            do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
                throw AdapterFileError.badMetadata(path: path, key: "cliptop.\(key)")
            }
        }
        let name = file.metadata["cliptop.kind"]
        // The prefix of a wrapper, such as a module of PyTorch around the adapter, is left out.
        let prefix = TensorNames.prefix(file.names) { MethodRegistry.kind(ofTensors: $0) != nil } ?? ""
        let names = file.names.map { TensorNames.stripped($0, of: prefix) }
        guard let kind = name.map(MethodName.init(rawValue:)) ?? MethodRegistry.kind(ofTensors: Set(names)) else {
            throw AdapterFileError.wrongKind(path: path, kind: name)
        }
        self.path = path
        self.kind = kind
        parameters = [:]
        for (stored, name) in zip(file.names, names) {
            let tensor = try Self.numbers(file, stored)
            guard tensor.values.allSatisfy(\.isFinite) else {
                throw AdapterFileError.nonFinite(path: path, name: stored)
            }
            parameters[name] = tensor
        }
        modelName = file.metadata["cliptop.model"] ?? "unknown"
        modelChecksum = file.metadata["cliptop.model_sha256"] ?? ""
        guard name != nil else {
            (hyper, classNames, templates, training) = ([:], [], [], [:])
            return
        }
        hyper = try metadata("hyper", as: HyperParameters.self)
        classNames = try metadata("classes", as: [String].self)
        templates = try metadata("templates", as: [String].self)
        if file.metadata["cliptop.prompts"] != nil {
            let prompts = try metadata("prompts", as: [[String]].self)
            guard prompts.count == classNames.count, prompts.allSatisfy({ !$0.isEmpty }) else {
                throw AdapterFileError.badMetadata(path: path, key: "cliptop.prompts")
            }
            self.prompts = prompts
        }
        training = try metadata("train", as: [String: String].self)
    }

    /// A tensor as floating-point numbers; labels may be integers.
    private static func numbers(_ file: SafetensorsFile, _ name: String) throws -> Tensor<Float> {
        guard let info = file.info(name), [.int64, .int32].contains(info.dataType) else { return try file.tensor(name) }
        return Tensor(try file.integers(name).map { Float($0) }, shape: info.shape)
    }

    /// The parameter under the first of `names` that is there: the usual name first, then others that are accepted.
    /// - Throws: ``AdapterFileError/missingTensor(path:name:)`` with the usual name.
    public func tensor(_ names: String...) throws -> Tensor<Float> {
        guard let name = names.first(where: { parameters[$0] != nil }), let tensor = parameters[name] else {
            throw AdapterFileError.missingTensor(path: path, name: names.first ?? "")
        }
        taken.note(name)
        return tensor
    }

    /// Refuses a file with tensors that its method has not asked for: it would answer as if they were not there.
    /// - Throws: ``AdapterFileError/surplusTensors(path:kind:names:)``.
    func requireAllTaken() throws {
        let surplus = Set(parameters.keys).subtracting(taken.names)
        guard surplus.isEmpty else {
            throw AdapterFileError.surplusTensors(path: path, kind: kind.rawValue, names: surplus.sorted())
        }
    }

    /// The tensors that were asked for.
    private let taken = TakenTensors()

    private final class TakenTensors: Sendable {
        private let noted = Mutex<Set<String>>([])

        var names: Set<String> { noted.withLock { $0 } }

        func note(_ name: String) { _ = noted.withLock { $0.insert(name) } }
    }

    /// Refuses an adapter whose features have another width than the model's.
    /// - Throws: ``AdapterFileError/badShapes(path:found:wants:)``.
    public func requireWidth(_ width: Int, of textFeatures: Tensor<Float>) throws {
        guard width == textFeatures.columns else {
            throw AdapterFileError.badShapes(
                path: path, found: "features of width \(width)", wants: "\(textFeatures.columns) for this model")
        }
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// What can be wrong with an adapter file.
public enum AdapterFileError: Error, Equatable, LocalizedError {
    /// The file holds something else.
    case wrongKind(path: String, kind: String?)
    /// A parameter is missing.
    case missingTensor(path: String, name: String)
    /// Tensors that the method does not have.
    case surplusTensors(path: String, kind: String, names: [String])
    /// A tensor holds NaN or infinity.
    case nonFinite(path: String, name: String)
    /// A description is missing.
    case missingMetadata(path: String, key: String)
    /// A description is not what it should be.
    case badMetadata(path: String, key: String)
    /// The parameters do not fit each other, or not the model.
    case badShapes(path: String, found: String, wants: String)
    /// The adapter belongs to another model.
    case otherModel(path: String, trainedWith: String, given: String)
    /// What was learned belongs to other classes.
    case otherClasses(path: String, kind: String)

    /// One readable line.
    public var errorDescription: String? {
        switch self {
        case .wrongKind(let path, let kind):
            "\(path) is \(kind.map { "an adapter of the unknown kind \(readable($0))" } ?? "not an adapter cliptop wrote")"
                + "; known are \(MethodName.allCases.map(\.rawValue).joined(separator: ", "))"
        case .missingTensor(let path, let name): "\(path) lacks the tensor \(name)"
        case .surplusTensors(let path, let kind, let names):
            "\(path) holds \(names.count == 1 ? "a tensor" : "tensors") that a \(kind) does not have: "
                + names.prefix(4).map { readable($0) }.joined(separator: ", ") + (names.count > 4 ? ", ..." : "")
        case .nonFinite(let path, let name):
            "\(path): the tensor \(readable(name)) holds NaN or infinity; the training it comes from has diverged"
        case .missingMetadata(let path, let key): "\(path) lacks the metadata \(key); was it written by cliptop?"
        case .badMetadata(let path, let key): "the metadata \(key) of \(path) cannot be read"
        case .badShapes(let path, let found, let wants):
            "the parameters of \(path) do not fit: found \(found), wants \(wants)"
        case .otherModel(let path, let trainedWith, let given):
            "\(path) was trained on the model \(trainedWith), not on \(given); give that one with --model"
        case .otherClasses(let path, let kind):
            "\(path) holds a \(kind), which knows the classes it was trained on and no others; leave the labels out"
        }
    }
}
