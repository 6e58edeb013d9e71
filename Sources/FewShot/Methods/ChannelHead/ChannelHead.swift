import Tensors

/// A channel re-weighting head: features and text are scaled and shifted channel by channel and meet in one linear head
/// (arXiv 2309.07439; docs/methods.md#channel-re-weighting-head; the channel-adjusted head of DePT).
///
///     image u = γ_v ⊙ f + δ_v        text r_k = γ_t ⊙ w_k + δ_t        (encoder outputs, not normalised)
///     z_head = u · Hᵀ + h            z_similarity = s · f̂ · ŵᵀ
///
/// A batch trains the head on its images and, with the same labels, on its classes' texts. At test time both answers are
/// fused: `z = (1 − λ) z_similarity + λ z_head`.
public final class ChannelHead<Scalar: TensorScalar> {
    /// What the loss is made of.
    public enum Loss: Sendable, Equatable {
        /// `CE(z_head)` over images and texts; for frozen encoders, whose similarity has nothing to train.
        case standalone
        /// `(1 − λ) CE(z_similarity) + λ CE(z_head)`.
        case joint
    }

    /// The parameters of a head, or their gradients.
    public struct Parameters {
        /// `γ_v` `[1, width]`.
        public let imageScale: Matrix<Scalar>
        /// `δ_v` `[1, width]`.
        public let imageShift: Matrix<Scalar>
        /// `γ_t` `[1, width]`.
        public let textScale: Matrix<Scalar>
        /// `δ_t` `[1, width]`.
        public let textShift: Matrix<Scalar>
        /// `H` `[classes, width]`.
        public let weight: Matrix<Scalar>
        /// `h` `[1, classes]`.
        public let bias: Matrix<Scalar>

        /// The names that DePT's code gives them, in the order of ``all``.
        static var names: [String] {
            [
                "film_lp_img.scale", "film_lp_img.bias", "film_lp_text.scale", "film_lp_text.bias",
                "linear_probe_proj.weight", "linear_probe_proj.bias",
            ]
        }

        /// All of them, in a fixed order.
        public var all: [Matrix<Scalar>] { [imageScale, imageShift, textScale, textShift, weight, bias] }

        /// Zero parameters.
        init(classes: Int, width: Int) {
            func row(_ columns: Int) -> Matrix<Scalar> { Matrix(rows: 1, columns: columns) }
            (imageScale, imageShift, textScale, textShift) = (row(width), row(width), row(width), row(width))
            weight = Matrix(rows: classes, columns: width)
            bias = row(classes)
        }
    }

    /// The parameters.
    public let parameters: Parameters
    /// Gradients of the last ``lossAndGradients(_:rows:labels:)``.
    public let gradients: Parameters
    /// Gradient of a joint loss with respect to the text features `[classes, width]`: what a prompt would learn from.
    public let textGradient: Matrix<Scalar>
    /// Share of the head, `λ`, 0...1.
    public var fusion: Double

    /// All parameters with their gradients; all but the weight are vectors.
    public var trained: [Parameter<Scalar>] {
        zip(Parameters.names, zip(parameters.all, gradients.all)).map { name, matrices in
            matrices.0 === parameters.weight
                ? Parameter(name, matrices.0, gradient: matrices.1)
                : Parameter(vector: name, matrices.0, gradient: matrices.1)
        }
    }

    private let loss: Loss
    private let text: Matrix<Scalar>  // W [classes, width]
    private let unitText: Matrix<Scalar>  // Ŵ [classes, width]
    private let textNorms: Matrix<Scalar>  // [classes, 1]
    private let logitScale: Scalar

    private let images: Matrix<Scalar>  // f [batch, width]
    private let unit: Matrix<Scalar>  // f̂ [batch, width]
    private let inputs: Matrix<Scalar>  // u, then r [2 batch, width]
    private let scores: Matrix<Scalar>  // z, then G [2 batch, classes]
    private let similarity: Matrix<Scalar>  // z, then G [batch, classes]
    private let inputGradient: Matrix<Scalar>  // [2 batch, width]
    private let norms: Matrix<Scalar>  // [batch, 1]

    /// A head with `γ = 1`, `δ = 0` on the given linear layer.
    /// - Parameters:
    ///   - textFeatures: text features as encoded, averaged over the templates, not normalised, `[classes, width]`.
    ///   - classifier: what the similarities are taken to, any norm, `[classes, width]`; `textFeatures` if nil.
    ///   - weight: `H` `[classes, width]`.
    ///   - bias: `h` `[classes]`.
    public init(
        textFeatures: Tensor<Scalar>, classifier: Tensor<Scalar>? = nil, logitScale: Scalar, weight: Tensor<Scalar>,
        bias: [Scalar], loss: Loss,
        fusion: Double = 0.7, batchCapacity: Int
    ) {
        let (classes, width) = (textFeatures.rows, textFeatures.columns)
        precondition(weight.shape == [classes, width] && bias.count == classes, "a head of another shape")
        self.loss = loss
        self.fusion = fusion
        self.logitScale = logitScale
        text = Matrix(textFeatures)
        unitText = Matrix(classifier ?? textFeatures)
        textNorms = Matrix(rows: classes, columns: 1)
        unitText.normaliseRows(norms: textNorms)
        parameters = Parameters(classes: classes, width: width)
        gradients = Parameters(classes: classes, width: width)
        textGradient = Matrix(rows: classes, columns: width)
        images = Matrix(rows: batchCapacity, columns: width)
        unit = Matrix(rows: batchCapacity, columns: width)
        inputs = Matrix(rows: 2 * batchCapacity, columns: width)
        scores = Matrix(rows: 2 * batchCapacity, columns: classes)
        similarity = Matrix(rows: batchCapacity, columns: classes)
        inputGradient = Matrix(rows: 2 * batchCapacity, columns: width)
        norms = Matrix(rows: batchCapacity, columns: 1)
        parameters.imageScale.assign(Tensor(repeating: 1, shape: [1, width]))
        parameters.textScale.assign(Tensor(repeating: 1, shape: [1, width]))
        parameters.weight.assign(weight)
        parameters.bias.assign(Tensor(bias, shape: [1, classes]))
    }

    /// The mean cross-entropy of a batch as ``Loss`` says; the gradients are left in ``gradients`` and, for a joint loss,
    /// in ``textGradient``.
    /// - Parameters:
    ///   - features: image features as encoded, `[n, width]`.
    ///   - rows: which of them make up the batch.
    ///   - labels: the class of each row of the batch.
    /// - Precondition: as many labels as rows, each a class.
    public func lossAndGradients(_ features: Tensor<Scalar>, rows: ArraySlice<Int>, labels: [Int32]) -> Double {
        precondition(labels.count == rows.count, "\(labels.count) labels for \(rows.count) rows")
        precondition(labels.allSatisfy { $0 >= 0 && $0 < text.rows }, "a label is not a class")
        let batch = rows.count
        images.gatherRows(rows, of: features)
        inputs.rows = 2 * batch
        adjust(images, parameters.imageScale, parameters.imageShift, into: inputs.elements)
        let width = images.columns
        for (row, label) in labels.enumerated() {
            let target = inputs.elements + (batch + row) * width
            let source = text.elements + Int(label) * width
            for j in 0..<width {
                target[j] = parameters.textScale.elements[j] * source[j] + parameters.textShift.elements[j]
            }
        }
        scores.setProduct(inputs, parameters.weight, transposeB: true)
        addBias(scores)
        let weight = loss == .joint ? fusion : 1
        let headLoss = Scalar.softmaxCrossEntropy(
            scores.elements, labels: labels + labels, rows: 2 * batch, columns: scores.columns, batch: 2 * batch)
        backward(labels: labels, weight: Scalar(weight))
        let value = weight * headLoss / Double(max(2 * batch, 1))
        return loss == .joint ? value + (1 - fusion) * similarityLoss(labels) : value
    }

    /// `result ← scale ⊙ x + shift` for each row of `x`.
    private func adjust(
        _ x: Matrix<Scalar>, _ scale: Matrix<Scalar>, _ shift: Matrix<Scalar>, into result: UnsafeMutablePointer<Scalar>
    ) {
        let (width, gamma, delta) = (x.columns, scale.elements, shift.elements)
        for row in 0..<x.rows {
            let (from, to) = (x.elements + row * width, result + row * width)
            for j in 0..<width { to[j] = gamma[j] * from[j] + delta[j] }
        }
    }

    private func addBias(_ scores: Matrix<Scalar>) {
        for row in 0..<scores.rows {
            Scalar.add(scores.elements + row * scores.columns, parameters.bias.elements, count: scores.columns)
        }
    }

    /// From the gradient of the head's logits, times `weight`, to the parameters' gradients.
    private func backward(labels: [Int32], weight: Scalar) {
        let (batch, width) = (labels.count, images.columns)
        gradients.weight.setProduct(scores, transposeA: true, inputs, alpha: weight)  // dH = Gᵀ · [u; r]
        for matrix in gradients.all where matrix !== gradients.weight {
            matrix.elements.update(repeating: 0, count: matrix.count)
        }
        for row in 0..<scores.rows {
            let g = scores.elements + row * scores.columns
            for k in 0..<scores.columns { gradients.bias.elements[k] += weight * g[k] }
        }
        inputGradient.setProduct(scores, parameters.weight, alpha: weight)  // [du; dr] = G · H
        textGradient.elements.update(repeating: 0, count: textGradient.count)
        let (gv, dv) = (gradients.imageScale.elements, gradients.imageShift.elements)
        let (gt, dt) = (gradients.textScale.elements, gradients.textShift.elements)
        for (row, label) in labels.enumerated() {
            let (du, f) = (inputGradient.elements + row * width, images.elements + row * width)
            let dr = inputGradient.elements + (batch + row) * width
            let (w, dw) = (text.elements + Int(label) * width, textGradient.elements + Int(label) * width)
            for j in 0..<width {
                gv[j] += du[j] * f[j]
                dv[j] += du[j]
                gt[j] += dr[j] * w[j]
                dt[j] += dr[j]
                dw[j] += parameters.textScale.elements[j] * dr[j]
            }
        }
    }

    /// The mean cross-entropy of the similarities; adds its part, `(1 − λ)` times, to ``textGradient``.
    private func similarityLoss(_ labels: [Int32]) -> Double {
        unit.rows = images.rows
        unit.elements.update(from: images.elements, count: images.count)
        unit.normaliseRows(norms: norms)
        similarity.setProduct(unit, unitText, transposeB: true, alpha: logitScale)
        let sum = Scalar.softmaxCrossEntropy(
            similarity.elements, labels: labels, rows: similarity.rows, columns: similarity.columns,
            batch: labels.count)
        let gradient = Matrix<Scalar>(rows: text.rows, columns: text.columns)
        gradient.setProduct(similarity, transposeA: true, unit, alpha: logitScale * Scalar(1 - fusion))
        gradient.normaliseRowsBackward(unit: unitText, norms: textNorms)
        textGradient.add(gradient)
        return sum / Double(max(labels.count, 1))
    }

    /// What the head says, `[n, classes]`, for features as encoded `[n, width]`.
    public func headLogits(_ features: Tensor<Scalar>) -> Tensor<Scalar> {
        let adjusted = Matrix<Scalar>(rows: features.rows, columns: features.columns)
        adjust(Matrix(features), parameters.imageScale, parameters.imageShift, into: adjusted.elements)
        let scores = Matrix<Scalar>(rows: features.rows, columns: text.rows)
        scores.setProduct(adjusted, parameters.weight, transposeB: true)
        addBias(scores)
        return scores.tensor
    }

    /// What the similarities say, `[n, classes]`: zero-shot.
    public func similarityLogits(_ features: Tensor<Scalar>) -> Tensor<Scalar> {
        features.normalisedRows().product(unitText.tensor, transposeOther: true, alpha: logitScale)
    }

    /// Both fused, `[n, classes]`.
    public func logits(_ features: Tensor<Scalar>) -> Tensor<Scalar> {
        Self.fused(similarity: similarityLogits(features), head: headLogits(features), fusion: fusion)
    }

    /// `(1 − λ) z_similarity + λ z_head`; the ends are given back as they are.
    static func fused(similarity: Tensor<Scalar>, head: Tensor<Scalar>, fusion: Double) -> Tensor<Scalar> {
        if fusion == 0 { return similarity }
        if fusion == 1 { return head }
        let (keep, take) = (Scalar(1 - fusion), Scalar(fusion))
        return Tensor(zip(similarity.values, head.values).map { keep * $0 + take * $1 }, shape: similarity.shape)
    }
}
