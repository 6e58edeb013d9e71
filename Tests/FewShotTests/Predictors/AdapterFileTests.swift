import Foundation
import Safetensors
import Tensors
import TestSupport
import Testing

@testable import FewShot

@Suite struct AdapterFileTests {
    private let width = 12
    private var text: Tensor<Float> { randomTensor([4, width], seed: 3, as: Float.self).normalisedRows() }
    private var pictures: Tensor<Float> { randomTensor([6, width], seed: 4) }

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.appending(path: "adapter.safetensors"))
    }

    private func write(
        _ parameters: [String: Tensor<Float>], hyper: String = "{}", kind: String? = "clip-adapter", to url: URL
    ) throws {
        var metadata = [
            "cliptop.hyper": hyper, "cliptop.classes": "[]", "cliptop.templates": "[]", "cliptop.train": "{}",
        ]
        if let kind { metadata["cliptop.kind"] = kind } else { metadata = ["format": "pt"] }
        try SafetensorsWriter.write(parameters, metadata: metadata, to: url)
    }

    private func layers(_ first: String, _ second: String, width: Int = 12) -> [String: Tensor<Float>] {
        [first: randomTensor([3, width], seed: 1), second: randomTensor([width, 3], seed: 2)]
    }

    private func logits(_ url: URL) throws -> Tensor<Float> {
        try MethodRegistry.classifier(AdapterFile(contentsOf: url), textFeatures: text, logitScale: 20)
            .logits(pictures)
    }

    @Test(
        arguments: ClipAdapterConfiguration.Branch.allCases,
        [ClipAdapterConfiguration.RatioMode.fixed, .learnable, .raw, .hyper])
    func everyVariantAnswersAsBeforeItWasWritten(
        branch: ClipAdapterConfiguration.Branch, mode: ClipAdapterConfiguration.RatioMode
    ) throws {
        let method = ClipAdapterMethod(
            configuration: ClipAdapterConfiguration(
                branch: branch, residualRatio: 0.3, textRatio: 0.6, ratioMode: mode, secondReLU: false, logitScale: 50),
            optimiser: .adam(), textFeatures: text, logitScale: 20, batchSize: 6, seed: 1)
        for step in 1...5 {
            _ = method.trainBatch(
                features: pictures, rows: [0, 1, 2, 3, 4, 5], labels: [0, 1, 2, 3, 0, 1], learningRate: 0.05, step: step
            )
        }
        try withFolder { url in
            try AdapterFile(
                kind: .clipAdapter, parameters: method.adapterParameters(), hyper: method.hyperParameters,
                classNames: ["a", "b", "c", "d"], templates: ["{}"], modelName: "m", modelChecksum: "0", training: [:]
            ).write(to: url, width: width)
            #expect(try logits(url) == method.logits(pictures))
            let stored = try SafetensorsFile(url)
            if mode == .learnable, branch == .both {
                #expect(stored.info("alpha")?.shape == [1] && stored.info("beta")?.shape == [1])
            }
            if mode == .hyper, branch == .visual {
                #expect(stored.info("ratio_v.weight")?.shape == [1, width])
                #expect(stored.info("ratio_v.bias")?.shape == [1] && stored.info("ratio_t.bias") == nil)
            }
        }
    }

    /// Files from elsewhere: the official code's names, and a scalar without an axis.
    @Test func filesFromElsewhereAreUnderstood() throws {
        try withFolder { url in
            try write(layers("visual_adapter.fc.0.weight", "visual_adapter.fc.2.weight"), to: url)
            let expected = try logits(url)
            for prefix in ["", "adapter.", "image_adapter."] {
                try write(layers(prefix + "fc.0.weight", prefix + "fc.2.weight"), kind: nil, to: url)
                let file = try AdapterFile(contentsOf: url)
                #expect(file.kind == .clipAdapter && file.classNames.isEmpty && file.modelChecksum.isEmpty)
                #expect(try logits(url) == expected)
            }
            var learned = layers("visual_adapter.fc.0.weight", "visual_adapter.fc.2.weight")
            learned["alpha"] = Tensor([-1.3862944], shape: [])
            try write(learned, hyper: "{\"ratio_param\": \"sigmoid\"}", to: url)
            #expect(try logits(url).largestDifference(from: expected) < 1e-5)  // σ(ln(0.2/0.8)) = 0.2
        }
    }

    @Test(arguments: [
        ("kind", "unknown kind"), ("none", "not an adapter"), ("shape", "do not fit"), ("width", "width 10"),
        ("ratio", "alpha"), ("long ratio", "alpha"), ("hyper", "cliptop.hyper"), ("range", "cliptop.hyper"),
        ("missing", "fc.2.weight"),
    ])
    func whatIsWrongIsSaid(what: String, says: String) throws {
        let names = ("visual_adapter.fc.0.weight", "visual_adapter.fc.2.weight")
        var parameters = layers(names.0, names.1)
        var (hyper, kind): (String, String?) = ("{}", "clip-adapter")
        switch what {
        case "kind": kind = "prompt\u{1b}"
        case "none": (kind, parameters) = (nil, ["weight": text])
        case "shape": parameters[names.1] = randomTensor([width, 4], seed: 1)
        case "width": parameters = layers(names.0, names.1, width: 10)
        case "ratio": hyper = "{\"ratio_param\": \"raw\"}"
        case "long ratio":
            parameters["alpha"] = text
            hyper = "{\"ratio_param\": \"raw\"}"
        case "hyper": hyper = "{\"ratio_param\": \"magic\"}"
        case "range": hyper = "{\"residual_ratio\": 3}"
        default: parameters[names.1] = nil
        }
        try withFolder { url in
            try write(parameters, hyper: hyper, kind: kind, to: url)
            let error = #expect(throws: AdapterFileError.self) { try logits(url) }
            let text = error?.errorDescription ?? ""
            #expect(text.contains(says) && text.contains(url.path), "\(text)")
            #expect(!text.contains("\u{1b}") && !text.contains("\n"))
        }
    }

    @Test(arguments: ["fc.0.bias", "fc.4.weight", "alpha", "image_adapter.fc.2.bias", "optimizer.step"])
    func aTensorThatTheMethodDoesNotHaveIsRefused(name: String) throws {
        try withFolder { url in
            var tensors = layers("fc.0.weight", "fc.2.weight")
            tensors[name] = Tensor([1], shape: [1])
            try write(tensors, kind: nil, to: url)
            #expect(
                throws: AdapterFileError.surplusTensors(path: url.path, kind: "clip-adapter", names: [name])
            ) { try logits(url) }
        }
    }

    @Test(arguments: ["module.", "_orig_mod.module.", "model.adapter_of_mine."])
    func thePrefixOfAWrapperIsLeftOut(prefix: String) throws {
        try withFolder { url in
            try write(layers("fc.0.weight", "fc.2.weight"), kind: nil, to: url)
            let plain = try logits(url)
            try write(layers(prefix + "fc.0.weight", prefix + "fc.2.weight"), kind: nil, to: url)
            #expect(try logits(url) == plain)
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func aTensorThatIsNoNumberIsRefused(value: Float) throws {
        try withFolder { url in
            var tensors = layers("fc.0.weight", "fc.2.weight")
            tensors["fc.2.weight"]?.values[5] = value
            try write(tensors, kind: nil, to: url)
            #expect(throws: AdapterFileError.nonFinite(path: url.path, name: "fc.2.weight")) {
                try AdapterFile(contentsOf: url)
            }
        }
    }
}
