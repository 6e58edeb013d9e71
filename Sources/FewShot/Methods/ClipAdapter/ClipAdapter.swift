import Tensors

/// CLIP-Adapter: a residual bottleneck on the image features, on the classifier weights, or on both
/// (arXiv 2110.04544; docs/methods.md#clip-adapter).
///
///     logits = s · ⟨ĝ_n, r̂_k⟩       ĝ the adapted or plain unit image feature, r̂ the adapted or plain unit text feature
///
/// Features may have any norm: an adapter is homogeneous, so the last normalisation removes it
/// (docs/methods.md#homogeneity).
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
    private let companion = WorkerThread()
    private let classifier: Matrix<Scalar>  // r̂ without an adapter: Ŵ [classes, width]
    private let plain: BlockedMatrix<Scalar>  // ĝ without an adapter: f̂ [width, batch]
    private let scores: BlockedMatrix<Scalar>  // z, then its gradient [classes, batch]
    private let logitScale: Scalar  // s
    private let capacity: Int
    private var halves: [ClipAdapterHalf<Scalar>] = []
    private var columnCount = 0

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
                names, first: first, second: second,
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
        plain = BlockedMatrix(rows: width, columns: visual == nil ? capacity : 0)
        scores = BlockedMatrix(rows: textFeatures.rows, columns: capacity)
        // The text side always sees all classes; its features never change.
        text?.featureRows.assign(classifier.tensor)
        text?.features.setTransposed(classifier)
        for parameter in trained {
            if let tensor = parameters[parameter.name] {
                parameter.value.assign(tensor.reshaped([parameter.value.rows, parameter.value.columns]))
            }
        }
    }

    /// Number of classes.
    private var classes: Int { classifier.rows }
    /// ĝ `[width, batch]`.
    private var images: BlockedMatrix<Scalar> { visual?.unit ?? plain }

    /// Cuts a batch of `count` pictures into its halves.
    private func setColumns(_ count: Int) {
        guard count != columnCount || halves.isEmpty else { return }
        columnCount = count
        visual?.setColumns(count)
        plain.columns = visual == nil ? count : 0
        scores.columns = count
        halves = zip(BlockedMatrix<Scalar>.halves(of: count), BlockedMatrix<Scalar>.halves(of: classes)).map {
            columns, own in
            ClipAdapterHalf(
                columns: columns, visual: visual.map { AdapterColumns($0, columns) },
                plain: visual == nil ? plain.slice(columns) : nil, unit: images.slice(columns),
                scores: scores.slice(columns), gradient: visual?.gradient.slice(columns),
                text: text.map { text in
                    // The classes' share of the text side's gradient sums over the pictures of both halves.
                    ClipAdapterHalf.Text(
                        adapter: AdapterColumns(text, own), gradient: text.gradient.slice(own),
                        scores: BlockedMatrix(rows: count, columns: own.count), classes: own)
                })
        }
    }

    private func both(_ work: (ClipAdapterHalf<Scalar>, Int) -> Void) {
        companion.run({ work(halves[0], 0) }, { work(halves[1], 1) })
    }

    /// The mean cross-entropy of a batch; its gradients, if it is finite, are left in ``trained``.
    /// - Precondition: see ``loss(_:rows:labels:mask:take:)``.
    public func lossAndGradients(
        _ features: Tensor<Scalar>, rows: ArraySlice<Int>, labels: [Int32], mask: Matrix<Scalar>? = nil
    ) -> Double {
        let trained = trained
        return loss(features, rows: rows, labels: labels, mask: mask) { index, rows, gradient in
            let target = trained[index].gradient
            (target.elements + rows.lowerBound * target.columns).update(from: gradient.elements, count: gradient.count)
        }
    }

    /// The mean cross-entropy of a batch.
    /// - Parameters:
    ///   - features: image features, any norm, `[n, width]`.
    ///   - rows: which of them make up the batch.
    ///   - labels: the class of each row of the batch.
    ///   - mask: the dropout's factors for each row of the batch (0 or `1/(1−p)`), `[rows.count, width]`.
    ///   - take: is given the gradient of some rows of one of ``trained``, and may move these rows: the step needs them
    ///     no more. It is called for a few rows at a time, by two threads, never for the same rows twice; and not at all
    ///     if the loss is not finite, because such a step would destroy the weights that a run is going to fall back on.
    /// - Precondition: as many labels as rows, each a class; no more rows than the batch's capacity.
    public func loss(
        _ features: Tensor<Scalar>, rows: ArraySlice<Int>, labels: [Int32], mask: Matrix<Scalar>? = nil,
        take: (_ matrix: Int, _ rows: Range<Int>, _ gradient: Matrix<Scalar>) -> Void
    ) -> Double {
        precondition(labels.count == rows.count, "\(labels.count) labels for \(rows.count) rows")
        precondition(labels.allSatisfy { $0 >= 0 && $0 < classes }, "a label is not a class")
        setColumns(rows.count)
        visual?.usesDropout = mask != nil
        let losses = Matrix<Double>(rows: 2, columns: 1)
        both { half, index in
            half.load(features, rows: rows, mask: mask)
            half.visual?.forward()
            half.text?.adapter.forward()
            // Where the text side is frozen, each half has all it needs for the way back.
            if text == nil { losses.elements[index] = backward(half, labels) }
        }
        if text != nil {
            both { half, index in losses.elements[index] = backward(half, labels) }
            both { half, _ in
                guard let text = half.text else { return }
                text.scores.setTransposed(scores, rows: text.classes)
                text.gradient.setProduct(images, text.scores, alpha: logitScale)  // dr̂ = s · ĝ · dzᵀ
                text.adapter.backward()
            }
        }
        let loss = (losses.elements[0] + losses.elements[1]) / Double(rows.count)
        guard loss.isFinite else { return loss }
        let sides = [visual, text].compactMap { $0 }.map { ($0, scale: $0.ratio.isPerPicture ? 1 : $0.ratio.value) }
        both { _, index in
            var first = 0
            for (side, scale) in sides {
                side.parameterGradients(half: index, scale: scale) { take(first + $0, $1, $2) }
                first += side.parameters.count
            }
        }
        return loss
    }

    /// z = s · r̂ᵀ · ĝ of some pictures.
    private func score(_ half: ClipAdapterHalf<Scalar>) {
        if let text {
            half.scores.setProduct(transposed: text.unit, half.unit, alpha: logitScale)
        } else {
            half.scores.setProduct(classifier, half.unit, alpha: logitScale)
        }
    }

    /// Scores some pictures and takes them back to the adapter's first layer; returns the sum of their losses.
    private func backward(_ half: ClipAdapterHalf<Scalar>, _ labels: [Int32]) -> Double {
        score(half)
        let loss = labels[half.columns].withUnsafeBufferPointer { labels in
            guard let labels = labels.baseAddress, half.scores.columns > 0 else { return 0.0 }
            return Scalar.softmaxCrossEntropyColumns(
                half.scores.elements, labels: labels, columns: half.scores.columns, classes: classes,
                batch: columnCount)
        }
        guard let visual = half.visual else { return loss }
        // dĝ = s · r̂ · dz
        if let text {
            half.gradient?.setProduct(text.unit, half.scores, alpha: logitScale)
        } else {
            half.gradient?.setProduct(classifier, transposeA: true, half.scores, alpha: logitScale)
        }
        visual.backward()
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
        let scoreRows = Matrix<Scalar>(rows: capacity, columns: classes)
        var values: [Scalar] = []
        values.reserveCapacity(features.rows * classes)
        for start in stride(from: 0, to: features.rows, by: capacity) {
            let rows = Array(start..<min(start + capacity, features.rows))
            setColumns(rows.count)
            // The text side depends on no picture: once is enough.
            if start == 0, text != nil { both { half, _ in half.text?.adapter.forward(ratio: override) } }
            both { half, _ in
                half.load(features, rows: rows[...], mask: nil)
                half.visual?.forward(ratio: override)
                score(half)
                scoreRows.slice(half.columns).setTransposed(half.scores)
            }
            values.append(contentsOf: UnsafeBufferPointer(start: scoreRows.elements, count: rows.count * classes))
        }
        return Tensor(values, shape: [features.rows, classes])
    }
}

/// What one core works on: half of the pictures of a batch, and half of the classes.
struct ClipAdapterHalf<Scalar: TensorScalar> {
    struct Text {
        var adapter: AdapterColumns<Scalar>
        var gradient: BlockedMatrix<Scalar>
        var scores: BlockedMatrix<Scalar>
        var classes: Range<Int>
    }

    var columns: Range<Int>
    var visual: AdapterColumns<Scalar>?
    var plain: BlockedMatrix<Scalar>?
    var unit: BlockedMatrix<Scalar>
    var scores: BlockedMatrix<Scalar>
    var gradient: BlockedMatrix<Scalar>?
    var text: Text?

    /// Takes this half's pictures out of those of a batch.
    func load(_ features: Tensor<Scalar>, rows batch: ArraySlice<Int>, mask: Matrix<Scalar>?) {
        let own = batch[batch.startIndex + columns.lowerBound..<batch.startIndex + columns.upperBound]
        if let visual {
            visual.load(features, rows: own, mask: mask, maskStart: columns.lowerBound)
        } else if let plain {
            let rows = Matrix<Scalar>(rows: own.count, columns: plain.rows)
            rows.gatherRows(own, of: features)
            plain.setTransposed(rows)
            plain.normaliseColumns(norms: BlockedMatrix(rows: 1, columns: own.count))
        }
    }
}
