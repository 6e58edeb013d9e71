import Foundation
import TestSupport

@testable import CLIP
@testable import Dashboard
@testable import FewShot
@testable import Pictures
@testable import Safetensors
@testable import Store
@testable import TOML
@testable import Training

/// A reader of bytes from outside, to be given anything at all. Whatever they are, ``run(_:)`` returns: a reader that ends the
/// process, or does not come back, has a fault.
public enum FuzzTarget: String, CaseIterable, Sendable {
    case png, jpeg, picture, safetensors, modelConfiguration, openCLIPConfiguration, weightIndex, tokenizer, merges
    case toml, theme, list, splitFile, classFile, promptFile, selection, zip, resultText
    case checkpoint, adapter, shard, database, frames, records, packedChunk, terminalInput

    /// Reads `bytes` as this target does.
    public func run(_ bytes: [UInt8]) {
        do { try read(bytes) } catch {
            // Every refusal is told to somebody.
            _ = error.localizedDescription
        }
    }

    private func read(_ bytes: [UInt8]) throws {
        switch self {
        case .png, .jpeg, .picture:
            _ = try decodePicture(bytes, name: "x", options: DecodingOptions(maximumPixels: 1 << 18))
        case .safetensors:
            let file = try SafetensorsFile(Self.file(bytes, "x.safetensors"), maximumHeaderBytes: 1 << 20)
            for name in file.names { _ = file.info(name) }
        case .modelConfiguration:
            _ = try HuggingFaceConfiguration.read(
                Self.file(bytes, "config.json"), in: Self.folder(like: nil).path)
        case .openCLIPConfiguration: _ = try OpenCLIPConfiguration.read(Self.file(bytes, "open_clip_config.json"))
        case .weightIndex:
            let folder = try Self.folder(like: "base-hf", without: ["model.safetensors"])
            try Data(bytes).write(to: folder.appending(path: "model.safetensors.index.json"))
            _ = try ModelDirectory(folder)
        case .tokenizer:
            let folder = try Self.folder(like: nil)
            try Data(bytes).write(to: folder.appending(path: "tokenizer.json"))
            _ = try Tokenizer(directory: folder)
        case .merges:
            let folder = try Self.folder(like: "base-hf", without: ["model.safetensors", "merges.txt"])
            try Data(bytes).write(to: folder.appending(path: "merges.txt"))
            _ = try Tokenizer(directory: folder)
        case .toml: _ = try TOMLTable(contentsOf: Self.file(bytes, "x.toml"))
        case .theme: _ = try Theme.load(contentsOf: Self.file(bytes, "x.toml"))
        case .list:
            _ = try ListFile(
                contentsOf: Self.file(bytes, "x.csv"), paths: Self.paths, base: "")
        case .splitFile: _ = try CoOpSplitFile(bytes, file: "x.json", paths: Self.paths)
        case .classFile: _ = try ClassFile(bytes, file: bytes.first == 0x7B ? "x.json" : "x.txt")
        case .promptFile: _ = try PromptFile(bytes, file: bytes.first == 0x7B ? "x.json" : "x.txt")
        case .selection: _ = try FewShotSelection(contentsOf: Self.file(bytes, "x.json"))
        case .zip: _ = try StoredZip.content(of: "result.txt", in: Data(bytes), path: "x.zip")
        case .resultText: _ = ResultCheck(String(decoding: bytes, as: UTF8.self), classes: 9, labels: nil)
        case .checkpoint: _ = try CheckpointFile.read(Self.file(bytes, "step-1.safetensors"))
        case .adapter: _ = try AdapterFile(contentsOf: Self.file(bytes, "x.safetensors"))
        case .shard: _ = try ComparisonContents(Self.file(bytes, "x.sqlite"))
        case .database:
            let folder = try Self.folder(like: nil)
            let state = StateDirectory(folder)
            try Data(bytes).write(to: state.database)
            let database = try StateDatabase.reading(state)
            _ = try RunTable(database).records()
            _ = try? CacheContents(database).spaces()
            for run in try RunTable(database).all() { _ = try? RunHistory(database).events(of: run.id) }
        case .frames:
            var reader = FrameReader(limit: 1 << 20)
            bytes.withUnsafeBytes { reader.append($0) }
            while let frame = try reader.next() {
                _ = try? frame.message(ViewerMessage.self)
                _ = try? frame.message(RunMessage.self)
                _ = try? EventFrames.events(frame)
            }
        case .records:
            let text = String(decoding: bytes, as: UTF8.self)
            _ = try? WireFormat.decode(TrainingConfiguration.self, from: text)
            _ = try WireFormat.decode(TrainingEvent.self, from: text)
        case .packedChunk:
            let chunk = RunChunk(
                kind: .batches, firstStep: 1, lastStep: 9, count: Int(bytes.first ?? 9), values: Data(bytes.dropFirst())
            )
            _ = try? PackedRecords.records(chunk) as [Timed<BatchRecord>]
            _ = try? PackedRecords.records(chunk) as [Timed<EpochRecord>]
            _ = try SplitPredictions(packed: Data(bytes))
        case .terminalInput:
            var decoder = InputDecoder(.init(environment: [:]))
            let now = ContinuousClock.now
            decoder.take(bytes, at: now)
            while decoder.next(at: now + .seconds(9)) != nil {}
        }
    }

    private static let paths = PathRules(allowOutside: true)

    // MARK: files

    /// A folder of this process's own, in memory where that is possible.
    private static let scratch: URL = {
        let memory = URL(filePath: "/dev/shm", directoryHint: .isDirectory)
        let parent = access(memory.path, W_OK) == 0 ? memory : FileManager.default.temporaryDirectory
        return parent.appending(path: "cliptop-fuzz-\(getpid())")
    }()

    /// Removes what was written.
    public static func cleanUp() { try? FileManager.default.removeItem(at: scratch) }

    private static func file(_ bytes: [UInt8], _ name: String) throws -> URL {
        let url = try folder(like: nil).appending(path: name)
        try Data(bytes).write(to: url)
        return url
    }

    /// An empty folder, or one with the files of a small model.
    private static func folder(like model: String?, without left: Set<String> = []) throws -> URL {
        // Several threads of one process may read at once.
        let folder = scratch.appending(path: "\(pthread_self())")
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        guard let model else { return folder }
        let source = Fixtures.reference.appending(path: "hostile").appending(path: model)
        for name in try FileManager.default.contentsOfDirectory(atPath: source.path) where !left.contains(name) {
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: name), withDestinationURL: source.appending(path: name))
        }
        return folder
    }
}
