import Tensors

/// One residual adapter with its parameters and the buffers of a batch: the image side of a ``ClipAdapter``, where the
/// columns are pictures, or its text side, where they are classes (arXiv 2110.04544; docs/methods.md#clip-adapter;
/// there each picture is a row).
///
///     A(f) = [ReLU]( W2 · ReLU(W1 · f) )        W1 [hidden, width], W2 [width, hidden], no biases
///     g    = α · A(f) + (1 − α) · f,   ĝ = g / ‖g‖
public final class ResidualAdapter<Scalar: TensorScalar> {
    /// First layer `[hidden, width]`.
    public let first: Matrix<Scalar>
    /// Second layer `[width, hidden]`.
    public let second: Matrix<Scalar>
    /// The residual ratio.
    public let ratio: ResidualRatio<Scalar>
    /// Only filled where somebody wants to look at them.
    let firstGradient, secondGradient: Matrix<Scalar>
    let secondReLU: Bool
    private let names: ClipAdapterNames
    /// Where each half works out gradients, for the first and the second layer.
    private let gradientBlocks: [[Matrix<Scalar>]]

    let features: BlockedMatrix<Scalar>  // f [width, columns]
    let dropped: BlockedMatrix<Scalar>  // f after dropout [width, columns]
    let hidden: BlockedMatrix<Scalar>  // h [hidden, columns]
    let adapted: BlockedMatrix<Scalar>  // A [width, columns]
    let unit: BlockedMatrix<Scalar>  // ĝ [width, columns]
    let gradient: BlockedMatrix<Scalar>  // dĝ, dg, dU2 in turn [width, columns]
    let hiddenGradient: BlockedMatrix<Scalar>  // dU1 [hidden, columns]
    let ratios: BlockedMatrix<Scalar>  // α of each column, where they differ [1, columns]
    let slopes: BlockedMatrix<Scalar>  // dα of each column, where it is trained [1, columns]
    // The gradients of the layers sum over pictures, and so need what they are multiplied with picture by picture.
    let featureRows: Matrix<Scalar>  // fᵀ [columns, width]
    let droppedRows: Matrix<Scalar>  // fᵀ after dropout [columns, width]
    let hiddenRows: Matrix<Scalar>  // hᵀ [columns, hidden]
    /// Whether `dropped` is what enters the adapter.
    var usesDropout = false

    /// - Parameters:
    ///   - names: of its parameters.
    ///   - first: `[hidden, width]`.
    ///   - second: `[width, hidden]`.
    ///   - capacity: the most columns that will come.
    /// - Precondition: the shapes follow each other.
    init(
        _ names: ClipAdapterNames, first: Tensor<Scalar>, second: Tensor<Scalar>, ratio: ResidualRatio<Scalar>,
        secondReLU: Bool, capacity: Int
    ) {
        let (hidden, width) = (first.rows, first.columns)
        precondition(second.rows == width && second.columns == hidden, "\(second.shape) does not follow \(first.shape)")
        self.first = Matrix(first)
        self.second = Matrix(second)
        self.ratio = ratio
        self.secondReLU = secondReLU
        self.names = names
        firstGradient = Matrix(rows: hidden, columns: width)
        secondGradient = Matrix(rows: width, columns: hidden)
        gradientBlocks = (0..<2).map { _ in
            [width, hidden].map { Matrix(rows: Self.blockRows($0), columns: $0) }
        }
        func panels(_ rows: Int) -> BlockedMatrix<Scalar> { BlockedMatrix(rows: rows, columns: capacity) }
        (features, dropped, adapted) = (panels(width), panels(width), panels(width))
        (unit, gradient) = (panels(width), panels(width))
        (self.hidden, hiddenGradient) = (panels(hidden), panels(hidden))
        (ratios, slopes) = (panels(1), panels(1))
        featureRows = Matrix(rows: capacity, columns: width)
        droppedRows = Matrix(rows: capacity, columns: width)
        hiddenRows = Matrix(rows: capacity, columns: hidden)
    }

    /// Everything that is trained: the layers, in this order, and what the ratio is made of.
    var parameters: [Parameter<Scalar>] {
        [
            Parameter(names.first, first, gradient: firstGradient),
            Parameter(names.second, second, gradient: secondGradient),
            Parameter(vector: names.ratio, ratio.scalar, gradient: ratio.scalarGradient),
            Parameter(names.ratioWeight, ratio.weight, gradient: ratio.weightGradient),
            Parameter(vector: names.ratioBias, ratio.bias, gradient: ratio.biasGradient),
        ].filter { $0.value.rows > 0 }
    }

    /// Sets the number of columns of the batch.
    func setColumns(_ count: Int) {
        for buffer in [features, dropped, hidden, adapted, unit, gradient, hiddenGradient, ratios, slopes] {
            buffer.columns = count
        }
        for buffer in [featureRows, droppedRows, hiddenRows] { buffer.rows = count }
    }

    /// The gradients of the layers, half of their rows each, once all columns of the batch have gone backward; the ratio's
    /// come with the first half.
    /// - Parameters:
    ///   - scale: `α`, as it was on the way there, where the columns have it in common.
    ///   - take: is given the gradient of some rows of one of the ``parameters``, a few rows at a time: what fits into a
    ///     first-level cache beside the parameters themselves.
    func parameterGradients(half: Int, scale: Scalar, take: (Int, Range<Int>, Matrix<Scalar>) -> Void) {
        let parts = [
            (value: first, source: hiddenGradient, alpha: 1, inputs: usesDropout ? droppedRows : featureRows),
            (value: second, source: gradient, alpha: scale, inputs: hiddenRows),
        ]
        for (index, part) in parts.enumerated() {
            let buffer = gradientBlocks[half][index]
            let rows = Self.half(half, of: part.value.rows)
            for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.blockRows(part.value.columns)) {
                let block = start..<min(start + Self.blockRows(part.value.columns), rows.upperBound)
                // dW1 = dU1 · xᵀ, dW2 = dU2 · hᵀ
                buffer.setProduct(part.source, rows: block, times: part.inputs, alpha: part.alpha)
                take(index, block, buffer)
            }
        }
        guard half == 0, ratio.isTrained else { return }
        ratio.setGradients(slopes: slopes, ratios: ratios, unitRows: featureRows)
        for (index, parameter) in parameters.enumerated().dropFirst(2) {
            take(index, 0..<parameter.value.rows, parameter.gradient)
        }
    }

    /// Whole tiles of the product, 16 KB or a little more.
    private static func blockRows(_ columns: Int) -> Int { max(4096 / max(columns, 1) / 12, 1) * 12 }

    private static func half(_ half: Int, of count: Int) -> Range<Int> {
        half == 0 ? 0..<(count + 1) / 2 : (count + 1) / 2..<count
    }
}
