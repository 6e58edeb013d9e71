import Tensors

/// The settings of a CLIP-Adapter (spec, few-shot 7).
public struct ClipAdapterConfiguration: Sendable, Equatable {
    /// Weight of the adapted feature, 0...1: 0 is zero-shot, 1 is the adapter alone.
    public var residualRatio: Double
    /// The bottleneck is `width / reduction` wide.
    public var reduction: Int
    /// Whether a ReLU follows the second layer too (official code and competition report; the paper's formula has none).
    public var secondReLU: Bool
    /// Probability of dropping an input of the adapter while training; the residual path is never dropped.
    public var dropout: Double

    /// The settings of a CLIP-Adapter.
    public init(residualRatio: Double = 0.2, reduction: Int = 4, secondReLU: Bool = true, dropout: Double = 0) {
        self.residualRatio = residualRatio
        self.reduction = reduction
        self.secondReLU = secondReLU
        self.dropout = dropout
    }
}

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
