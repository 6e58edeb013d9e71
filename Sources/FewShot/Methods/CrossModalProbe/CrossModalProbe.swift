import Tensors

/// The cross-modal linear probe: a head without bias on unit features, trained on pictures and, as further samples of
/// their classes, on the features of the prompts (arXiv 2301.06267; docs/methods.md, "cross-modal-probe").
///
///     L = mean CE(100 · x̂ Wᵀ, y)    over the rows of both kinds        dW = 100 · Gᵀ x̂
///
/// `W` `[classes, width]` starts at the unit text features and is not normalised.
public final class CrossModalProbe<Scalar: TensorScalar> {
    /// The multiplier of the logits.
    public static var logitScale: Scalar { 100 }

    /// The head `W` `[classes, width]`.
    public let weight: Matrix<Scalar>
    /// Gradient of the last ``lossAndGradient(_:rows:labels:prompts:)`` with respect to it.
    public let weightGradient: Matrix<Scalar>

    private let prompts: Tensor<Scalar>  // [prompts, width]
    private let promptLabels: [Int32]
    private let inputs: Matrix<Scalar>  // x̂: pictures, then prompts [batch, width]
    private let norms: Matrix<Scalar>  // [batch, 1]
    private let scores: Matrix<Scalar>  // z, then its gradient G [batch, classes]

    /// The head at its start.
    /// - Parameters:
    ///   - textFeatures: for each class the mean of its prompts' features, any length, `[classes, width]`.
    ///   - prompts: the feature of each prompt, any length, `[prompts, width]`.
    ///   - promptLabels: the class of each prompt.
    ///   - batchCapacity: the most pictures and prompts together that will come.
    /// - Precondition: a label for each prompt.
    public init(
        textFeatures: Tensor<Scalar>, prompts: Tensor<Scalar>, promptLabels: [Int32], batchCapacity: Int
    ) {
        precondition(prompts.rows == promptLabels.count, "\(promptLabels.count) labels for \(prompts.rows) prompts")
        weight = Matrix(textFeatures.normalisedRows())
        weightGradient = Matrix(rows: textFeatures.rows, columns: textFeatures.columns)
        self.prompts = prompts
        self.promptLabels = promptLabels
        inputs = Matrix(rows: batchCapacity, columns: textFeatures.columns)
        norms = Matrix(rows: batchCapacity, columns: 1)
        scores = Matrix(rows: batchCapacity, columns: textFeatures.rows)
    }

    /// The trained head, under the name of the official code.
    public var parameter: Parameter<Scalar> { Parameter("head.weight", weight, gradient: weightGradient) }

    /// The mean cross-entropy of a batch of pictures and prompts; the gradient is left in ``weightGradient``.
    /// - Parameters:
    ///   - features: image features, any norm, `[n, width]`.
    ///   - rows: which of them are in the batch.
    ///   - labels: the class of each of these rows.
    ///   - prompts: which of the prompts are in the batch.
    /// - Precondition: as many labels as rows, each a class; no more rows than the batch's capacity.
    public func lossAndGradient(
        _ features: Tensor<Scalar>, rows: ArraySlice<Int>, labels: [Int32], prompts chosen: [Int]
    ) -> Double {
        let labels = labels + chosen.map { promptLabels[$0] }
        let count = rows.count + chosen.count
        precondition(labels.count == count, "\(labels.count) labels for \(count) rows")
        precondition(labels.allSatisfy { $0 >= 0 && $0 < weight.rows }, "a label is not a class")
        inputs.rows = count
        inputs.slice(0..<rows.count).gatherRows(rows, of: features)
        inputs.slice(rows.count..<count).gatherRows(chosen, of: prompts)
        inputs.normaliseRows(norms: norms)
        scores.setProduct(inputs, weight, transposeB: true, alpha: Self.logitScale)
        let loss = Scalar.softmaxCrossEntropy(
            scores.elements, labels: labels, rows: count, columns: scores.columns, batch: count)
        weightGradient.setProduct(scores, transposeA: true, inputs, alpha: Self.logitScale)
        return loss / Double(max(count, 1))
    }
}

/// The trained head, ready to answer.
public final class CrossModalHead: FeatureClassifier {
    private let weight: Tensor<Float>  // W [classes, width]

    /// A head with these weights.
    public init(_ weight: Tensor<Float>) { self.weight = weight }

    /// What a file holds.
    /// - Parameter textFeatures: classifier weights of the file's own classes, `[classes, width]`.
    /// - Throws: ``AdapterFileError``.
    convenience init(_ file: AdapterFile, textFeatures: Tensor<Float>) throws {
        let weight = try file.tensor("head.weight")
        try file.require(weight.shape, textFeatures.shape, of: "head.weight")
        self.init(weight)
    }

    public func logits(_ features: Tensor<Float>) -> Tensor<Float> {
        features.normalisedRows().product(weight, transposeOther: true, alpha: CrossModalProbe.logitScale)
    }
}
