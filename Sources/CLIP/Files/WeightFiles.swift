import CKernels
import Foundation
import Safetensors
import Tensors

/// The weights of a model while it is being built: every tensor is requested by name and shape, and in the end nothing
/// may be left over (docs/models.md#directories).
final class WeightFiles {
    /// Buffers that some versions of the libraries store beside the weights.
    private static let ignoredSuffixes = [
        "position_ids", "num_batches_tracked", "attn_mask", "input_resolution", "context_length", "vocab_size",
    ]

    /// The file that messages name.
    let file: String
    private let format: ModelFormat
    private let files: [SafetensorsFile]
    /// Where a tensor is, by its name without wrappers' prefixes.
    private var places: [String: (file: SafetensorsFile, name: String)] = [:]
    private var unused: Set<String> = []

    /// Opens the weight files of a directory.
    /// - Throws: ``SafetensorsError``; ``CLIPError`` for a tensor that is in two files, or not where the index says, and for
    ///   files without a tensor of the format.
    init(_ directory: ModelDirectory) throws {
        file = directory.url.path(percentEncoded: false)
        format = directory.format
        files = try directory.weights.files.map { try SafetensorsFile($0) }
        let holders = Dictionary(uniqueKeysWithValues: zip(directory.weights.files, files))
        for (tensor, shard) in directory.weights.shardOfTensor.sorted(by: { $0.key < $1.key }) {
            guard holders[shard]?.info(tensor) != nil else {
                throw CLIPError.missingTensor(file: shard.path(percentEncoded: false), tensor: tensor)
            }
        }
        let names = files.flatMap(\.names)
        guard let prefix = TensorNames.prefix(names, recognised: format.recognises) else {
            throw CLIPError.foreignTensors(
                file: files.first?.path ?? file, format: format, example: names.first,
                otherFormat: ModelFormat.allCases.first { TensorNames.prefix(names, recognised: $0.recognises) != nil })
        }
        for file in files {
            for stored in file.names {
                let name = TensorNames.stripped(stored, of: prefix)
                guard places.updateValue((file, stored), forKey: name) == nil else {
                    throw CLIPError.surplusTensors(file: file.path, tensors: [stored])
                }
            }
        }
        unused = Set(places.keys.filter { !Self.isIgnored($0) })
    }

    /// What the weights are, without reading them.
    struct Contents {
        /// Trained numbers; batch norms' running statistics are not.
        var parameters = 0
        var imageParameters = 0
        var dataTypes: Set<DataType> = []
        /// The tensors' bytes as stored.
        var bytes = 0
    }

    var contents: Contents {
        var contents = Contents()
        for (name, place) in places {
            guard let info = place.file.info(place.name) else { continue }
            contents.bytes += info.byteRange.count
            let isTrained = !name.hasSuffix("running_mean") && !name.hasSuffix("running_var") && !Self.isIgnored(name)
            guard isTrained else { continue }
            contents.dataTypes.insert(info.dataType)
            contents.parameters += info.count
            if name.hasPrefix("visual") || name.hasPrefix("vision_model.") { contents.imageParameters += info.count }
        }
        return contents
    }

    private static func isIgnored(_ name: String) -> Bool { ignoredSuffixes.contains { name.hasSuffix($0) } }

    /// The tensor with open_clip's name `name`, wherever this checkpoint's naming puts it.
    /// - Throws: ``CLIPError`` if it is missing, has another shape, or holds NaN or infinity; ``SafetensorsError``.
    func tensor(_ name: String, shape: [Int]) throws -> Tensor<Float> {
        let stored = format.storedNames(of: name, in: places.keys.contains)
        switch stored.arrangement {
        case .same: return try read(stored.names[0], shape: shape)
        case .transposed: return try read(stored.names[0], shape: shape.reversed()).transposed()
        case .stacked:
            let part = [shape[0] / stored.names.count] + shape.dropFirst()
            let parts = try stored.names.map { try read($0, shape: part) }
            return Tensor(parts.flatMap(\.values), shape: shape)
        }
    }

    /// The tensor as a plain list of numbers, for vectors.
    func vector(_ name: String, count: Int) throws -> [Float] { try tensor(name, shape: [count]).values }

    /// A single number; some files store it with one axis.
    func scalar(_ name: String) throws -> Float {
        let shape = places[name].flatMap { $0.file.info($0.name)?.shape }
        return try read(name, shape: shape == [1] ? [1] : []).values[0]
    }

    /// Throws if a tensor of the files was never requested.
    func requireAllUsed() throws {
        guard unused.isEmpty else { throw CLIPError.surplusTensors(file: file, tensors: unused.sorted()) }
    }

    private func read(_ name: String, shape: [Int]) throws -> Tensor<Float> {
        guard let place = places[name], let info = place.file.info(place.name) else {
            let wrapped = places.keys.sorted().first { $0.hasSuffix(".\(name)") }
            throw CLIPError.missingTensor(file: file, tensor: name, wrapped: wrapped)
        }
        // Before reading: the shape decides how much is read.
        guard info.shape == shape else {
            throw CLIPError.misshapenTensor(file: place.file.path, tensor: name, shape: info.shape, expected: shape)
        }
        let tensor = try place.file.tensor(place.name)
        let isFinite = tensor.values.withUnsafeBufferPointer { values in
            values.baseAddress.map { kernel_all_finite($0, values.count) } ?? true
        }
        guard isFinite else { throw CLIPError.nonFiniteTensor(file: place.file.path, tensor: name) }
        unused.remove(name)
        return tensor
    }
}

/// Where a format keeps a tensor that open_clip knows by some name.
struct StoredNames {
    enum Arrangement { case same, transposed, stacked }

    var names: [String]
    var arrangement = Arrangement.same
}

/// How the formats name their tensors, seen from open_clip's names.
extension ModelFormat {
    fileprivate func storedNames(of name: String, in isStored: (String) -> Bool) -> StoredNames {
        switch self {
        case .openCLIP:
            // A model saved with its text tower as a part of its own keeps that part's tensors under "text.".
            StoredNames(names: [!isStored(name) && isStored("text." + name) ? "text." + name : name])
        case .huggingFace: HuggingFaceNames.storedNames(of: name)
        }
    }
}

extension Tensor<Float> {
    /// The transposed matrix, by a vectorised kernel: the weights of a tower are hundreds of megabytes.
    func transposed() -> Tensor {
        let transposed = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let target = buffer.baseAddress else { return }
            kernel_transpose(values, rows, columns, columns, target, rows)
            initialized = count
        }
        return Tensor(transposed, shape: [columns, rows])
    }
}
