import Foundation
import Pictures
import TestSupport
import Testing

@testable import CLIP

/// Model folders as people have them: half downloaded, wrapped, in a cache, in two formats.
@Suite("Model folders") struct ModelFilesTests {
    private static let hf = Fixtures.reference.appending(path: "models/vit-hf")
    private static let openCLIP = Fixtures.reference.appending(path: "models/vit-openclip")
    private static let files = [
        "config.json", "preprocessor_config.json", "vocab.json", "merges.txt", "model.safetensors",
    ]

    /// A folder with links to a model's files; `changes` replaces some (nil: left out).
    private func withModel(
        _ changes: [String: String?] = [:], below place: String = "model", _ body: (URL) throws -> Void
    ) throws {
        let root = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: root) }
        let folder = root.appending(path: place)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in Self.files where changes[name] == nil {
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: name), withDestinationURL: Self.hf.appending(path: name))
        }
        for case (let name, let text?) in changes { try Data(text.utf8).write(to: folder.appending(path: name)) }
        try body(folder)
    }

    private func message(_ folder: URL, format: ModelFormat? = nil) -> String {
        do {
            _ = try CLIPModel(directory: folder, format: format)
            return ""
        } catch { return error.localizedDescription }
    }

    private func preprocessing(_ text: String, file: String = "preprocessor_config.json") throws -> CLIPModel {
        var model: CLIPModel?
        var changes: [String: String?] = ["preprocessor_config.json": nil]
        changes[file] = text
        try withModel(changes) { model = try CLIPModel(directory: $0) }
        return try #require(model)
    }

    @Test func preprocessingOfEitherFile() throws {
        let mean = "\"image_mean\": [0.1, 0.2, 0.3]"
        let nested = try preprocessing("{\"image_processor\": {\(mean)}}", file: "processor_config.json")
        #expect(nested.preprocessing.mean == [0.1, 0.2, 0.3])
        #expect(try preprocessing("{\(mean)}").preprocessing == nested.preprocessing)
    }

    @Test(
        arguments: [
            (
                "\"size\": {\"height\": 32, \"width\": 32}, \"do_center_crop\": true", Preprocessing.ResizeMode.squash,
                32, 0
            ),
            ("\"size\": {\"height\": 36, \"width\": 36}, \"crop_size\": 32", .squash, 36, 0),
            ("\"size\": {\"shortest_edge\": 44}, \"crop_size\": {\"height\": 32, \"width\": 32}", .shortest, 44, 0),
            ("\"size\": 38, \"crop_size\": 32", .shortest, 38, 0),
            ("\"size\": 32, \"do_center_crop\": false", .shortest, 32, 1),
            ("\"size\": {\"shortest_edge\": 32}, \"do_center_crop\": false", .shortest, 32, 1),
            ("\"size\": {\"height\": 32, \"width\": 32}, \"do_center_crop\": false", .squash, 32, 0),
            ("\"size\": 32, \"do_center_crop\": false, \"default_to_square\": true", .squash, 32, 0),
        ] as [(String, Preprocessing.ResizeMode, Int, Int)])
    func framing(text: String, mode: Preprocessing.ResizeMode, edge: Int, warnings: Int) throws {
        let model = try preprocessing("{\(text)}")
        #expect(model.preprocessing.resizeMode == mode && model.preprocessing.resizedEdge == edge)
        #expect(model.preprocessing.size == 32 && model.warnings.count == warnings)
    }

    @Test(arguments: [
        "\"size\": {\"height\": 32, \"width\": 48}", "\"size\": 40, \"do_center_crop\": false", "\"crop_size\": 48",
        "\"do_pad\": true",
    ])
    func framingThatDoesNotFitIsRefused(text: String) throws {
        try withModel(["preprocessor_config.json": "{\(text)}"]) {
            #expect(message($0).contains("preprocessor_config.json"))
        }
    }

    @Test func aByteOrderMarkIsSkipped() throws {
        let text = try String(contentsOf: Self.hf.appending(path: "config.json"), encoding: .utf8)
        try withModel(["config.json": "\u{FEFF}" + text]) { #expect(message($0) == "") }
    }

    @Test(arguments: ["model.safetensors", "config.json", "vocab.json", "merges.txt", "preprocessor_config.json"])
    func whatStandsInForAFileIsNamed(name: String) throws {
        try withModel([name: "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n"]) { folder throws in
            let text = message(folder)
            #expect(text.contains(name) && text.contains("Git LFS pointer"), "\(text)")
        }
        try withModel([name: "<!doctype html><title>Sign in</title>" + String(repeating: " ", count: 99)]) {
            folder throws in
            #expect(message(folder).contains(name) && message(folder).contains("web page"))
        }
        try withModel([name: nil]) { folder throws in
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/" + name, withDestinationPath: "../../blobs/gone")
            #expect(message(folder).contains(name) && message(folder).contains("blobs/gone"))
        }
    }

    @Test func wherePeopleSayThatAModelIs() throws {
        let place = "models--ringed--small-plover/snapshots/0123abc"
        try withModel(below: place) { folder throws in
            #expect(try ModelDirectory(folder).name == "ringed/small-plover")
            let cache = folder.deletingLastPathComponent().deletingLastPathComponent()
            #expect(try CLIPModel(directory: cache).name == "ringed/small-plover")
            #expect(message(cache.deletingLastPathComponent()).contains("models--ringed--small-plover"))
            for file in ["model.safetensors", "config.json"] {
                let given = folder.appending(path: file, directoryHint: .isDirectory)
                #expect(try ModelDirectory(given).name == "ringed/small-plover")
            }
            #expect(message(folder.appending(path: "merges.txt")).contains("is a file"))
        }
    }

    @Test func weightsOfOtherNames() throws {
        let weights = Self.hf.appending(path: "model.safetensors")
        func named(_ names: [String], _ check: (URL) throws -> Void) throws {
            try withModel(["model.safetensors": nil]) { folder throws in
                for name in names {
                    try FileManager.default.createSymbolicLink(
                        at: folder.appending(path: name), withDestinationURL: weights)
                }
                try check(folder)
            }
        }
        try named(["model.bf16.safetensors"]) { #expect(message($0) == "") }
        try named(["model-00001-of-00001.safetensors"]) { #expect(message($0) == "") }
        try named(["a.safetensors", "b.safetensors"]) { folder throws in
            #expect(message(folder).contains("a.safetensors") && message(folder).contains("b.safetensors"))
            #expect(message(folder.appending(path: "b.safetensors")) == "")
        }
        try named(["w-1-of-3.safetensors", "w-3-of-3.safetensors"]) { #expect(message($0).contains("missing: 2")) }
    }

    @Test func aFolderOfBothFormats() throws {
        try withModel { folder throws in
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: "open_clip_config.json"),
                withDestinationURL: Self.openCLIP.appending(path: "open_clip_config.json"))
            #expect(try ModelDirectory(folder).format == .huggingFace)
            #expect(message(folder, format: .openCLIP).contains("--model-format hf"))
        }
    }
}
