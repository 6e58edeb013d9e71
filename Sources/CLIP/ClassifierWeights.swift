import Tensors

extension CLIPModel {
    /// A classifier from class names alone (spec few-shot-methods §5): each prompt's feature normalised, their mean per
    /// class, normalised again.
    /// - Returns: `[classes, E]`, rows of length 1.
    /// - Throws: ``CLIPError``.
    public func classifierWeights(classNames: [String], templates: [PromptTemplate]) throws -> Tensor<Float> {
        try classTexts(classNames: classNames, templates: templates).classifier
    }

    /// What the class names' prompts become (spec few-shot-methods §5, §11).
    /// - Returns: the classifier `[classes, E]` of ``classifierWeights(classNames:templates:)``, and for each class the
    ///   mean of its prompts' features as encoded, not normalised, `[classes, E]`.
    /// - Throws: ``CLIPError``.
    public func classTexts(
        classNames: [String], templates: [PromptTemplate]
    ) throws -> (classifier: Tensor<Float>, means: Tensor<Float>) {
        let prompts = classNames.flatMap { name in templates.map { $0.prompt(for: name) } }
        let features = try encodeTexts(prompts)
        var classifier: [Float] = []
        var means: [Float] = []
        for index in classNames.indices {
            var directions = [Float](repeating: 0, count: embeddingWidth)
            var sum = directions
            for prompt in index * templates.count..<(index + 1) * templates.count {
                let feature = features.row(prompt)
                for (column, value) in normalised(feature).enumerated() { directions[column] += value }
                for (column, value) in feature.enumerated() { sum[column] += value }
            }
            classifier += normalised(directions[...])
            means += sum.map { $0 / Float(templates.count) }
        }
        let shape = [classNames.count, embeddingWidth]
        return (Tensor(classifier, shape: shape), Tensor(means, shape: shape))
    }

    /// The vector with length 1; a vector of zeros stays one.
    private func normalised(_ vector: ArraySlice<Float>) -> [Float] {
        let length = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        let scale = Float(1 / max(length, 1e-12))
        return vector.map { $0 * scale }
    }
}
