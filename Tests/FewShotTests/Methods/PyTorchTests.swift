import Foundation
import Safetensors
import Tensors
import TestSupport
import Testing

@testable import FewShot

/// Adapters go to PyTorch and come from there: every kind is read with `load_state_dict` and answers as ours does.
/// Skipped where there is no Python with torch and safetensors (`CLIPTOP_TEST_PYTHON` names one).
@Suite struct PyTorchTests {
    private static let python = Python.with("torch", "safetensors", "numpy")

    private let width = 16
    private let classes = 4
    private let scale: Float = 10
    private var features: Tensor<Float> { randomTensor([7, width], seed: 5) }
    private var text: Tensor<Float> { (randomTensor([classes, width], seed: 3) as Tensor<Float>).normalisedRows() }
    private var labels: [Int32] { [0, 1, 2, 3, 0, 1, 2, 3] }
    private var train: Tensor<Float> { randomTensor([8, width], seed: 1) }

    private var inputs: MethodInputs {
        MethodInputs(
            train: LabelledFeatures(features: train, labels: labels),
            validation: LabelledFeatures(
                features: randomTensor([20, width], seed: 2), labels: (0..<20).map { Int32($0 % 4) }),
            textFeatures: text, meanTextFeatures: Tensor(text.values.map { 3 * $0 }, shape: text.shape),
            logitScale: scale, batchSize: 8, seed: 1)
    }

    /// Every method, and a CLIP-Adapter with every branch and every kind of ratio.
    private var configurations: [String: MethodConfiguration] {
        var all: [String: MethodConfiguration] = [:]
        for name in MethodName.allCases where name != .zeroShot && name != .clipAdapter {
            all[name.rawValue] = MethodConfiguration(name)
        }
        for branch in ClipAdapterConfiguration.Branch.allCases {
            for mode in [ClipAdapterConfiguration.RatioMode.fixed, .learnable, .raw, .hyper] {
                var configuration = MethodConfiguration(.clipAdapter)
                configuration[ClipAdapterConfiguration.self] = ClipAdapterConfiguration(
                    branch: branch, residualRatio: 0.3, textRatio: 0.6, ratioMode: mode, secondReLU: branch != .text)
                all["clip-adapter-\(branch)-\(mode)"] = configuration
            }
        }
        all["linear-probe-projected"] = MethodConfiguration(.linearProbe)
        all["linear-probe-projected"]?["features"] = "projected"
        return all
    }

    private func trained(_ configuration: MethodConfiguration) throws -> any AdaptationMethod {
        let method = try MethodRegistry.make(configuration, inputs)
        if method.batching != .trainingFree {
            for step in 1...5 {
                _ = method.trainBatch(
                    features: train, rows: Array(0..<8)[...], labels: labels, learningRate: 1e-2, step: step)
                method.endEpoch()
            }
        }
        _ = method.selectHyperparameters(validation: inputs.validation)
        return method
    }

    private func write(_ method: any AdaptationMethod, _ kind: MethodName, to url: URL) throws {
        try AdapterFile(
            kind: kind, parameters: method.adapterParameters(), hyper: method.hyperParameters,
            classNames: ["a", "b", "c", "d"], templates: ["{}"], modelName: "model", modelChecksum: "0", training: [:]
        ).write(to: url, width: width)
    }

    private func answer(_ name: String, in folder: URL) throws -> Tensor<Float> {
        try SafetensorsFile(folder.appending(path: "answers").appending(path: name)).tensor("logits")
    }

    @Test(.enabled(if: python != nil, "no Python with torch and safetensors; CLIPTOP_TEST_PYTHON may name one"))
    func everyKindAnswersThereAsItDoesHereAndBack() throws {
        let python = try #require(Self.python)
        try withFileTree(["ours/", "theirs/", "answers/ours/", "answers/theirs/"]) { folder in
            try SafetensorsWriter.write(
                ["features": features, "text": text, "keys": train, "scale": Tensor([scale], shape: [1])],
                integers: ["labels": labels.map(Int64.init)], to: folder.appending(path: "inputs.safetensors"))
            var ours: [String: Tensor<Float>] = [:]
            for (name, configuration) in configurations {
                let method = try trained(configuration)
                try write(method, configuration.name, to: folder.appending(path: "ours/\(name).safetensors"))
                ours["\(name).safetensors"] = method.logits(features)
            }
            _ = try Python.run("adapters.py", with: python, [folder.path])
            for (name, logits) in ours {
                let difference = try answer("ours/" + name, in: folder).largestDifference(from: logits)
                #expect(difference < 1e-4, "\(name) differs by \(difference)")
            }
            let theirs = try FileManager.default.contentsOfDirectory(
                at: folder.appending(path: "theirs"), includingPropertiesForKeys: nil)
            // Four names in three widths, and the other kinds.
            #expect(theirs.count == 12 + 6)
            for url in theirs {
                let file = try AdapterFile(contentsOf: url)
                let logits = try MethodRegistry.classifier(file, textFeatures: text, logitScale: scale).logits(features)
                let difference = try answer("theirs/" + url.lastPathComponent, in: folder).largestDifference(
                    from: logits)
                #expect(difference < 1e-4, "\(url.lastPathComponent) differs by \(difference)")
            }
        }
    }

    /// What docs/programs.md tells PyTorch users to write does what it says.
    @Test(.enabled(if: python != nil, "no Python with torch and safetensors; CLIPTOP_TEST_PYTHON may name one"))
    func theLinesInTheDocumentationWork() throws {
        let python = try #require(Self.python)
        try withFileTree([:]) { folder in
            var configuration = MethodConfiguration(.clipAdapter)
            configuration["ratio"] = 0.4
            let method = try trained(configuration)
            try write(method, .clipAdapter, to: folder.appending(path: "adapter.safetensors"))
            try SafetensorsWriter.write(
                ["features": features, "text": text, "scale": Tensor([scale], shape: [1])],
                to: folder.appending(path: "inputs.safetensors"))
            let page = Fixtures.repository.appending(path: "docs/programs.md").path
            _ = try Python.run("documentation_example.py", with: python, [page, folder.path])
            let logits = try SafetensorsFile(folder.appending(path: "logits.safetensors")).tensor("logits")
            #expect(logits.largestDifference(from: method.logits(features)) < 1e-4)
        }
    }
}
