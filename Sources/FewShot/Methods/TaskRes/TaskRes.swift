import Tensors

/// TaskRes: a trained residual on the text features of the classes (arXiv 2211.10277; docs/methods.md, "taskres").
///
///     r_k = t_k + α x_k        z = s · f̂ · r̂ᵀ        t_k un-normalised, X [classes, width] = 0 at the start
///
/// The logits do not depend on the length of `r_k`.
public final class TaskRes<Scalar: TensorScalar> {
    /// The residuals `X` `[classes, width]`.
    public let residuals: Matrix<Scalar>
    /// Gradient of the last ``lossAndGradient(_:rows:labels:)`` with respect to them.
    public let residualGradient: Matrix<Scalar>
    /// Text features of the classes, not normalised, `T` `[classes, width]`.
    public let text: Tensor<Scalar>
    /// Weight of the residuals, `α`.
    public let alpha: Double

    private let logitScale: Scalar  // s
    private let unitText: Matrix<Scalar>  // r̂ [classes, width]
    private let textNorms: Matrix<Scalar>  // ‖r‖ [classes, 1]
    private let images: Matrix<Scalar>  // f̂ [batch, width]
    private let imageNorms: Matrix<Scalar>  // [batch, 1]
    private let scores: Matrix<Scalar>  // z, then its gradient G [batch, classes]

    /// Residuals of zero, with which it is zero-shot.
    /// - Parameters:
    ///   - textFeatures: `T`, one row a class, any length, `[classes, width]`.
    ///   - logitScale: the multiplier of the cosines.
    ///   - batchCapacity: the largest batch that will come.
    public init(textFeatures: Tensor<Scalar>, alpha: Double, logitScale: Scalar, batchCapacity: Int) {
        let (classes, width) = (textFeatures.rows, textFeatures.columns)
        text = textFeatures
        self.alpha = alpha
        self.logitScale = logitScale
        residuals = Matrix(rows: classes, columns: width)
        residualGradient = Matrix(rows: classes, columns: width)
        unitText = Matrix(rows: classes, columns: width)
        textNorms = Matrix(rows: classes, columns: 1)
        images = Matrix(rows: batchCapacity, columns: width)
        imageNorms = Matrix(rows: batchCapacity, columns: 1)
        scores = Matrix(rows: batchCapacity, columns: classes)
    }

    /// The trained residuals, under the name of the official code.
    public var parameter: Parameter<Scalar> {
        Parameter("prompt_learner.text_feature_residuals", residuals, gradient: residualGradient)
    }

    /// `r̂ ← normalize(t + α x)`.
    private func setClassifier() {
        unitText.assign(text)
        let weight = Scalar(alpha)
        for i in 0..<unitText.count { unitText.elements[i] += weight * residuals.elements[i] }
        unitText.normaliseRows(norms: textNorms)
    }

    /// The mean cross-entropy of a batch; the gradient is left in ``residualGradient``:
    /// `dr̂ = s · Gᵀ f̂`, `dX = α · (dr̂ − r̂⟨r̂, dr̂⟩) / ‖r‖`.
    /// - Parameters:
    ///   - features: image features, any norm, `[n, width]`.
    ///   - rows: which of them make up the batch.
    ///   - labels: the class of each row of the batch.
    /// - Precondition: as many labels as rows, each a class; no more rows than the batch's capacity.
    public func lossAndGradient(_ features: Tensor<Scalar>, rows: ArraySlice<Int>, labels: [Int32]) -> Double {
        precondition(labels.count == rows.count, "\(labels.count) labels for \(rows.count) rows")
        precondition(labels.allSatisfy { $0 >= 0 && $0 < text.rows }, "a label is not a class")
        images.gatherRows(rows, of: features)
        images.normaliseRows(norms: imageNorms)
        setClassifier()
        scores.setProduct(images, unitText, transposeB: true, alpha: logitScale)
        let loss = Scalar.softmaxCrossEntropy(
            scores.elements, labels: labels, rows: rows.count, columns: scores.columns, batch: rows.count)
        residualGradient.setProduct(scores, transposeA: true, images, alpha: logitScale * Scalar(alpha))
        residualGradient.normaliseRowsBackward(unit: unitText, norms: textNorms)
        return loss / Double(max(rows.count, 1))
    }

    /// Class logits `[n, classes]` for features `[n, width]` of any norm.
    public func logits(_ features: Tensor<Scalar>) -> Tensor<Scalar> {
        setClassifier()
        return features.normalisedRows().product(unitText.tensor, transposeOther: true, alpha: logitScale)
    }
}
