import Tensors

/// CLIP-Adapter: a residual bottleneck on the image features, on the classifier weights, or on both
/// (spec, few-shot 7.1, 7.3).
///
///     logits = s · ⟨ĝ_n, r̂_k⟩       ĝ the adapted or plain unit image feature, r̂ the adapted or plain unit text feature
///
/// Features may have any norm: an adapter is homogeneous, so the last normalisation removes it (spec 7.2).
///
/// Every stage of a step is cut into two halves that run at the same time, each on one core with one BLAS thread. The cuts
/// depend on the shapes alone, so the result is the same however many cores there are.
public final class ClipAdapter<Scalar: TensorScalar> {
    /// The settings.
    public internal(set) var configuration: ClipAdapterConfiguration
    /// The adapter of the image features.
    public let visual: ResidualAdapter<Scalar>?
    /// The adapter of the classifier weights.
    public let text: ResidualAdapter<Scalar>?

    /// Does the other half.
    let companion = Companion()
    private let classifier: Matrix<Scalar>  // r̂ without an adapter: Ŵ [classes, width]
    private let plain: Matrix<Scalar>  // ĝ without an adapter: f̂ [batch, width]
    private let scores: Matrix<Scalar>  // z, then its gradient [batch, classes]
    private let logitScale: Scalar  // s
    private let capacity: Int
    private var halves: [ClipAdapterHalf<Scalar>] = []
    private var rowCount = 0

    /// An adapter with the given parameters.
    /// - Parameters:
    ///   - parameters: by the names of ``ClipAdapterNames``; what is missing of a trained ratio starts as the
    ///     configuration says.
    ///   - textFeatures: classifier weights, one row a class, any norm, `[classes, width]`.
    ///   - logitScale: the multiplier of the cosines.
    ///   - batchCapacity: the largest batch that will come.
    /// - Precondition: the layers of the adapted sides are there and fit each other.
    public init(
        configuration: ClipAdapterConfiguration, parameters: [String: Tensor<Scalar>], textFeatures: Tensor<Scalar>,
        logitScale: Scalar, batchCapacity: Int
    ) {
        let width = textFeatures.columns
        // Small batches are no reason to answer in small pieces.
        let capacity = max(batchCapacity, 64)
        func adapter(_ names: ClipAdapterNames, _ exists: Bool, _ ratio: Double, _ rows: Int)
            -> ResidualAdapter<Scalar>?
        {
            guard exists else { return nil }
            guard let first = parameters[names.first], let second = parameters[names.second] else {
                preconditionFailure("the layers \(names.first) and \(names.second) are missing")
            }
            precondition(first.columns == width, "layer \(first.shape) for width \(width)")
            return ResidualAdapter(
                first: first, second: second,
                ratio: ResidualRatio(configuration.ratioSource(ratio), start: ratio, width: width),
                secondReLU: configuration.secondReLU, capacity: rows)
        }
        self.configuration = configuration
        self.logitScale = logitScale
        self.capacity = capacity
        classifier = Matrix(textFeatures.normalisedRows())
        visual = adapter(.visual, configuration.branch.hasVisual, configuration.residualRatio, capacity)
        text = adapter(
            .text, configuration.branch.hasText, configuration.textRatio ?? configuration.residualRatio,
            textFeatures.rows)
        plain = Matrix(rows: visual == nil ? capacity : 0, columns: width)
        scores = Matrix(rows: capacity, columns: textFeatures.rows)
        // The text side always sees all classes; its features never change.
        text?.features.assign(classifier.tensor)
        restore(parameters)
    }

    /// Number of classes.
    private var classes: Int { classifier.rows }
    /// ĝ `[batch, width]`.
    private var images: Matrix<Scalar> { visual?.unit ?? plain }
    /// r̂ `[classes, width]`.
    private var texts: Matrix<Scalar> { text?.unit ?? classifier }

    /// Cuts a batch of `count` rows into its halves.
    private func setRows(_ count: Int) {
        guard count != rowCount || halves.isEmpty else { return }
        rowCount = count
        visual?.setRows(count)
        plain.rows = visual == nil ? count : 0
        scores.rows = count
        halves = (0..<2).map { index in
            let rows = ResidualAdapter<Scalar>.half(index, of: count)
            let own = ResidualAdapter<Scalar>.half(index, of: classes)
            return ClipAdapterHalf(
                rows: rows, visual: visual.map { AdapterRows($0, rows) },
                plain: visual == nil ? plain.slice(rows) : nil, unit: images.slice(rows), scores: scores.slice(rows),
                gradient: visual?.gradient.slice(rows), classes: own, text: text.map { AdapterRows($0, own) })
        }
    }

    private func both(_ work: (ClipAdapterHalf<Scalar>, Int) -> Void) {
        companion.run({ work(halves[0], 0) }, { work(halves[1], 1) })
    }

    /// The mean cross-entropy of a batch; its gradients are left in ``trained``.
    /// - Parameters:
    ///   - features: image features, any norm, `[n, width]`.
    ///   - rows: which of them make up the batch.
    ///   - labels: the class of each row of the batch.
    ///   - mask: the dropout's factors for each row of the batch (0 or `1/(1−p)`), `[rows.count, width]`.
    /// - Precondition: as many labels as rows, each a class; no more rows than the batch's capacity.
    public func lossAndGradients(
        _ features: Tensor<Scalar>, rows: ArraySlice<Int>, labels: [Int32], mask: Matrix<Scalar>? = nil
    ) -> Double {
        precondition(labels.count == rows.count, "\(labels.count) labels for \(rows.count) rows")
        precondition(labels.allSatisfy { $0 >= 0 && $0 < classes }, "a label is not a class")
        setRows(rows.count)
        visual?.usesDropout = mask != nil
        let losses = Matrix<Double>(rows: 2, columns: 1)
        both { half, index in
            half.load(features, rows: rows, mask: mask)
            half.visual?.forward()
            half.text?.forward()
            // Where the text side is frozen, each half has all it needs for the way back.
            if text == nil { losses.elements[index] = backward(half, labels) }
        }
        if let text {
            both { half, index in losses.elements[index] = backward(half, labels) }
            both { half, _ in
                text.gradient.setRows(half.classes, ofTransposed: scores, times: images, alpha: logitScale)  // dr̂
                half.text?.backward()
            }
        }
        both { _, index in
            visual?.parameterGradients(half: index)
            text?.parameterGradients(half: index)
        }
        return (losses.elements[0] + losses.elements[1]) / Double(rows.count)
    }

    /// Scores some rows and takes them back to the adapter's first layer; returns the sum of their losses.
    private func backward(_ half: ClipAdapterHalf<Scalar>, _ labels: [Int32]) -> Double {
        half.scores.setProduct(half.unit, texts, transposeB: true, alpha: logitScale)  // z = s · ĝ · r̂ᵀ
        let loss = labels[half.rows].withUnsafeBufferPointer { labels in
            guard let labels = labels.baseAddress, half.scores.rows > 0 else { return 0.0 }
            return Scalar.softmaxCrossEntropy(
                half.scores.elements, labels: labels, rows: half.scores.rows, columns: classes, batch: rowCount)
        }
        if let visual = half.visual {
            half.gradient?.setProduct(half.scores, texts, alpha: logitScale)  // dĝ = s · dz · r̂
            visual.backward()
        }
        return loss
    }

    /// Class logits `[n, classes]` of any number of features `[n, width]`, without dropout.
    public func logits(_ features: Tensor<Scalar>) -> Tensor<Scalar> { logits(features, override: nil) }

    /// The same with another residual ratio on every adapted side, as if the adapter had been trained with it: what a
    /// walk over ratios looks at without training anew. Ratio 0 is zero-shot.
    public func logits(_ features: Tensor<Scalar>, residualRatio: Double) -> Tensor<Scalar> {
        logits(features, override: Scalar(residualRatio))
    }

    private func logits(_ features: Tensor<Scalar>, override: Scalar?) -> Tensor<Scalar> {
        visual?.usesDropout = false
        var values: [Scalar] = []
        values.reserveCapacity(features.rows * classes)
        for start in stride(from: 0, to: features.rows, by: capacity) {
            let rows = Array(start..<min(start + capacity, features.rows))
            setRows(rows.count)
            // The text side depends on no picture: once is enough.
            if start == 0, text != nil { both { half, _ in half.text?.forward(ratio: override) } }
            both { half, _ in
                half.load(features, rows: rows[...], mask: nil)
                half.visual?.forward(ratio: override)
                half.scores.setProduct(half.unit, texts, transposeB: true, alpha: logitScale)
            }
            values.append(contentsOf: UnsafeBufferPointer(start: scores.elements, count: scores.count))
        }
        return Tensor(values, shape: [features.rows, classes])
    }
}

/// What one core works on: half of the pictures of a batch, and half of the classes.
struct ClipAdapterHalf<Scalar: TensorScalar> {
    var rows: Range<Int>
    var visual: AdapterRows<Scalar>?
    var plain: Matrix<Scalar>?
    var unit: Matrix<Scalar>
    var scores: Matrix<Scalar>
    var gradient: Matrix<Scalar>?
    var classes: Range<Int>
    var text: AdapterRows<Scalar>?

    /// Takes this half's pictures out of those of a batch.
    func load(_ features: Tensor<Scalar>, rows batch: ArraySlice<Int>, mask: Matrix<Scalar>?) {
        let own = batch[batch.startIndex + rows.lowerBound..<batch.startIndex + rows.upperBound]
        if let visual {
            visual.load(features, rows: own, mask: mask, maskStart: rows.lowerBound)
        } else if let plain {
            plain.gatherRows(own, of: features)
            plain.normaliseRows(norms: Matrix(rows: plain.rows, columns: 1))
        }
    }
}
