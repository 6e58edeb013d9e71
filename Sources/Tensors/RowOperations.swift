extension Matrix {
    /// `x ← max(x, 0)`.
    public func rectify() { Scalar.rectify(elements, count: count) }

    /// The gradient through ``rectify()``: zero where the rectified `output` is zero (ReLU'(0) = 0).
    public func rectifyBackward(output: Matrix) {
        precondition(output.count == count, "gradient and output differ in size")
        Scalar.rectifyBackward(elements, output: output.elements, count: count)
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

    /// Divides each row by its Euclidean norm and stores the norms in `norms`.
    ///
    /// Norms are at least 1e-12, so that a zero feature stays zero instead of becoming NaN (spec, models 1).
    /// - Precondition: there is room for a norm a row.
    public func normaliseRows(norms: inout [Scalar]) {
        precondition(norms.count >= rows, "\(norms.count) norms for \(rows) rows")
        Scalar.normaliseRows(elements, rows: rows, columns: columns, norms: &norms)
    }

    /// The gradient through ``normaliseRows(norms:)``, in place: `dx = (du - u <u, du>) / norm` for each unit row `u`.
    public func normaliseRowsBackward(unit: Matrix, norms: [Scalar]) {
        precondition(unit.count == count && norms.count >= rows, "gradient and output differ in size")
        Scalar.normaliseRowsBackward(elements, unit: unit.elements, norms: norms, rows: rows, columns: columns)
    }
}

extension Tensor {
    /// Each row divided by its Euclidean norm (at least 1e-12).
    public func normalisedRows() -> Tensor {
        let matrix = Matrix(self)
        var norms = [Scalar](repeating: 1, count: rows)
        matrix.normaliseRows(norms: &norms)
        return matrix.tensor.reshaped(shape)
    }

    /// Each row replaced by its softmax, `[rows, columns]`.
    public func softmaxRows() -> Tensor {
        let matrix = Matrix(self)
        if columns > 0 { Scalar.softmaxRows(matrix.elements, rows: rows, columns: columns) }
        return matrix.tensor.reshaped(shape)
    }
}
