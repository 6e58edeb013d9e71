import Foundation
import Safetensors
import Tensors
import TestSupport
import Testing

@testable import FewShot

/// Every method that leaves a file answers from the file as it did before it was written.
@Suite struct MethodFileTests {
    private let inputs: MethodInputs
    private let features: Tensor<Float> = randomTensor([7, 6], seed: 5)
    private static let methods = MethodName.allCases.filter { $0 != .zeroShot }

    init() {
        let text = (randomTensor([4, 6], seed: 3) as Tensor<Float>).normalisedRows()
        inputs = MethodInputs(
            train: LabelledFeatures(features: randomTensor([8, 6], seed: 1), labels: [0, 1, 2, 3, 0, 1, 2, 3]),
            validation: LabelledFeatures(
                features: randomTensor([20, 6], seed: 2), labels: (0..<20).map { Int32($0 % 4) }),
            textFeatures: text, meanTextFeatures: Tensor(text.values.map { 3 * $0 }, shape: text.shape), logitScale: 10,
            batchSize: 8, seed: 1)
    }

    private func trained(_ name: MethodName) throws -> any AdaptationMethod {
        let method = try MethodRegistry.make(MethodConfiguration(name), inputs)
        if method.batching != .trainingFree {
            for step in 1...5 {
                _ = method.trainBatch(
                    features: inputs.train.features, rows: Array(0..<8)[...], labels: inputs.train.labels,
                    learningRate: 1e-2, step: step)
                method.endEpoch()
            }
        }
        _ = method.selectHyperparameters(validation: inputs.validation)
        return method
    }

    private func file(
        _ name: MethodName, _ parameters: [String: Tensor<Float>], _ hyper: HyperParameters, _ folder: URL
    ) throws -> URL {
        let url = folder.appending(path: "\(name.rawValue).safetensors")
        try AdapterFile(
            kind: name, parameters: parameters, hyper: hyper, classNames: ["a", "b", "c", "d"], templates: ["{}"],
            modelName: "model", modelChecksum: "0", training: [:]
        ).write(to: url, width: 6)
        return url
    }

    private func logits(_ url: URL) throws -> Tensor<Float> {
        try MethodRegistry.classifier(
            AdapterFile(contentsOf: url), textFeatures: inputs.textFeatures, logitScale: inputs.logitScale
        ).logits(features)
    }

    @Test(arguments: methods) func answersAsItDidBeforeItWasWritten(name: MethodName) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let method = try trained(name)
        let url = try file(name, method.adapterParameters(), method.hyperParameters, folder)
        #expect(try logits(url).largestDifference(from: method.logits(features)) < 1e-4)
    }

    @Test(arguments: methods) func restoringGivesTheSameAnswers(name: MethodName) throws {
        let method = try trained(name)
        let (before, answers) = (method.parameters(), method.logits(features))
        let other = try MethodRegistry.make(MethodConfiguration(name), inputs)
        other.restore(before)
        #expect(other.logits(features) == answers)
        #expect(other.parameters() == before)
    }

    @Test(arguments: methods) func aMissingParameterIsNamed(name: MethodName) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let method = try trained(name)
        for missing in method.adapterParameters().keys {
            var parameters = method.adapterParameters()
            parameters[missing] = nil
            let url = try file(name, parameters, method.hyperParameters, folder)
            #expect(throws: AdapterFileError.missingTensor(path: url.path, name: missing)) { try logits(url) }
        }
    }

    @Test(arguments: methods) func parametersOfAnotherShapeAreRefused(name: MethodName) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let method = try trained(name)
        for changed in method.adapterParameters().keys {
            var parameters = method.adapterParameters()
            parameters[changed] = Tensor(shape: [3, 5])
            let url = try file(name, parameters, method.hyperParameters, folder)
            #expect(throws: AdapterFileError.self, "\(changed)") { try logits(url) }
        }
    }

    @Test func namesOfOtherProgramsAreAcceptedToo() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, renamed) in [
            (MethodName.linearProbe, ["linear.weight": "coef_", "linear.bias": "intercept_"]),
            (.linearProbe, ["linear.weight": "weight", "linear.bias": "bias"]),
            (.tipAdapterF, ["weight": "adapter.weight"]),
        ] {
            let method = try trained(name)
            var parameters = method.parameters()
            for (ours, theirs) in renamed { parameters[theirs] = parameters.removeValue(forKey: ours) }
            let url = try file(name, parameters, method.hyperParameters, folder)
            #expect(try logits(url).largestDifference(from: method.logits(features)) < 1e-4)
        }
    }

    @Test func aCacheMayLieTheOtherWayRoundWithLabels() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let method = try trained(.tipAdapter)
        var parameters = method.parameters()
        parameters["cache_keys"] = parameters["cache_keys"]?.transposed()
        parameters["cache_values"] = Tensor(inputs.train.labels.map { Float($0) }, shape: [8])
        let url = try file(.tipAdapter, parameters, method.hyperParameters, folder)
        #expect(try logits(url).largestDifference(from: method.logits(features)) < 1e-4)
        parameters["cache_values"] = Tensor([0, 1, 2, 3, 0, 1, 2, 4], shape: [8])
        let wrong = try file(.tipAdapter, parameters, method.hyperParameters, folder)
        #expect(throws: AdapterFileError.self) { try logits(wrong) }
    }

    @Test func aSingleVectorOfScikitLearnIsTwoClasses() throws {
        let weight: Tensor<Float> = randomTensor([1, 6], seed: 8)
        let file = AdapterFile(
            kind: .linearProbe, parameters: ["coef_": weight, "intercept_": Tensor([0.5], shape: [1])],
            hyper: ["features": .text("projected")], classNames: ["a", "b"], templates: [], modelName: "",
            modelChecksum: "", training: [:])
        let text: Tensor<Float> = randomTensor([2, 6], seed: 3)
        let probabilities = try MethodRegistry.classifier(file, textFeatures: text, logitScale: 1).logits(features)
            .softmaxRows()
        for row in 0..<features.rows {
            let z = zip(features.row(row), weight.values).reduce(0.5) { $0 + Double($1.0) * Double($1.1) }
            #expect(abs(Double(probabilities[row, 1]) - 1 / (1 + exp(-z))) < 1e-5)
        }
    }
}
