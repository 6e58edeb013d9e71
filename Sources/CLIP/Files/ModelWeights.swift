import Files
import Foundation
import Safetensors

/// Which files of a model's folder hold its weights.
struct ModelWeights {
    /// The files.
    let files: [URL]
    /// For weights with an index: in which of the files it says a tensor is.
    var shardOfTensor: [String: URL] = [:]

    /// The usual names; the first that is there counts.
    private static func usualNames(_ format: ModelFormat) -> [String] {
        switch format {
        case .openCLIP: ["open_clip_model.safetensors", "open_clip_pytorch_model.safetensors", "model.safetensors"]
        case .huggingFace: ["model.safetensors"]
        }
    }

    private static let indexName = "model.safetensors.index.json"

    /// The weights under their usual name, by their index, or whatever safetensors files the folder has, if there is no
    /// choice between them.
    /// - Throws: ``CLIPError`` that says what is there and what is missing.
    init(in folder: String, _ format: ModelFormat) throws {
        func url(_ name: String) -> URL { URL(filePath: "\(folder)/\(name)", directoryHint: .notDirectory) }
        let usual = Self.usualNames(format)
        if let name = usual.first(where: { FileKind.exists("\(folder)/\($0)") }) {
            files = [url(name)]
            return
        }
        if format == .huggingFace, FileKind.exists("\(folder)/\(Self.indexName)") {
            let shards = try Self.readIndex(url(Self.indexName))
            files = Set(shards.values).sorted { $0.lastPathComponent < $1.lastPathComponent }
            shardOfTensor = shards
            return
        }
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        let found = names.filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
        if let name = found.first, found.count == 1, Shard(name) == nil {
            files = [url(name)]
        } else if let shards = try Self.shards(found, folder) {
            files = shards.map(url)
        } else if found.isEmpty {
            throw Self.none(folder, names, expected: usual[0])
        } else {
            throw CLIPError.notAModel(
                directory: folder,
                reason: "it holds no \(usual[0]), but \(found.prefix(4).map { readable($0) }.joined(separator: ", ")); "
                    + "give the file itself to use it")
        }
    }

    /// The weights in a file that was given, with the others that it is a part with.
    init(file: String) throws {
        let folder = String(file.dropLast(file.lastPathComponent.count + 1))
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        if let own = Shard(file.lastPathComponent) {
            let parts = names.filter { Shard($0)?.stem == own.stem && Shard($0)?.count == own.count }
            if let shards = try Self.shards(parts, folder) {
                files = shards.map { URL(filePath: "\(folder)/\($0)", directoryHint: .notDirectory) }
                return
            }
        }
        files = [URL(filePath: file, directoryHint: .notDirectory)]
    }

    /// `model-00001-of-00002.safetensors`.
    private struct Shard {
        var stem: Substring
        var number, count: Int

        init?(_ name: String) {
            guard let match = name.wholeMatch(of: /(.*?)-?([0-9]+)-of-([0-9]+)\.safetensors/),
                let number = Int(match.2), let count = Int(match.3), (1...count).contains(number)
            else { return nil }
            (stem, self.number, self.count) = (match.1, number, count)
        }
    }

    /// The files, if together they are the parts of one whole.
    private static func shards(_ names: [String], _ folder: String) throws -> [String]? {
        let shards = names.compactMap { name in Shard(name).map { (name, $0) } }
        guard let first = shards.first?.1, shards.count == names.count,
            shards.allSatisfy({ $0.1.stem == first.stem && $0.1.count == first.count })
        else { return nil }
        let numbers = Set(shards.map(\.1.number))
        let missing = (1...first.count).filter { !numbers.contains($0) }
        guard missing.isEmpty else {
            throw CLIPError.notAModel(
                directory: folder,
                reason: "the weights come in \(first.count) parts like \(readable(shards[0].0)); missing: "
                    + missing.prefix(5).map { "\($0)" }.joined(separator: ", ") + (missing.count > 5 ? ", ..." : ""))
        }
        return shards.sorted { $0.1.number < $1.1.number }.map(\.0)
    }

    /// Most likely the weights are there as a Python pickle, which can run code when it is read.
    private static func none(_ folder: String, _ names: [String], expected: String) -> CLIPError {
        let isPickle = { (name: String) in [".bin", ".pt", ".pth", ".ckpt"].contains { name.hasSuffix($0) } }
        if let pickle = names.first(where: isPickle) {
            return .notAModel(
                directory: folder, reason: "\(readable(pickle)) is a Python pickle; convert it to safetensors")
        }
        return .notAModel(directory: folder, reason: "it holds no \(expected)")
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
