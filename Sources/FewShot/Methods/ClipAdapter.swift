import Tensors

/// CLIP-Adapter, visual variant: a two-layer bottleneck on the image feature, blended residually (spec, few-shot 7.1).
///
///     A(f)   = [ReLU]( ReLU(f · W1ᵀ) · W2ᵀ )        W1 [hidden, width], W2 [width, hidden], no biases
///     g      = α · A(f) + (1 − α) · f
///     logits = s · ⟨g / ‖g‖, ŵ_k⟩
///
/// Features may have any norm: the adapter is homogeneous, so the last normalisation removes it (spec 7.2).
///
/// A batch is cut into two halves that run at the same time, each on one core with one BLAS thread; their gradients are
/// added in a fixed order. The cut depends on the batch alone, so the result is the same however many cores there are.
public final class ClipAdapter<Scalar: TensorScalar> {
    /// The settings.
    public let configuration: ClipAdapterConfiguration
    /// First layer `[hidden, width]`.
    public let first: Matrix<Scalar>
    /// Second layer `[width, hidden]`.
    public let second: Matrix<Scalar>
    /// Gradient of the loss with respect to ``first``, of the last ``lossAndGradients(labels:)``.
    public var firstGradient: Matrix<Scalar> { halves[0].firstGradient }
    /// Gradient of the loss with respect to ``second``.
    public var secondGradient: Matrix<Scalar> { halves[0].secondGradient }

    /// Does the other half.
    let companion = Companion()
    private let halves: [ClipAdapterHalf<Scalar>]
    private let classes: Int

    /// An adapter with the given layers.
    /// - Parameters:
    ///   - first: `[hidden, width]`.
    ///   - second: `[width, hidden]`.
    ///   - textFeatures: classifier weights, one row a class, any norm, `[classes, width]`.
    ///   - logitScale: the multiplier of the cosines.
    ///   - batchCapacity: the largest batch that will come.
    /// - Precondition: the shapes fit each other.
    public init(
        configuration: ClipAdapterConfiguration, first: Tensor<Scalar>, second: Tensor<Scalar>,
        textFeatures: Tensor<Scalar>, logitScale: Scalar, batchCapacity: Int
    ) {
        let (hidden, width) = (first.rows, first.columns)
        precondition(second.rows == width && second.columns == hidden, "\(second.shape) does not follow \(first.shape)")
        precondition(textFeatures.columns == width, "text features \(textFeatures.shape) for width \(width)")
        let layers = (first: Matrix(first), second: Matrix(second))
        let classifier = Matrix(textFeatures.normalisedRows())
        self.configuration = configuration
        self.first = layers.first
        self.second = layers.second
        classes = textFeatures.rows
        halves = (0..<2).map { _ in
            ClipAdapterHalf(
                configuration: configuration, first: layers.first, second: layers.second, classifier: classifier,
                logitScale: logitScale, capacity: max((batchCapacity + 1) / 2, 1))
        }
    }

    /// Freshly drawn layers, uniform within `±1/√fanIn` as PyTorch's linear layers are.
    public static func initialLayers(
        width: Int, configuration: ClipAdapterConfiguration, using generator: inout SeededGenerator
    ) -> (first: Tensor<Scalar>, second: Tensor<Scalar>) {
        let hidden = max(width / configuration.reduction, 1)
        func draw(_ rows: Int, _ columns: Int) -> Tensor<Scalar> {
            let bound = 1 / Double(columns).squareRoot()
            let values = (0..<rows * columns).map { _ in Scalar((2 * generator.uniform() - 1) * bound) }
            return Tensor(values, shape: [rows, columns])
        }
        let first = draw(hidden, width)
        return (first, draw(width, hidden))
    }

    /// The mean cross-entropy of a batch; its gradients are left in ``firstGradient`` and ``secondGradient``.
    /// - Parameters:
    ///   - features: image features, any norm, `[n, width]`.
    ///   - rows: which of them make up the batch.
    ///   - labels: the class of each row of the batch.
    ///   - mask: the dropout's factors for each row of the batch (0 or `1/(1−p)`), `[rows.count, width]`.
    /// - Precondition: as many labels as rows, each a class.
    public func lossAndGradients(
        _ features: Tensor<Scalar>, rows: ArraySlice<Int>, labels: [Int32], mask: Matrix<Scalar>? = nil
    ) -> Double {
        precondition(labels.count == rows.count, "\(labels.count) labels for \(rows.count) rows")
        precondition(labels.allSatisfy { $0 >= 0 && $0 < classes }, "a label is not a class")
        let middle = rows.startIndex + (rows.count + 1) / 2
        func work(_ half: ClipAdapterHalf<Scalar>, _ part: Range<Int>) {
            let start = part.lowerBound - rows.startIndex
            half.load(features, rows: rows[part], mask: mask, maskStart: start)
            half.lossAndGradients(labels: labels[start..<start + part.count], batch: rows.count)
        }
        companion.run(
            { work(halves[0], rows.startIndex..<middle) }, { work(halves[1], middle..<rows.endIndex) })
        firstGradient.add(halves[1].firstGradient)
        secondGradient.add(halves[1].secondGradient)
        return (halves[0].loss + halves[1].loss) / Double(rows.count)
    }

    /// Class logits `[n, classes]` of any number of features `[n, width]`, without dropout.
    public func logits(_ features: Tensor<Scalar>) -> Tensor<Scalar> {
        var values: [Scalar] = []
        values.reserveCapacity(features.rows * classes)
        let rows = Array(0..<features.rows)
        let capacity = halves[0].capacity
        for start in stride(from: 0, to: features.rows, by: 2 * capacity) {
            func work(_ half: ClipAdapterHalf<Scalar>, _ offset: Int) {
                let from = min(start + offset, rows.count)
                half.load(features, rows: rows[from..<min(from + capacity, rows.count)])
                half.forward()
            }
            companion.run({ work(halves[0], 0) }, { work(halves[1], capacity) })
            for half in halves { values.append(contentsOf: half.logits) }
        }
        return Tensor(values, shape: [features.rows, classes])
    }
}

extension ClipAdapter: FeatureClassifier where Scalar == Float {
    /// What a file holds, on top of the given classes, for answering.
    /// - Throws: ``AdapterFileError``.
    public convenience init(_ file: AdapterFile, textFeatures: Tensor<Float>, logitScale: Float) throws {
        let names = ClipAdapterMethod.parameterNames
        let (first, second) = (try file.tensor(names.first), try file.tensor(names.second))
        guard first.shape.count == 2, second.shape == [first.columns, first.rows], first.count > 0 else {
            throw AdapterFileError.badShapes(
                path: file.path, found: "\(first.shape) and \(second.shape)", wants: "[H, D] and [D, H]")
        }
        try file.requireWidth(first.columns, of: textFeatures)
        guard let ratio = file.hyper.number("residual_ratio"), let secondReLU = file.hyper.flag("second_relu") else {
            throw AdapterFileError.badMetadata(path: file.path, key: "cliptop.hyper")
        }
        self.init(
            configuration: ClipAdapterConfiguration(residualRatio: ratio, secondReLU: secondReLU), first: first,
            second: second, textFeatures: textFeatures, logitScale: logitScale, batchCapacity: 64)
    }
}
