import Tensors

/// Some of the columns of a batch on their way through a ``ResidualAdapter``: forward and backward below each other, step
/// by step. Each core has its own columns, and each picture's figures depend on no other column.
struct AdapterColumns<Scalar: TensorScalar> {
    private let adapter: ResidualAdapter<Scalar>
    private let features, dropped, hidden, adapted, unit, gradient, hiddenGradient, ratios,
        slopes: BlockedMatrix<Scalar>
    private let featureRows, droppedRows, hiddenRows: Matrix<Scalar>
    private let norms: BlockedMatrix<Scalar>  // ‖g‖ [1, columns]

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
        featureRows = adapter.featureRows.slice(range)
        droppedRows = adapter.droppedRows.slice(range)
        hiddenRows = adapter.hiddenRows.slice(range)
        norms = BlockedMatrix(rows: 1, columns: range.count)
    }

    /// Takes features in; row `maskStart` of the mask belongs to the first of them.
    func load(_ source: Tensor<Scalar>, rows: ArraySlice<Int>, mask: Matrix<Scalar>? = nil, maskStart: Int = 0) {
        featureRows.gatherRows(rows, of: source)
        // Only the hyper-network sees the norm of a feature (docs/methods.md#homogeneity).
        if adapter.ratio.isPerPicture {
            featureRows.normaliseRows(norms: Matrix(rows: featureRows.rows, columns: 1))
        }
        features.setTransposed(featureRows)
        if let mask {
            droppedRows.setElementwiseProduct(featureRows, mask, firstRow: maskStart)
            dropped.setTransposed(droppedRows)
        }
    }

    /// From the features to ĝ.
    /// - Parameter override: another ratio than the adapter's own.
    func forward(ratio override: Scalar? = nil) {
        hidden.setProduct(adapter.first, adapter.usesDropout ? dropped : features)  // u1 = W1 · x
        hidden.relu()  // h = relu(u1)
        adapted.setProduct(adapter.second, hidden)  // u2 = W2 · h
        if adapter.secondReLU { adapted.relu() }  // A = relu(u2)
        if let override {
            unit.setBlend(override, adapted, features)
        } else if adapter.ratio.isPerPicture {
            adapter.ratio.setRatios(ratios, for: features)
            unit.setBlend(ratios, adapted, features)
        } else {
            unit.setBlend(adapter.ratio.value, adapted, features)  // g = α·A + (1−α)·f
        }
        unit.normaliseColumns(norms: norms)  // ĝ = g / ‖g‖
    }

    /// From dĝ, which stands in `gradient`, to dU2 (without the factor α, unless it differs from picture to picture) in its
    /// place and dU1 (docs/methods.md#gradients-of-a-clip-adapter).
    func backward() {
        let ratio = adapter.ratio
        gradient.normaliseColumnsBackward(unit: unit, norms: norms)  // dg
        if ratio.isTrained { setSlopes() }
        if ratio.isPerPicture { gradient.scaleColumns(ratios) }
        if adapter.secondReLU { gradient.reluBackward(output: adapted) }  // dU2 = α · dg ⊙ [u2 > 0]
        hiddenGradient.setProduct(
            adapter.second, transposeA: true, gradient, alpha: ratio.isPerPicture ? 1 : ratio.value)
        hiddenGradient.reluBackward(output: hidden)  // dU1 = (W2ᵀ · dU2) ⊙ [u1 > 0]
        hiddenRows.setTransposed(hidden)
    }

    /// `dα_n = ⟨dg_n, A_n − f_n⟩`.
    private func setSlopes() {
        let residual = BlockedMatrix<Scalar>(rows: 1, columns: slopes.columns)
        slopes.setColumnProducts(gradient, adapted)
        residual.setColumnProducts(gradient, features)
        for column in 0..<slopes.columns { slopes.elements[column] -= residual.elements[column] }
    }
}
