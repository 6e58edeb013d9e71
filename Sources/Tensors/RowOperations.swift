extension Matrix {
    /// `x ← max(x, 0)`.
    public func relu() { Scalar.relu(elements, count: count) }

    /// The gradient through ``relu()``: zero where the rectified `output` is zero (ReLU'(0) = 0).
    public func reluBackward(output: Matrix) {
        precondition(output.count == count, "gradient and output differ in size")
        Scalar.reluBackward(elements, output: output.elements, count: count)
    }

    /// `self ← ratio · a + (1 − ratio) · b`.
    /// - Precondition: both have `self`'s columns and equally many rows.
    public func setBlend(_ ratio: Scalar, _ a: Matrix, _ b: Matrix) {
        precondition(a.count == b.count && a.columns == columns, "blending matrices of different sizes")
        rows = a.rows
        Scalar.blend(elements, ratio: ratio, a.elements, b.elements, count: count)
    }

    /// `self ← a ⊙ b`, with the rows of `b` from `firstRow` on.
    /// - Precondition: both have `self`'s columns, and `b` has a row for each of `a`.
    public func setElementwiseProduct(_ a: Matrix, _ b: Matrix, firstRow: Int = 0) {
        precondition(
            a.columns == columns && b.columns == columns && firstRow + a.rows <= b.rows,
            "multiplying matrices of different sizes")
        rows = a.rows
        Scalar.multiply(elements, a.elements, b.elements + firstRow * columns, count: count)
    }

    /// `self ← self + addend`.
    public func add(_ addend: Matrix) {
        precondition(addend.count == count, "adding matrices of different sizes")
        Scalar.add(elements, addend.elements, count: count)
    }

    /// `self ← ratio · a + (1 − ratio) · b` with a ratio for each row.
    /// - Precondition: both have `self`'s columns, and all three equally many rows.
    public func setBlend(_ ratios: Matrix, _ a: Matrix, _ b: Matrix) {
        precondition(
            a.count == b.count && a.columns == columns && ratios.count == a.rows, "blending matrices of different sizes"
        )
        rows = a.rows
        for row in 0..<rows {
            let start = row * columns
            Scalar.blend(
                elements + start, ratio: ratios.elements[row], a.elements + start, b.elements + start, count: columns)
        }
    }

    /// Multiplies each row by its factor.
    /// - Precondition: as many factors as rows.
    public func scaleRows(_ factors: Matrix) {
        precondition(factors.count == rows, "\(factors.count) factors for \(rows) rows")
        Scalar.scaleRows(elements, factors: factors.elements, rows: rows, columns: columns)
    }

    /// `self ← ⟨a_row, b_row⟩` for each row, `[rows, 1]`.
    /// - Precondition: both are of one size, and `self` has one column.
    public func setRowProducts(_ a: Matrix, _ b: Matrix) {
        precondition(a.count == b.count && columns == 1, "multiplying rows of different sizes")
        rows = a.rows
        Scalar.rowProducts(elements, a.elements, b.elements, rows: a.rows, columns: a.columns)
    }

    /// Divides each row by its Euclidean norm and stores the norms in `norms` `[rows, 1]`.
    ///
    /// Norms are at least 1e-12, so that a zero feature stays zero instead of becoming NaN (arXiv 2103.00020;
    /// docs/models.md#overview).
    /// - Precondition: there is room for a norm a row.
    public func normaliseRows(norms: Matrix) {
        precondition(norms.count >= rows, "\(norms.count) norms for \(rows) rows")
        Scalar.normaliseRows(elements, rows: rows, columns: columns, norms: norms.elements)
    }

    /// The gradient through ``normaliseRows(norms:)``, in place: `dx = (du - u <u, du>) / norm` for each unit row `u`.
    public func normaliseRowsBackward(unit: Matrix, norms: Matrix) {
        precondition(unit.count == count && norms.count >= rows, "gradient and output differ in size")
        Scalar.normaliseRowsBackward(
            elements, unit: unit.elements, norms: norms.elements, rows: rows, columns: columns)
    }
}

extension Tensor {
    /// Each row divided by its Euclidean norm (at least 1e-12).
    public func normalisedRows() -> Tensor {
        let matrix = Matrix(self)
        matrix.normaliseRows(norms: Matrix(rows: rows, columns: 1))
        return matrix.tensor.reshaped(shape)
    }

    /// Each row replaced by its softmax, `[rows, columns]`.
    public func softmaxRows() -> Tensor {
        let matrix = Matrix(self)
        if columns > 0 { Scalar.softmaxRows(matrix.elements, rows: rows, columns: columns) }
        return matrix.tensor.reshaped(shape)
    }
}
