import Tensors

/// The classifier weights of classes from their prompts (CLIP, arXiv 2103.00020, section 3.1; DePT, arXiv 2309.07439;
/// docs/methods.md#zero-shot; docs/methods.md#channel-re-weighting-head).
public struct ClassTexts: Sendable {
    /// A classifier from class names alone: each prompt's feature normalised, their mean per class, normalised again,
    /// `[classes, E]`, rows of length 1.
    public var classifier: Tensor<Float>
    /// For each class the mean of its prompts' features as encoded, not normalised, `[classes, E]`.
    public var means: Tensor<Float>
    /// The feature of each prompt as encoded, all prompts of a class side by side, `[prompts, E]`.
    public let prompts: Tensor<Float>
    /// The class of each prompt.
    public let promptLabels: [Int32]
    /// What of the prompts the model does not read, or reads as the same, one line each.
    public var warnings: [String] = []

    /// Averages the features of prompts class by class.
    ///
    /// - Parameters:
    ///   - features: one row a prompt, as encoded, all prompts of a class side by side, `[prompts, E]`.
    ///   - counts: how many prompts each class has, at least one.
    /// - Precondition: the counts add up to the rows.
    public init(features: Tensor<Float>, counts: [Int]) {
        precondition(counts.reduce(0, +) == features.rows, "\(features.rows) prompts, but counts for another number")
        prompts = features
        promptLabels = counts.enumerated().flatMap { [Int32](repeating: Int32($0), count: $1) }
        let width = features.columns
        var classifier: [Float] = []
        var means: [Float] = []
        var prompt = 0
        for count in counts {
            var directions = [Float](repeating: 0, count: width)
            var sum = directions
            for row in prompt..<prompt + count {
                let feature = features.row(row)
                for (column, value) in Self.normalised(feature).enumerated() { directions[column] += value }
                for (column, value) in feature.enumerated() { sum[column] += value }
            }
            classifier += Self.normalised(directions[...])
            means += sum.map { $0 / Float(count) }
            prompt += count
        }
        let shape = [counts.count, width]
        (self.classifier, self.means) = (Tensor(classifier, shape: shape), Tensor(means, shape: shape))
    }

    /// The vector with length 1; a vector of zeros stays one.
    private static func normalised(_ vector: ArraySlice<Float>) -> [Float] {
        let length = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        let scale = Float(1 / max(length, 1e-12))
        return vector.map { $0 * scale }
    }
}

extension CLIPModel {
    /// A classifier from class names and templates that all classes share.
    /// - Returns: `[classes, E]`, rows of length 1.
    /// - Throws: ``CLIPError``.
    public func classifierWeights(classNames: [String], templates: [PromptTemplate]) throws -> Tensor<Float> {
        try classTexts(classNames.map { name in templates.map { $0.prompt(for: name) } }).classifier
    }

    /// What sentences for each class become.
    /// - Parameter sentences: at least one for each class.
    /// - Throws: ``CLIPError``, also for classes that are equal only because their sentences do not fit the context.
    public func classTexts(_ sentences: [[String]]) throws -> ClassTexts {
        // A thousand classes with eighty prompts each are encoded piece by piece: what a piece needs is bounded.
        let sequences = tokenizer.sequences(sentences.flatMap { $0 }, contextLength: contextLength)
        let reading = PromptReading(
            sentences, sequences: sequences, tokenizer: tokenizer, contextLength: contextLength)
        let warnings = try reading.warnings()
        var features: [Float] = []
        for start in stride(from: 0, to: sequences.count, by: 1024) {
            features += try encodeTokens(sequences[start..<min(start + 1024, sequences.count)].map(\.ids)).values
        }
        var texts = ClassTexts(
            features: Tensor(features, shape: [sequences.count, embeddingWidth]), counts: sentences.map(\.count))
        texts.warnings = warnings
        return texts
    }
}
