extension BlockedMatrix {
    /// `x ← max(x, 0)`.
    public func relu() { Scalar.relu(elements, count: count) }

    /// The gradient through ``relu()``: zero where the rectified `output` is zero (ReLU'(0) = 0).
    public func reluBackward(output: BlockedMatrix) {
        precondition(output.count == count, "gradient and output differ in size")
        Scalar.reluBackward(elements, output: output.elements, count: count)
    }

    /// `self ← ratio · a + (1 − ratio) · b`.
    /// - Precondition: all have the same rows, and both operands equally many columns.
    public func setBlend(_ ratio: Scalar, _ a: BlockedMatrix, _ b: BlockedMatrix) {
        precondition(a.rows == rows && b.rows == rows && a.columns == b.columns, "blending matrices of different sizes")
        columns = a.columns
        Scalar.blend(elements, ratio: ratio, a.elements, b.elements, count: count)
    }

    /// `self ← ratio · a + (1 − ratio) · b` with a ratio for each column, `[1, columns]`.
    /// - Precondition: as for one ratio, and a ratio a column.
    public func setBlend(_ ratios: BlockedMatrix, _ a: BlockedMatrix, _ b: BlockedMatrix) {
        precondition(a.rows == rows && b.rows == rows && a.columns == b.columns, "blending matrices of different sizes")
        precondition(ratios.rows == 1 && ratios.columns == a.columns, "a ratio for each column")
        columns = a.columns
        Scalar.blendColumns(
            elements, factors: ratios.elements, a.elements, b.elements, panels: panels, rows: rows)
    }

    /// Multiplies each column by its factor, `[1, columns]`.
    /// - Precondition: as many factors as columns.
    public func scaleColumns(_ factors: BlockedMatrix) {
        precondition(factors.rows == 1 && factors.columns == columns, "a factor for each column")
        Scalar.scaleColumns(elements, factors: factors.elements, panels: panels, rows: rows)
    }

    /// `self ← ⟨a_column, b_column⟩` for each column, `[1, columns]`.
    /// - Precondition: both are of one size, and `self` has one row.
    public func setColumnProducts(_ a: BlockedMatrix, _ b: BlockedMatrix) {
        precondition(a.rows == b.rows && a.columns == b.columns && rows == 1, "multiplying columns of different sizes")
        columns = a.columns
        Scalar.columnProducts(elements, a.elements, b.elements, panels: panels, rows: a.rows)
    }

    /// Divides each column by its Euclidean norm and stores the norms `[1, columns]`; they are at least 1e-12, as those of
    /// ``Matrix/normaliseRows(norms:)``.
    public func normaliseColumns(norms: BlockedMatrix) {
        precondition(norms.rows == 1, "a norm for each column")
        norms.columns = columns
        Scalar.normaliseColumns(elements, panels: panels, rows: rows, norms: norms.elements)
    }

    /// The gradient through ``normaliseColumns(norms:)``, in place.
    /// - Precondition: unit columns and norms are those of that call.
    public func normaliseColumnsBackward(unit: BlockedMatrix, norms: BlockedMatrix) {
        precondition(unit.count == count && norms.columns == columns, "gradient and output differ in size")
        Scalar.normaliseColumnsBackward(
            elements, unit: unit.elements, norms: norms.elements, panels: panels, rows: rows)
    }
}
