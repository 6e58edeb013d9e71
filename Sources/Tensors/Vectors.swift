import COpenBLAS

/// Level-1 BLAS on the double vectors of a minimiser; `count` elements each.
enum Vectors {
    /// `⟨a, b⟩`.
    static func dot(_ a: Matrix<Double>, _ b: Matrix<Double>) -> Double {
        cblas_ddot(blasint(a.count), a.elements, 1, b.elements, 1)
    }

    /// `y ← y + alpha · x`.
    static func add(_ alpha: Double, _ x: Matrix<Double>, to y: Matrix<Double>) {
        cblas_daxpy(blasint(x.count), alpha, x.elements, 1, y.elements, 1)
    }

    /// `x ← alpha · x`.
    static func scale(_ x: Matrix<Double>, by alpha: Double) {
        cblas_dscal(blasint(x.count), alpha, x.elements, 1)
    }

    /// `y ← x`.
    static func copy(_ x: Matrix<Double>, to y: Matrix<Double>) {
        cblas_dcopy(blasint(x.count), x.elements, 1, y.elements, 1)
    }

    /// `Σ |x|`.
    static func absoluteSum(_ x: Matrix<Double>) -> Double { cblas_dasum(blasint(x.count), x.elements, 1) }

    /// `max |x|`; NaN if any element is NaN or the vector holds an infinity.
    static func largestMagnitude(_ x: Matrix<Double>) -> Double {
        guard x.count > 0 else { return 0 }
        // BLAS's own maximum skips NaN on some kernels; the sum of magnitudes never does.
        guard absoluteSum(x).isFinite else { return .nan }
        return abs(x.elements[Int(cblas_idamax(blasint(x.count), x.elements, 1))])
    }
}
