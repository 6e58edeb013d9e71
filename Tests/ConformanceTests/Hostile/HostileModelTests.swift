import CLIP
import Foundation
import Pictures
import Safetensors
import Tensors
import TestSupport
import Testing

@Suite("Reference: hostile models", .serialized)
struct HostileModelConformanceTests {
    @Test("There are files that must be refused, and good ones")
    func presence() throws {
        let entries = try HostileManifest.models()
        #expect(entries.contains { $0.mustBeRefused })
        #expect(entries.contains { $0.expect == .accept })
    }

    @Test("Refused or read as the manifest says, within its limits", arguments: try HostileManifest.models())
    func entry(_ entry: HostileManifest.Entry) throws {
        guard let read = Self.readers[entry.kind] else {
            return reportSkipped("hostile/\(entry.file)", because: "no reader of the kind \(entry.kind)")
        }
        let limits = try HostileManifest.load().limits
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = try prepare(entry, in: folder)

        var outcome: Result<Void, any Error> = .success(())
        let use = ResourceUse.measure { outcome = Result { try read(url) } }
        #expect(use.seconds < limits.seconds_per_file)
        #expect(use.megabytes < limits.memory_mb)
        switch outcome {
        case .success: #expect(!entry.mustBeRefused, "read, though \(entry.why ?? "hostile")")
        case .failure(let error):
            #expect(entry.expect != .accept, "\(error)")
            #expect(error is CLIPError || error is SafetensorsError, "\(type(of: error)): \(error)")
            let message = "\(error)"
            #expect(message.contains(folder.lastPathComponent) || message.contains(entry.file), "\(message)")
            #expect(!message.contains { $0.isNewline } && message.count < 1000, "\(message)")
        }
    }

    /// Puts the hostile file where it would be met, and says what is to be opened.
    private func prepare(_ entry: HostileManifest.Entry, in folder: URL) throws -> URL {
        let file = HostileManifest.folder.appending(path: entry.file)
        if entry.gzip == true {
            let unpacked = folder.appending(path: "unpacked.safetensors")
            try Data().write(to: unpacked)
            let gunzip = Process()
            gunzip.executableURL = URL(filePath: "/bin/gzip")
            gunzip.arguments = ["-dc", file.path]
            gunzip.standardOutput = try FileHandle(forWritingTo: unpacked)
            try gunzip.run()
            gunzip.waitUntilExit()
            try #require(gunzip.terminationStatus == 0)
            return unpacked
        }
        guard let base = entry.base, let replaced = entry.replaces else { return file }
        let directory = folder.appending(path: "model")
        try FileManager.default.copyItem(at: HostileManifest.folder.appending(path: base), to: directory)
        if replaced == "model.safetensors.index.json" {
            try FileManager.default.moveItem(
                at: directory.appending(path: "model.safetensors"),
                to: directory.appending(path: "model-00001-of-00002.safetensors"))
        }
        let target = directory.appending(path: replaced)
        try? FileManager.default.removeItem(at: target)
        try FileManager.default.copyItem(at: file, to: target)
        return directory
    }

    /// Reads everything in a file or directory, by the kind that the manifest names.
    private static let readers: [String: @Sendable (URL) throws -> Void] = {
        let directories = [
            "hf-directory", "hf-config", "hf-weights", "hf-index", "openclip-directory", "openclip-config",
        ]
        return Dictionary(uniqueKeysWithValues: directories.map { ($0, readModel) })
            .merging(["safetensors": readTensors, "tokenizer": readTokenizer]) { $1 }
    }()

    private static let readTensors: @Sendable (URL) throws -> Void = { url in
        let file = try SafetensorsFile(url)
        for name in file.names {
            switch file.info(name)?.dataType {
            case .float64, .float32, .float16, .bfloat16: _ = try file.tensor(name)
            default: _ = try file.integers(name)
            }
        }
    }

    /// What can be read must also be usable.
    private static let readTokenizer: @Sendable (URL) throws -> Void = { url in
        let tokenizer = try Tokenizer(directory: url)
        let sequences = tokenizer.sequences(["a photo of a cat, low low lower!", ""], contextLength: 77)
        #expect(sequences.allSatisfy { $0.ids.allSatisfy((0..<tokenizer.vocabularySize).contains) })
    }

    /// What can be read must also be usable.
    private static let readModel: @Sendable (URL) throws -> Void = { url in
        let model = try CLIPModel(directory: url)
        let side = model.preprocessing.size
        let features = model.encodeImages(Tensor(repeating: 0.5, shape: [1, 3, side, side]))
        #expect(features.shape == [1, model.embeddingWidth])
        #expect(try model.encodeTexts(["a photo of a cat"]).shape == [1, model.embeddingWidth])
    }
}
