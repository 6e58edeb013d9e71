import Tensors

extension CLIPModel {
    /// A classifier from class names alone (spec few-shot-methods §5): each prompt's feature normalised, their mean per
    /// class, normalised again.
    /// - Returns: `[classes, E]`, rows of length 1.
    /// - Throws: ``CLIPError``.
    public func classifierWeights(classNames: [String], templates: [PromptTemplate]) throws -> Tensor<Float> {
        let prompts = classNames.flatMap { name in templates.map { $0.prompt(for: name) } }
        let features = try encodeTexts(prompts)
        var weights = Tensor<Float>(shape: [classNames.count, embeddingWidth])
        for index in classNames.indices {
            var sum = [Float](repeating: 0, count: embeddingWidth)
            for prompt in index * templates.count..<(index + 1) * templates.count {
                for (column, value) in normalised(features.row(prompt)).enumerated() { sum[column] += value }
            }
            weights.values.replaceSubrange(
                index * embeddingWidth..<(index + 1) * embeddingWidth, with: normalised(sum[...]))
        }
        return weights
    }

    /// The vector with length 1; a vector of zeros stays one.
    private func normalised(_ vector: ArraySlice<Float>) -> [Float] {
        let length = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        let scale = Float(1 / max(length, 1e-12))
        return vector.map { $0 * scale }
    }
}
