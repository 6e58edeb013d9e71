import Tensors

/// One residual adapter with its parameters and the buffers of a batch: the image side of a ``ClipAdapter``, where the
/// rows are pictures, or its text side, where they are classes (spec, few-shot 7.1).
///
///     A(f) = [ReLU]( ReLU(f · W1ᵀ) · W2ᵀ )        W1 [hidden, width], W2 [width, hidden], no biases
///     g    = α · A(f) + (1 − α) · f,   ĝ = g / ‖g‖
public final class ResidualAdapter<Scalar: TensorScalar> {
    /// First layer `[hidden, width]`.
    public let first: Matrix<Scalar>
    /// Second layer `[width, hidden]`.
    public let second: Matrix<Scalar>
    /// The residual ratio.
    public let ratio: ResidualRatio<Scalar>
    let firstGradient, secondGradient: Matrix<Scalar>
    let secondReLU: Bool

    let features: Matrix<Scalar>  // f [rows, width]
    let dropped: Matrix<Scalar>  // f after dropout [rows, width]
    let hidden: Matrix<Scalar>  // h [rows, hidden]
    let adapted: Matrix<Scalar>  // A [rows, width]
    let unit: Matrix<Scalar>  // ĝ [rows, width]
    let gradient: Matrix<Scalar>  // dĝ, dg, dU2 in turn [rows, width]
    let hiddenGradient: Matrix<Scalar>  // dU1 [rows, hidden]
    let ratios: Matrix<Scalar>  // α of each row, where they differ [rows, 1]
    let slopes: Matrix<Scalar>  // dα of each row, where it is trained [rows, 1]
    /// Whether `dropped` is what enters the adapter.
    var usesDropout = false

    /// - Parameters:
    ///   - first: `[hidden, width]`.
    ///   - second: `[width, hidden]`.
    ///   - capacity: the most rows that will come.
    /// - Precondition: the shapes follow each other.
    init(
        first: Tensor<Scalar>, second: Tensor<Scalar>, ratio: ResidualRatio<Scalar>, secondReLU: Bool, capacity: Int
    ) {
        let (hidden, width) = (first.rows, first.columns)
        precondition(second.rows == width && second.columns == hidden, "\(second.shape) does not follow \(first.shape)")
        self.first = Matrix(first)
        self.second = Matrix(second)
        self.ratio = ratio
        self.secondReLU = secondReLU
        func buffer(_ columns: Int) -> Matrix<Scalar> { Matrix(rows: capacity, columns: columns) }
        firstGradient = Matrix(rows: hidden, columns: width)
        secondGradient = Matrix(rows: width, columns: hidden)
        (features, dropped, adapted) = (buffer(width), buffer(width), buffer(width))
        (unit, gradient) = (buffer(width), buffer(width))
        (self.hidden, hiddenGradient) = (buffer(hidden), buffer(hidden))
        (ratios, slopes) = (buffer(1), buffer(1))
    }

    /// Everything that is trained, by part: `layers` and the ratio's.
    var parameters: [(suffix: ParameterSuffix, value: Matrix<Scalar>, gradient: Matrix<Scalar>)] {
        [
            (.first, first, firstGradient), (.second, second, secondGradient),
            (.ratio, ratio.scalar, ratio.scalarGradient), (.ratioWeight, ratio.weight, ratio.weightGradient),
            (.ratioBias, ratio.bias, ratio.biasGradient),
        ].filter { $0.1.rows > 0 }
    }

    /// What a parameter is.
    enum ParameterSuffix { case first, second, ratio, ratioWeight, ratioBias }

    /// Sets the number of rows of the batch.
    func setRows(_ count: Int) {
        for buffer in [features, dropped, hidden, adapted, unit, gradient, hiddenGradient, ratios, slopes] {
            buffer.rows = count
        }
    }

    /// The gradients of the layers, half of their rows each, once all rows of the batch have gone backward; the ratio's
    /// come with the first half.
    func parameterGradients(half: Int) {
        let scale = ratio.isPerRow ? 1 : ratio.value
        secondGradient.setRows(  // dW2 = dU2ᵀ · h
            Self.half(half, of: second.rows), ofTransposed: gradient, times: hidden, alpha: scale)
        firstGradient.setRows(  // dW1 = dU1ᵀ · x
            Self.half(half, of: first.rows), ofTransposed: hiddenGradient, times: usesDropout ? dropped : features)
        if half == 0, ratio.isTrained { ratio.setGradients(slopes: slopes, ratios: ratios, unitRows: features) }
    }

    static func half(_ half: Int, of count: Int) -> Range<Int> {
        half == 0 ? 0..<(count + 1) / 2 : (count + 1) / 2..<count
    }
}

/// Some of the rows of a batch on their way through a ``ResidualAdapter``: forward and backward below each other, step by
/// step. Each core has its own rows, and each picture's figures depend on no other row.
struct AdapterRows<Scalar: TensorScalar> {
    private let adapter: ResidualAdapter<Scalar>
    private let features, dropped, hidden, adapted, unit, gradient, hiddenGradient, ratios, slopes: Matrix<Scalar>
    private let norms: Matrix<Scalar>  // ‖g‖ [rows, 1]

    init(_ adapter: ResidualAdapter<Scalar>, _ range: Range<Int>) {
        self.adapter = adapter
        features = adapter.features.slice(range)
        dropped = adapter.dropped.slice(range)
        hidden = adapter.hidden.slice(range)
        adapted = adapter.adapted.slice(range)
        unit = adapter.unit.slice(range)
        gradient = adapter.gradient.slice(range)
        hiddenGradient = adapter.hiddenGradient.slice(range)
        ratios = adapter.ratios.slice(range)
        slopes = adapter.slopes.slice(range)
        norms = Matrix(rows: range.count, columns: 1)
    }

    /// Takes features in; row `maskStart` of the mask belongs to the first of them.
    func load(_ source: Tensor<Scalar>, rows: ArraySlice<Int>, mask: Matrix<Scalar>? = nil, maskStart: Int = 0) {
        features.gatherRows(rows, of: source)
        // Only the hyper-network sees the norm of a feature (spec 7.2).
        if adapter.ratio.isPerRow { features.normaliseRows(norms: norms) }
        if let mask { dropped.setElementwiseProduct(features, mask, firstRow: maskStart) }
    }

    /// From the features to ĝ.
    /// - Parameter override: another ratio than the adapter's own.
    func forward(ratio override: Scalar? = nil) {
        let input = adapter.usesDropout ? dropped : features
        hidden.setProduct(input, adapter.first, transposeB: true)  // u1 = x · W1ᵀ
        hidden.rectify()  // h = relu(u1)
        adapted.setProduct(hidden, adapter.second, transposeB: true)  // u2 = h · W2ᵀ
        if adapter.secondReLU { adapted.rectify() }  // A = relu(u2)
        if let override {
            unit.setBlend(override, adapted, features)
        } else if adapter.ratio.isPerRow {
            adapter.ratio.setRatios(ratios, for: features)
            unit.setBlend(ratios, adapted, features)
        } else {
            unit.setBlend(adapter.ratio.value, adapted, features)  // g = α·A + (1−α)·f
        }
        unit.normaliseRows(norms: norms)  // ĝ = g / ‖g‖
    }

    /// From dĝ, which stands in `gradient`, to dU2 (without the factor α, unless it differs from row to row) in its place
    /// and dU1 (spec 7.6).
    func backward() {
        let ratio = adapter.ratio
        gradient.normaliseRowsBackward(unit: unit, norms: norms)  // dg
        if ratio.isTrained { setSlopes() }
        if ratio.isPerRow { gradient.scaleRows(ratios) }
        if adapter.secondReLU { gradient.rectifyBackward(output: adapted) }  // dU2 = α · dg ⊙ [u2 > 0]
        hiddenGradient.setProduct(gradient, adapter.second, alpha: ratio.isPerRow ? 1 : ratio.value)
        hiddenGradient.rectifyBackward(output: hidden)  // dU1 = (dU2 · W2) ⊙ [u1 > 0]
    }

    /// `dα_n = ⟨dg_n, A_n − f_n⟩`.
    private func setSlopes() {
        let residual = Matrix<Scalar>(rows: slopes.rows, columns: 1)
        slopes.setRowProducts(gradient, adapted)
        residual.setRowProducts(gradient, features)
        for row in 0..<slopes.rows { slopes.elements[row] -= residual.elements[row] }
    }
}
