import Foundation
import Safetensors
import Tensors
import TestSupport
import Testing

@testable import CLIP

/// Loading is strict, and tolerates what converters and wrappers are known to do.
@Suite("Loading models")
struct ModelLoadingTests {
    private static let bases = ["base-openclip", "base-hf"].map {
        Fixtures.repository.appending(path: "Tests/Fixtures/reference/hostile/\($0)")
    }

    /// A copy of a small model whose weights and configuration have been changed.
    private func withCopy<Result>(
        of base: URL, weights change: (inout [String: Tensor<Float>]) -> Void = { _ in },
        configuration: (String) -> String = { $0 }, _ body: (URL) throws -> Result
    ) throws -> Result {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let directory = folder.appending(path: "model")
        try FileManager.default.copyItem(at: base, to: directory)
        for name in ["open_clip_model.safetensors", "model.safetensors"] {
            let url = directory.appending(path: name)
            guard FileManager.default.fileExists(atPath: url.path) else { continue }
            let file = try SafetensorsFile(url)
            var tensors: [String: Tensor<Float>] = [:]
            for name in file.names where file.info(name)?.dataType == .float32 { tensors[name] = try file.tensor(name) }
            change(&tensors)
            try SafetensorsWriter.write(tensors, to: url)
        }
        for name in ["open_clip_config.json", "config.json"] {
            let url = directory.appending(path: name)
            guard let text = try? String(contentsOf: url, encoding: .utf8) else { continue }
            try Data(configuration(text).utf8).write(to: url)
        }
        return try body(directory)
    }

    private func features(_ model: CLIPModel) throws -> [Float] {
        let side = model.preprocessing.size
        let pixels = Tensor<Float>((0..<3 * side * side).map { Float($0 % 17) / 17 }, shape: [1, 3, side, side])
        return model.encodeImages(pixels).values + (try model.encodeTexts(["a low tower"])).values
    }

    @Test("A missing, a surplus, a misshapen and a NaN tensor are named", arguments: bases)
    func strictness(base: URL) throws {
        let name = base.lastPathComponent == "base-hf" ? "text_model.final_layer_norm.weight" : "ln_final.weight"
        let changes: [(String, (inout [String: Tensor<Float>]) -> Void)] = [
            ("missing", { $0[name] = nil }),
            (
                "do not belong",
                {
                    $0["\(name).a"] = Tensor([1], shape: [1]); $0["\(name).b"] = Tensor([1], shape: [1])
                }
            ),
            ("has shape [2, 4]", { $0[name] = $0[name]?.reshaped([2, 4]) }),
            ("NaN", { $0[name]?.values[3] = .nan }),
            ("NaN", { $0[name]?.values[7] = -.infinity }),
        ]
        for (complaint, change) in changes {
            try withCopy(of: base, weights: change) { directory in
                let error = try #require(throws: CLIPError.self) { try CLIPModel(directory: directory) }
                #expect(error.description.contains(complaint) && error.description.contains(name), "\(error)")
            }
        }
    }

    @Test("Prefixes of wrappers are stripped, buffers ignored", arguments: bases)
    func tolerance(base: URL) throws {
        let expected = try features(CLIPModel(directory: base))
        let isHuggingFace = base.lastPathComponent == "base-hf"
        let prefixes = isHuggingFace ? ["module.", "clip."] : ["module."]
        for prefix in prefixes {
            let change = { (tensors: inout [String: Tensor<Float>]) in
                tensors = Dictionary(uniqueKeysWithValues: tensors.map { (prefix + $0.key, $0.value) })
                tensors["\(prefix)text_model.embeddings.position_ids"] = Tensor([0], shape: [1, 1])
            }
            try withCopy(of: base, weights: change) { directory in
                let actual = try features(CLIPModel(directory: directory))
                #expect(actual == expected)
            }
        }
    }

    @Test("A text tower saved as a part of its own is found")
    func customText() throws {
        let expected = try features(CLIPModel(directory: Self.bases[0]))
        let change = { (tensors: inout [String: Tensor<Float>]) in
            tensors = Dictionary(
                uniqueKeysWithValues: tensors.map { name, tensor in
                    (name.hasPrefix("visual.") || name == "logit_scale" ? name : "text." + name, tensor)
                })
        }
        try withCopy(of: Self.bases[0], weights: change) { directory in
            let actual = try features(CLIPModel(directory: directory))
            #expect(actual == expected)
        }
    }

    @Test("A logit scale with an axis is read too")
    func logitScale() throws {
        let expected = try CLIPModel(directory: Self.bases[0]).logitScale
        let change: (inout [String: Tensor<Float>]) -> Void = { $0["logit_scale"] = $0["logit_scale"]?.reshaped([1]) }
        try withCopy(of: Self.bases[0], weights: change) { directory in
            let actual = try CLIPModel(directory: directory).logitScale
            #expect(actual == expected)
        }
    }

    @Test("LayerScale multiplies both branches")
    func layerScale() throws {
        let block = "visual.transformer.resblocks.0"
        let gamma: [Float] = [0.5, -1, 2, 0, 1, 1.5, 3, 0.25]
        let scaled = { (tensors: inout [String: Tensor<Float>]) in
            for layer in ["attn.out_proj", "mlp.c_proj"] {
                for part in ["weight", "bias"] {
                    guard var tensor = tensors["\(block).\(layer).\(part)"] else { continue }
                    for index in tensor.values.indices { tensor.values[index] *= gamma[index / tensor.columns] }
                    tensors["\(block).\(layer).\(part)"] = tensor
                }
            }
        }
        let expected = try withCopy(of: Self.bases[0], weights: scaled) { try features(CLIPModel(directory: $0)) }
        let withGammas = { (tensors: inout [String: Tensor<Float>]) in
            for scale in ["ls_1", "ls_2"] { tensors["\(block).\(scale).gamma"] = Tensor(gamma, shape: [8]) }
        }
        let option = { (text: String) in
            text.replacing("\"vision_cfg\": {", with: "\"vision_cfg\": {\"ls_init_value\": 1e-5,")
        }
        let actual = try withCopy(of: Self.bases[0], weights: withGammas, configuration: option) {
            try features(CLIPModel(directory: $0))
        }
        #expect(actual == expected)
        #expect(actual != (try features(CLIPModel(directory: Self.bases[0]))))
    }

    @Test(
        "Options that would change the numbers are refused by name",
        arguments: [
            ("vision_cfg", "\"pool_type\": \"avg\""), ("vision_cfg", "\"attentional_pool\": true"),
            ("vision_cfg", "\"pos_embed_type\": \"sin_cos_2d\""), ("vision_cfg", "\"qk_norm\": true"),
            ("vision_cfg", "\"timm_model_name\": \"vit_base_patch16\""), ("text_cfg", "\"pool_type\": \"last\""),
            ("text_cfg", "\"no_causal_mask\": true"), ("text_cfg", "\"hf_model_name\": \"roberta-base\""),
            ("text_cfg", "\"embed_cls\": true"), ("model_cfg", "\"init_logit_bias\": -10"),
            ("model_cfg", "\"multimodal_cfg\": {}"), ("preprocess_cfg", "\"resize_mode\": \"stretch\""),
            ("preprocess_cfg", "\"interpolation\": \"nearest\""), ("preprocess_cfg", "\"mode\": \"L\""),
        ])
    func refusals(part: String, option: String) throws {
        let key = try #require(option.split(separator: "\"").first)
        // A second key of the same name would be an error of its own.
        let configuration = { (text: String) in
            text.replacing("\"\(key)\":", with: "\"old_\(key)\":")
                .replacing("\"\(part)\": {", with: "\"\(part)\": {\(option),")
        }
        try withCopy(of: Self.bases[0], configuration: configuration) { directory in
            let error = try #require(throws: CLIPError.self) { try CLIPModel(directory: directory) }
            #expect(error.description.contains(key) && error.description.contains("not supported"), "\(error)")
        }
    }

    @Test("Weights in a Python pickle are refused with advice")
    func pickle() throws {
        try withCopy(of: Self.bases[1]) { directory in
            try FileManager.default.moveItem(
                at: directory.appending(path: "model.safetensors"), to: directory.appending(path: "pytorch_model.bin"))
            let error = try #require(throws: CLIPError.self) { try CLIPModel(directory: directory) }
            #expect(error.description.contains("pytorch_model.bin") && error.description.contains("pickle"), "\(error)")
        }
    }

    @Test("What is no model directory is told so")
    func noModel() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for url in [folder, folder.appending(path: "missing")] {
            let error = try #require(throws: CLIPError.self) { try CLIPModel(directory: url) }
            #expect(error.description.hasPrefix(url.path(percentEncoded: false)), "\(error)")
            #expect(error.description.contains("not a CLIP model directory"), "\(error)")
        }
    }

    @Test("A directory with both formats is read in the one that is asked for")
    func bothFormats() throws {
        try withCopy(of: Self.bases[1]) { directory in
            for name in ["open_clip_config.json", "open_clip_model.safetensors"] {
                try FileManager.default.copyItem(
                    at: Self.bases[0].appending(path: name), to: directory.appending(path: name))
            }
            let openCLIP = try features(CLIPModel(directory: Self.bases[0]))
            let huggingFace = try features(CLIPModel(directory: Self.bases[1]))
            #expect(openCLIP != huggingFace)
            let preferred = try features(CLIPModel(directory: directory))
            let asked = try ModelFormat.allCases.map { try features(CLIPModel(directory: directory, format: $0)) }
            #expect(preferred == openCLIP)
            #expect(asked == [openCLIP, huggingFace])
        }
        #expect(throws: CLIPError.self) { try CLIPModel(directory: Self.bases[0], format: .huggingFace) }
    }

    @Test("Old Hugging Face files with only the _dict form are read")
    func oldHuggingFace() throws {
        let expected = try features(CLIPModel(directory: Self.bases[1]))
        let rename = { (text: String) in
            text.replacing("\"text_config\":", with: "\"text_config_dict\":")
                .replacing(
                    "\"vision_config\":", with: "\"vision_config\": {\"hidden_size\": 3}, \"vision_config_dict\":")
        }
        try withCopy(of: Self.bases[1], configuration: rename) { directory in
            let actual = try features(CLIPModel(directory: directory))
            #expect(actual == expected)
        }
    }

    @Test("Changed configurations are read or refused, never more", arguments: bases)
    func mutations(base: URL) throws {
        let names = ["open_clip_config.json", "config.json"]
        let name = try #require(
            names.first { FileManager.default.fileExists(atPath: base.appending(path: $0).path) })
        let original = Array(try Data(contentsOf: base.appending(path: name)))
        try withCopy(of: base) { directory in
            var fuzzer = Fuzzer(seed: 2)
            var refused = 0
            for _ in 0..<500 {
                var bytes = original
                fuzzer.change(&bytes)
                try Data(bytes).write(to: directory.appending(path: name))
                do {
                    _ = try features(CLIPModel(directory: directory))
                } catch is CLIPError {
                    refused += 1
                }
            }
            #expect(refused > 200)
        }
    }
}
