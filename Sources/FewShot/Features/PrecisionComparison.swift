import CLIP
import Foundation
import Tensors

/// What an encoder gains and loses in reduced precision, measured on pictures.
public struct PrecisionComparison: Sendable, Equatable {
    /// Zero-shot answers on the pictures that have a label.
    public struct Answers: Sendable, Equatable {
        /// Pictures with a label.
        public var count: Int
        /// Classes to choose from.
        public var classes: Int
        /// The share of right answers, 0...1, with features in fp32 and in reduced precision.
        public var referenceTop1, top1: Double
        /// Pictures whose answer is another one, right or wrong.
        public var changed: Int

        /// Whether the model knows the classes at all: twice as often right as by guessing. If it does not, how often it is
        /// right says nothing of the precision.
        public var isAboveChance: Bool { referenceTop1 * Double(classes) >= 2 }
    }

    /// Pictures measured.
    public var pictures: Int
    /// The mean and the smallest cosine between a picture's features in fp32 and in reduced precision.
    public var meanCosine, leastCosine: Double
    /// Nil if no picture has a label.
    public var answers: Answers?
    /// Pictures a second on all cores, decoding included, in fp32 and in reduced precision.
    public var referenceSpeed, speed: Double

    /// Pictures that go through one encoder before it is the other's turn: what else the machine does falls on both.
    private static let turn = 64

    /// Encodes all readable pictures of a data set twice, past the cache.
    /// - Parameters:
    ///   - reference: the same model in fp32.
    /// - Throws: `DatasetError` if no picture can be read, `CLIPError`.
    public init(_ model: CLIPModel, reference: CLIPModel, dataset: Dataset) throws {
        let encoders = [reference, model].map { FeatureEncoder(model: $0, cache: nil) }
        var features: [[Float]] = [[], []]
        var seconds = [0.0, 0.0]
        var labels: [Int?] = []
        var firstReason: String?
        for start in stride(from: 0, to: dataset.items.count, by: Self.turn) {
            let items = Array(dataset.items[start..<min(start + Self.turn, dataset.items.count)])
            let encoded = try encoders.map { try $0.encode(items) }
            let unreadable = Set(encoded.flatMap(\.unreadable).map(\.index))
            firstReason = firstReason ?? encoded[0].unreadable.first?.reason
            let readable = items.indices.filter { !unreadable.contains($0) }
            labels += readable.map { items[$0].label }
            for index in encoders.indices {
                features[index] += encoded[index].features.gatheringRows(readable).values
                seconds[index] += encoded[index].seconds
            }
        }
        guard !labels.isEmpty else {
            throw DatasetError.noUsablePicture(
                path: dataset.root.path, tried: dataset.items.count, firstReason: firstReason ?? "there is none")
        }
        let shape = [labels.count, reference.embeddingWidth]
        self.init(
            reference: Tensor(features[0], shape: shape), features: Tensor(features[1], shape: shape), labels: labels,
            classifier: try reference.classifierWeights(classNames: dataset.classNames, templates: [.standard]))
        (referenceSpeed, speed) = (Double(labels.count) / seconds[0], Double(labels.count) / seconds[1])
    }

    /// Compares features `[pictures, width]` that are not normalised; speeds are left at 0.
    /// - Parameter classifier: unit text features, `[classes, width]`.
    init(reference: Tensor<Float>, features: Tensor<Float>, labels: [Int?], classifier: Tensor<Float>) {
        let (plain, reduced) = (reference.normalisedRows(), features.normalisedRows())
        let cosines = labels.indices.map { row in
            zip(plain.row(row), reduced.row(row)).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        }
        pictures = labels.count
        meanCosine = cosines.reduce(0, +) / Double(cosines.count)
        leastCosine = cosines.min() ?? 1
        (referenceSpeed, speed) = (0, 0)
        func answers(_ unit: Tensor<Float>) -> [Int] {
            let logits = unit.product(classifier, transposeOther: true)
            return labels.indices.map { ScoreRanking.best(in: logits.row($0)) ?? 0 }
        }
        let (before, after) = (answers(plain), answers(reduced))
        let labelled = labels.indices.filter { labels[$0] != nil }
        guard !labelled.isEmpty else { return }
        func share(_ given: [Int]) -> Double {
            Double(labelled.count { given[$0] == labels[$0] }) / Double(labelled.count)
        }
        self.answers = Answers(
            count: labelled.count, classes: classifier.rows, referenceTop1: share(before), top1: share(after),
            changed: labelled.count { before[$0] != after[$0] })
    }
}
