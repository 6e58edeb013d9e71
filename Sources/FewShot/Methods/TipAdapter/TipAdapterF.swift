import Tensors

/// Tip-Adapter-F: the keys of a ``TipAdapter`` are trained, values and text stay (arXiv 2207.09519;
/// docs/methods.md#tip-adapter).
///
///     dA    = α β (G · OneHotᵀ) ⊙ exp(−β (1 − A))          G · OneHotᵀ picks each key's class
///     dKeys = dAᵀ · f̂
///
/// The keys are not normalised again while they are trained.
public final class TipAdapterF<Scalar: TensorScalar> {
    /// The adapter whose keys are trained.
    public let adapter: TipAdapter<Scalar>
    /// Gradient of the loss with respect to the keys `[keys, width]`, of the last ``lossAndGradient(_:rows:labels:)``.
    public let keyGradient: Matrix<Scalar>

    /// The trained keys, as PyTorch's linear layer without bias has them.
    var keys: Parameter<Scalar> { Parameter("weight", adapter.keys, gradient: keyGradient) }

    private let features: Matrix<Scalar>  // f̂ [batch, width]
    private let affinities: Matrix<Scalar>  // A, exp(−β(1 − A)), dA in turn [batch, keys]
    private let scores: Matrix<Scalar>  // z, then G [batch, classes]
    private let norms: Matrix<Scalar>  // [batch, 1]

    /// Training of an adapter's keys in batches of at most `batchCapacity`.
    public init(_ adapter: TipAdapter<Scalar>, batchCapacity: Int) {
        self.adapter = adapter
        let (keys, width) = (adapter.keys.rows, adapter.keys.columns)
        keyGradient = Matrix(rows: keys, columns: width)
        features = Matrix(rows: batchCapacity, columns: width)
        affinities = Matrix(rows: batchCapacity, columns: keys)
        scores = Matrix(rows: batchCapacity, columns: adapter.classifier.rows)
        norms = Matrix(rows: batchCapacity, columns: 1)
    }

    /// The mean cross-entropy of a batch; its gradient is left in ``keyGradient``.
    /// - Parameters:
    ///   - features: image features, any norm, `[n, width]`.
    ///   - rows: which of them make up the batch.
    ///   - labels: the class of each row of the batch.
    /// - Precondition: as many labels as rows, each a class.
    public func lossAndGradient(
        _ features: Tensor<Scalar>, rows: ArraySlice<Int>, labels: [Int32]
    ) -> Double {
        let classes = scores.columns
        precondition(labels.count == rows.count, "\(labels.count) labels for \(rows.count) rows")
        precondition(labels.allSatisfy { $0 >= 0 && $0 < classes }, "a label is not a class")
        self.features.gatherRows(rows, of: features)
        self.features.normaliseRows(norms: norms)
        affinities.setProduct(self.features, adapter.keys, transposeB: true)
        scores.setProduct(self.features, adapter.classifier, transposeB: true, alpha: adapter.logitScale)
        adapter.addCache(affinities, beta: adapter.beta, weight: Scalar(adapter.alpha), to: scores)
        let loss = Scalar.softmaxCrossEntropy(
            scores.elements, labels: labels, rows: rows.count, columns: classes, batch: rows.count)
        backward()
        return loss / Double(max(rows.count, 1))
    }

    private func backward() {
        let factor = Scalar(adapter.alpha * adapter.beta)
        let count = adapter.keyLabels.count
        adapter.keyLabels.withUnsafeBufferPointer { labels in
            for row in 0..<affinities.rows {
                let (a, g) = (affinities.elements + row * count, scores.elements + row * scores.columns)
                for j in 0..<count { a[j] *= factor * g[Int(labels[j])] }
            }
        }
        keyGradient.setProduct(affinities, transposeA: true, features)
    }
}
