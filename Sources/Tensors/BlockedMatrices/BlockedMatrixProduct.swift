/// The operands of one product `c ← alpha · a · b` of a few panels; see `kernel_panel_product`.
public struct BlockedMatrixProduct<Scalar> {
    var rows, inner, panels: Int
    var alpha: Scalar
    var a: UnsafePointer<Scalar>
    var aRowStride, aColumnStride, aSegment, aSegmentStride: Int
    var b: UnsafePointer<Scalar>
    var bRowStride, bPanelStride: Int
    var c: UnsafeMutablePointer<Scalar>
    var cRowStride, cPanelStride: Int
}

extension BlockedMatrixProduct where Scalar: BinaryFloatingPoint {
    /// The product of the first `columns` columns of each panel, in plain loops.
    func run(columns: Int = 16) {
        for panel in 0..<panels {
            for row in 0..<rows {
                let sums = c + panel * cPanelStride + row * cRowStride
                for column in 0..<columns { sums[column] = 0 }
                for k in 0..<inner {
                    let weight = a[row * aRowStride + k % aSegment * aColumnStride + k / aSegment * aSegmentStride]
                    let other = b + panel * bPanelStride + k * bRowStride
                    for column in 0..<columns { sums[column] += weight * other[column] }
                }
                for column in 0..<columns { sums[column] *= alpha }
            }
        }
    }
}

extension BlockedMatrix {
    /// `self ← alpha · a · b`, or `alpha · aᵀ · b`.
    /// - Precondition: the extents fit; `self` is not `b`.
    public func setProduct(_ a: Matrix<Scalar>, transposeA: Bool = false, _ b: BlockedMatrix, alpha: Scalar = 1) {
        let (m, k) = transposeA ? (a.columns, a.rows) : (a.rows, a.columns)
        precondition(m == rows && k == b.rows, "[\(m), \(k)] times \(b.rows) rows into \(rows)")
        columns = b.columns
        Scalar.product(
            BlockedMatrixProduct(
                rows: m, inner: k, panels: panels, alpha: alpha, a: a.elements,
                aRowStride: transposeA ? 1 : a.columns, aColumnStride: transposeA ? a.columns : 1,
                aSegment: max(k, 1), aSegmentStride: 0, b: b.elements, bRowStride: Self.panelColumns,
                bPanelStride: b.panelStride, c: elements, cRowStride: Self.panelColumns, cPanelStride: panelStride))
    }

    /// `self ← alpha · a · b`.
    /// - Precondition: the extents fit; `self` is neither `a` nor `b`.
    public func setProduct(_ a: BlockedMatrix, _ b: BlockedMatrix, alpha: Scalar = 1) {
        precondition(
            a.rows == rows && a.columns == b.rows, "[\(a.rows), \(a.columns)] times \(b.rows) rows into \(rows)")
        columns = b.columns
        Scalar.product(
            BlockedMatrixProduct(
                rows: rows, inner: a.columns, panels: panels, alpha: alpha, a: a.elements,
                aRowStride: Self.panelColumns, aColumnStride: 1, aSegment: Self.panelColumns,
                aSegmentStride: a.panelStride, b: b.elements, bRowStride: Self.panelColumns,
                bPanelStride: b.panelStride, c: elements, cRowStride: Self.panelColumns, cPanelStride: panelStride))
    }

    /// `self ← alpha · aᵀ · b`.
    /// - Precondition: the extents fit; `self` is neither `a` nor `b`.
    public func setProduct(transposed a: BlockedMatrix, _ b: BlockedMatrix, alpha: Scalar = 1) {
        precondition(
            a.columns == rows && a.rows == b.rows, "[\(a.columns), \(a.rows)] times \(b.rows) rows into \(rows)")
        columns = b.columns
        for panel in 0..<a.panels {
            let first = panel * Self.panelColumns
            Scalar.product(
                BlockedMatrixProduct(
                    rows: min(Self.panelColumns, rows - first), inner: a.rows, panels: panels, alpha: alpha,
                    a: a.elements + panel * a.panelStride, aRowStride: 1, aColumnStride: Self.panelColumns,
                    aSegment: max(a.rows, 1), aSegmentStride: 0, b: b.elements, bRowStride: Self.panelColumns,
                    bPanelStride: b.panelStride, c: elements + first * Self.panelColumns,
                    cRowStride: Self.panelColumns, cPanelStride: panelStride))
        }
    }
}

extension Matrix {
    /// `self ← alpha · a · b` for some rows of `a`, which become all rows of `self`.
    ///
    /// A gradient of parameters sums over all pictures of a batch; this is how two cores share it.
    /// - Precondition: the extents fit; `self` is not `b`.
    public func setProduct(_ a: BlockedMatrix<Scalar>, rows range: Range<Int>, times b: Matrix, alpha: Scalar = 1) {
        precondition(
            a.columns == b.rows && b.columns == columns && range.lowerBound >= 0 && range.upperBound <= a.rows,
            "rows \(range) of [\(a.rows), \(a.columns)] times [\(b.rows), \(b.columns)] into \(columns) columns")
        rows = range.count
        let panelColumns = BlockedMatrix<Scalar>.panelColumns
        func product(panels: Int, from column: Int) -> BlockedMatrixProduct<Scalar> {
            BlockedMatrixProduct(
                rows: rows, inner: a.columns, panels: panels, alpha: alpha,
                a: a.elements + range.lowerBound * panelColumns, aRowStride: panelColumns, aColumnStride: 1,
                aSegment: panelColumns, aSegmentStride: a.panelStride, b: b.elements + column, bRowStride: columns,
                bPanelStride: panelColumns, c: elements + column, cRowStride: columns, cPanelStride: panelColumns)
        }
        guard columns >= panelColumns else { return product(panels: 1, from: 0).run(columns: columns) }
        Scalar.product(product(panels: columns / panelColumns, from: 0))
        // The last columns make no whole panel: some of those before are worked out once more, to the same figures.
        if columns % panelColumns > 0 { Scalar.product(product(panels: 1, from: columns - panelColumns)) }
    }
}
