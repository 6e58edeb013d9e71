import Tensors

/// Tip-Adapter: a cache of the training features, asked by similarity (arXiv 2207.09519; docs/methods.md#tip-adapter).
/// It needs no training.
///
///     A      = f̂ · Keysᵀ                       affinities [n, keys]
///     cache  = exp(−β (1 − A)) · OneHot        [n, classes]
///     logits = s · f̂ · Ŵᵀ + α · cache
///
/// Values are one-hot, so that the second product is a sum over the keys of each class.
public final class TipAdapter<Scalar: TensorScalar> {
    /// One row for each training picture `[keys, width]`; unit rows, until ``TipAdapterF`` trains them.
    public let keys: Matrix<Scalar>
    /// The class of each key.
    public let keyLabels: [Int32]
    /// Weight of the cache, `α`; 0 is zero-shot.
    public var alpha: Double
    /// Sharpness of the cache, `β`.
    public var beta: Double

    let classifier: Matrix<Scalar>  // Ŵ [classes, width]
    let logitScale: Scalar

    /// An adapter with the given cache.
    /// - Parameters:
    ///   - keys: `[keys, width]`, taken as they are.
    ///   - keyLabels: the class of each key.
    ///   - textFeatures: classifier weights, any norm, `[classes, width]`.
    ///   - logitScale: the multiplier of the cosines, `s`.
    /// - Precondition: the widths agree, there is a label for each key and every label is a class.
    public init(
        keys: Tensor<Scalar>, keyLabels: [Int32], textFeatures: Tensor<Scalar>, logitScale: Scalar, alpha: Double,
        beta: Double
    ) {
        precondition(keys.columns == textFeatures.columns, "keys \(keys.shape) for text \(textFeatures.shape)")
        precondition(keys.rows == keyLabels.count, "\(keyLabels.count) labels for \(keys.rows) keys")
        precondition(keyLabels.allSatisfy { $0 >= 0 && $0 < textFeatures.rows }, "a label is not a class")
        self.keys = Matrix(keys)
        self.keyLabels = keyLabels
        self.alpha = alpha
        self.beta = beta
        self.logitScale = logitScale
        classifier = Matrix(textFeatures.normalisedRows())
    }

    /// Keys from several augmented passes over the training pictures: the un-normalised features are averaged over the
    /// passes and normalised afterwards.
    /// - Parameter passes: `[pictures, width]` each, in the same order of pictures.
    /// - Precondition: at least one pass, all of the same shape.
    public static func keys(averaging passes: [Tensor<Scalar>]) -> Tensor<Scalar> {
        precondition(!passes.isEmpty && passes.allSatisfy { $0.shape == passes[0].shape }, "passes differ in shape")
        var sum = passes[0]
        for pass in passes.dropFirst() {
            for i in sum.values.indices { sum.values[i] += pass.values[i] }
        }
        for i in sum.values.indices { sum.values[i] /= Scalar(passes.count) }
        return sum.normalisedRows()
    }

    /// What zero-shot says, `[n, classes]`, for unit features `[n, width]`.
    func zeroShotLogits(_ unit: Matrix<Scalar>) -> Matrix<Scalar> {
        let logits = Matrix<Scalar>(rows: unit.rows, columns: classifier.rows)
        logits.setProduct(unit, classifier, transposeB: true, alpha: logitScale)
        return logits
    }

    /// Similarities to every key, `[n, keys]`, for unit features `[n, width]`.
    func affinities(_ unit: Matrix<Scalar>) -> Matrix<Scalar> {
        let affinities = Matrix<Scalar>(rows: unit.rows, columns: keys.rows)
        affinities.setProduct(unit, keys, transposeB: true)
        return affinities
    }

    /// Replaces affinities by `exp(−β (1 − A))` and adds `weight` times the sum over the keys of each class to `logits`.
    func addCache(_ affinities: Matrix<Scalar>, beta: Double, weight: Scalar, to logits: Matrix<Scalar>) {
        let count = keyLabels.count
        Scalar.exponential(affinities.elements, scale: Scalar(beta), offset: Scalar(-beta), count: affinities.count)
        keyLabels.withUnsafeBufferPointer { labels in
            for row in 0..<affinities.rows {
                let (a, z) = (affinities.elements + row * count, logits.elements + row * logits.columns)
                for j in 0..<count { z[Int(labels[j])] += weight * a[j] }
            }
        }
    }

    /// Class logits `[n, classes]` for features `[n, width]` of any norm.
    public func logits(_ features: Tensor<Scalar>) -> Tensor<Scalar> {
        let unit = Matrix(features.normalisedRows())
        let logits = zeroShotLogits(unit)
        // α = 0 is zero-shot to the last bit.
        if alpha != 0 { addCache(affinities(unit), beta: beta, weight: Scalar(alpha), to: logits) }
        return logits.tensor
    }
}
