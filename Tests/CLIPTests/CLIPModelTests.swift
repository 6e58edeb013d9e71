import Foundation
import Tensors
import TestSupport
import Testing

@testable import CLIP

@Suite("The loaded model")
struct CLIPModelTests {
    private static let directory = Fixtures.samples.appending(path: "Model")
    private let model: CLIPModel

    init() throws { model = try CLIPModel(directory: Self.directory) }

    @Test("It says what it is")
    func facts() throws {
        #expect(model.name == "Samples/Model")
        #expect(model.embeddingWidth == 320)
        #expect(model.contextLength == 32)
        #expect(abs(model.logitScale - 34.3) < 0.05)
        #expect(model.preprocessing.size == 224)
        #expect(model.preprocessing.mean == [0.5, 0.5, 0.5])
        #expect(model.weightsChecksum.count == 64)
        #expect(model.weightsChecksum.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }

    @Test("An inspection finds the same without reading the weights")
    func inspection() throws {
        let inspection = try ModelInspection(directory: Self.directory)
        #expect(inspection.imageTower == "EfficientNet-Lite0")
        #expect(inspection.textTower == "transformer, 3 layers, width 320, 5 heads, MLP 1280")
        #expect(inspection.activations == [.quickGELU])
        #expect(inspection.dataTypes == ["F16"])
        // Trunk, and a projection from 1280 to 320.
        #expect(inspection.imageParameters == 3_371_008 + 1280 * 320)
        #expect(inspection.parameters == inspection.imageParameters + inspection.textParameters + 1)
        #expect(inspection.pictureCost.full == 769_125_824 - 2 * 1280 * (512 - 320))
        #expect(inspection.textCost(tokens: 8).full < inspection.textCost(tokens: 32).full)
        #expect(inspection.memoryBytes == 4 * inspection.parameters)
    }

    @Test("Several threads at once get what one gets")
    func concurrency() throws {
        let pixels = (0..<4).map { seed in
            Tensor<Float>(
                (0..<3 * 224 * 224).map { Float(($0 * (seed + 3)) % 255) / 127 - 1 }, shape: [1, 3, 224, 224])
        }
        let expected = pixels.map { model.encodeImages($0) }
        let results = Results(count: pixels.count)
        DispatchQueue.concurrentPerform(iterations: pixels.count) { index in
            results.set(index, model.encodeImages(pixels[index]))
        }
        #expect(results.all == expected)
    }

    @Test("A text's features do not depend on its company")
    func company() throws {
        let texts = (0..<150).map { "a photo of \($0) birds and " + String(repeating: "tree ", count: $0 % 20) }
        let together = try model.encodeTexts(texts)
        for index in [0, 19, 77, 149] {
            let alone = try model.encodeTexts([texts[index]])
            let worst = zip(alone.values, together.row(index)).map { abs($0 - $1) }.max() ?? .infinity
            #expect(worst < 1e-5)
        }
        #expect(try model.encodeTexts([]).shape == [0, 320])
    }

    @Test("Classifier weights: each prompt normalised, averaged, normalised")
    func classifier() throws {
        let templates = [PromptTemplate.standard, try PromptTemplate("the {}")]
        let weights = try model.classifierWeights(classNames: ["fish", "road_sign"], templates: templates)
        #expect(weights.shape == [2, 320])
        let features = try model.encodeTexts(["a photo of a road sign.", "the road sign"])
        func unit(_ vector: [Double]) -> [Double] {
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return vector.map { $0 / length }
        }
        let parts = (0..<2).map { unit(features.row($0).map(Double.init)) }
        let expected = unit(zip(parts[0], parts[1]).map { $0 + $1 })
        let worst = zip(weights.row(1), expected).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(worst < 1e-6)
    }

    @Test("Token ids that make no sense are refused")
    func tokens() throws {
        let end = model.tokenizer.endID
        #expect(throws: CLIPError.self) { try model.encodeTokens([[-1, end]]) }
        #expect(throws: CLIPError.self) { try model.encodeTokens([[8192, end]]) }
        #expect(throws: CLIPError.self) { try model.encodeTokens([Array(repeating: end, count: 33)]) }
        #expect(throws: CLIPError.self) { try model.encodeTokens([[]]) }
        // What follows the end has no influence.
        let padded = try model.encodeTokens([[8190, 320, end, 0, 0], [8190, 320, end, end, 17]])
        #expect(padded.row(0).elementsEqual(padded.row(1)))
    }

    /// A place for the results of several threads.
    private final class Results: @unchecked Sendable {
        private let lock = NSLock()
        private var tensors: [Tensor<Float>?]
        init(count: Int) { tensors = Array(repeating: nil, count: count) }
        func set(_ index: Int, _ tensor: Tensor<Float>) { lock.withLock { tensors[index] = tensor } }
        var all: [Tensor<Float>] { lock.withLock { tensors.compactMap { $0 } } }
    }
}
