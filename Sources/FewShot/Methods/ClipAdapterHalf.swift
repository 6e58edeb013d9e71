import Tensors

/// Half of a batch on its way through a ``ClipAdapter``: forward and backward below each other, step by step, in buffers
/// that are allocated once.
final class ClipAdapterHalf<Scalar: TensorScalar> {
    /// The most rows it can take.
    let capacity: Int
    let firstGradient: Matrix<Scalar>
    let secondGradient: Matrix<Scalar>
    /// The sum of the rows' losses of the last ``lossAndGradients(labels:batch:)``.
    private(set) var loss = 0.0

    private let configuration: ClipAdapterConfiguration
    private let first: Matrix<Scalar>  // W1 [hidden, width], shared
    private let second: Matrix<Scalar>  // W2 [width, hidden], shared
    private let classifier: Matrix<Scalar>  // Ŵ [classes, width], shared
    private let logitScale: Scalar  // s

    private let features: Matrix<Scalar>  // f [rows, width]
    private let dropped: Matrix<Scalar>  // f after dropout [rows, width]
    private let hidden: Matrix<Scalar>  // h [rows, hidden]
    private let adapted: Matrix<Scalar>  // A [rows, width]
    private let unit: Matrix<Scalar>  // ĝ [rows, width]
    private let scores: Matrix<Scalar>  // z, then its gradient [rows, classes]
    private let gradient: Matrix<Scalar>  // dĝ, dg, dU2 in turn [rows, width]
    private let hiddenGradient: Matrix<Scalar>  // dU1 [rows, hidden]
    private var norms: [Scalar]  // ‖g‖ [rows]
    /// What enters the adapter, `x` `[rows, width]`: the features, or the features after dropout.
    private var input: Matrix<Scalar>

    init(
        configuration: ClipAdapterConfiguration, first: Matrix<Scalar>, second: Matrix<Scalar>,
        classifier: Matrix<Scalar>, logitScale: Scalar, capacity: Int
    ) {
        let (hidden, width) = (first.rows, first.columns)
        self.configuration = configuration
        self.first = first
        self.second = second
        self.classifier = classifier
        self.logitScale = logitScale
        self.capacity = capacity
        firstGradient = Matrix(rows: hidden, columns: width)
        secondGradient = Matrix(rows: width, columns: hidden)
        features = Matrix(rows: capacity, columns: width)
        dropped = Matrix(rows: capacity, columns: width)
        self.hidden = Matrix(rows: capacity, columns: hidden)
        adapted = Matrix(rows: capacity, columns: width)
        unit = Matrix(rows: capacity, columns: width)
        scores = Matrix(rows: capacity, columns: classifier.rows)
        gradient = Matrix(rows: capacity, columns: width)
        hiddenGradient = Matrix(rows: capacity, columns: hidden)
        norms = Array(repeating: 1, count: capacity)
        input = features
    }

    /// Loads rows of `features`; row `maskStart` of the mask belongs to the first of them.
    func load(
        _ features: Tensor<Scalar>, rows: ArraySlice<Int>, mask: Matrix<Scalar>? = nil, maskStart: Int = 0
    ) {
        self.features.gatherRows(rows, of: features)
        if let mask { dropped.setElementwiseProduct(self.features, mask, firstRow: maskStart) }
        input = mask == nil ? self.features : dropped
    }

    /// The logits of the loaded rows.
    var logits: UnsafeBufferPointer<Scalar> { UnsafeBufferPointer(start: scores.elements, count: scores.count) }

    /// From the loaded rows to the logits.
    func forward() {
        hidden.setProduct(input, first, transposeB: true)  // u1 = x · W1ᵀ
        hidden.rectify()  // h = relu(u1)
        adapted.setProduct(hidden, second, transposeB: true)  // u2 = h · W2ᵀ
        if configuration.secondReLU { adapted.rectify() }  // A = relu(u2)
        unit.setBlend(Scalar(configuration.residualRatio), adapted, features)  // g = α·A + (1−α)·f
        unit.normaliseRows(norms: &norms)  // ĝ = g / ‖g‖
        scores.setProduct(unit, classifier, transposeB: true, alpha: logitScale)  // z = s · ĝ · Ŵᵀ
    }

    /// From the gradient of the logits, which stands in their place, to the gradients of both layers (spec 7.6).
    private func backward() {
        let ratio = Scalar(configuration.residualRatio)
        gradient.setProduct(scores, classifier, alpha: logitScale)  // dĝ = s · dz · Ŵ
        gradient.normaliseRowsBackward(unit: unit, norms: norms)  // dg
        if configuration.secondReLU { gradient.rectifyBackward(output: adapted) }  // dU2 / α = dg ⊙ [u2 > 0]
        secondGradient.setProduct(gradient, transposeA: true, hidden, alpha: ratio)  // dW2 = dU2ᵀ · h
        hiddenGradient.setProduct(gradient, second, alpha: ratio)
        hiddenGradient.rectifyBackward(output: hidden)  // dU1 = (dU2 · W2) ⊙ [u1 > 0]
        firstGradient.setProduct(hiddenGradient, transposeA: true, input)  // dW1 = dU1ᵀ · x
    }

    /// Leaves loss and gradients of the loaded rows, which belong to a batch of `batch` rows.
    func lossAndGradients(labels: ArraySlice<Int32>, batch: Int) {
        forward()
        loss = labels.withUnsafeBufferPointer {
            guard let labels = $0.baseAddress else { return 0 }
            return Scalar.softmaxCrossEntropy(
                scores.elements, labels: labels, rows: scores.rows, columns: scores.columns, batch: batch)
        }
        backward()
    }
}
