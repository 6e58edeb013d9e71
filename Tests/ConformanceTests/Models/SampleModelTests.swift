import CLIP
import Foundation
import Pictures
import Safetensors
import Tensors
import TestSupport
import Testing

/// The bundled model against what open_clip makes of it.
@Suite("The bundled model")
struct SampleModelTests {
    private let model: CLIPModel
    private let expected: SafetensorsFile
    private let description: Description

    private struct Description: Decodable {
        let files: [String]
        let classes: [String]
    }

    init() throws {
        let folder = Fixtures.repository.appending(path: "Tests/Fixtures/sample-expected")
        model = try CLIPModel(directory: Fixtures.samples.appending(path: "Model"))
        expected = try SafetensorsFile(folder.appending(path: "expected.safetensors"))
        description = try JSONDecoder().decode(
            Description.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
    }

    @Test("The features of the first picture are open_clip's")
    func firstPicture() throws {
        let pixels = try expected.tensor("pixels_first")
        let features = model.encodeImages(pixels.reshaped([1] + pixels.shape))
        let reference = try expected.tensor("image_features").gatheringRows([0])
        #expect(features.shape == reference.shape)
        let comparison = FeatureComparison(features, reference)
        #expect(comparison.largestDifference < 1e-4, "\(comparison)")
        #expect(comparison.smallestCosine > 0.999999, "\(comparison)")
    }

    @Test("The token ids and features of the class prompts are open_clip's")
    func texts() throws {
        let prompts = description.classes.map { PromptTemplate.standard.prompt(for: $0) }
        let ids = try expected.integers("input_ids")
        for (index, sequence) in model.tokenizer.sequences(prompts, contextLength: model.contextLength).enumerated() {
            // What the reference pads with is of no consequence.
            let padded = ids[index * model.contextLength..<(index + 1) * model.contextLength]
            #expect(Array(padded.prefix(sequence.ids.count)) == sequence.ids)
        }
        let features = try model.encodeTexts(prompts)
        let comparison = FeatureComparison(features, try expected.tensor("text_features"))
        #expect(comparison.largestDifference < 1e-4, "\(comparison)")
        #expect(comparison.smallestCosine > 0.999999, "\(comparison)")
    }

    @Test("The features of every picture are open_clip's, and so is the zero-shot accuracy")
    func allPictures() throws {
        let images = Fixtures.samples.appending(path: "Images")
        let reference = try expected.tensor("image_features")
        let labels = try expected.integers("labels")
        try #require(description.files.count == reference.rows && labels.count == reference.rows)
        let size = model.preprocessing.size
        var features = Tensor<Float>(shape: reference.shape)
        let batchSize = 16
        for start in stride(from: 0, to: reference.rows, by: batchSize) {
            let files = description.files[start..<min(start + batchSize, reference.rows)]
            var pixels: [Float] = []
            for file in files {
                pixels += try model.preprocessing.pixels(of: decodePicture(contentsOf: images.appending(path: file)))
            }
            let encoded = model.encodeImages(Tensor(pixels, shape: [files.count, 3, size, size]))
            features.values.replaceSubrange(
                start * reference.columns..<(start + files.count) * reference.columns, with: encoded.values)
        }
        let comparison = FeatureComparison(features, reference)
        #expect(comparison.largestDifference < 1e-4, "\(comparison)")
        #expect(comparison.smallestCosine >= 0.9999, "\(comparison)")

        let classifier = try model.classifierWeights(classNames: description.classes, templates: [.standard])
        let logits = features.product(classifier, transposeOther: true)
        let correct = labels.indices.count { index in
            let row = logits.row(index)
            return row.indices.max { row[$0] < row[$1] } == row.startIndex + labels[index]
        }
        let referenceLogits = try expected.tensor("logits")
        let referenceCorrect = labels.indices.count { index in
            let row = referenceLogits.row(index)
            return row.indices.max { row[$0] < row[$1] } == row.startIndex + labels[index]
        }
        #expect(correct == referenceCorrect)
    }
}
