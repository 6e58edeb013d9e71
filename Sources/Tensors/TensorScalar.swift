import CKernels
import COpenBLAS

/// What an element type must bring along: matrix products (OpenBLAS) and the loops of training in its own precision.
///
/// Training and encoding run in `Float`; the linear probe and the gradient checks run the same code in `Double`.
public protocol TensorScalar: BinaryFloatingPoint, TrainingKernels, BlockedMatrixKernels, Sendable {
    /// `c ← alpha · op(a) · op(b) + beta · c`, all row-major, `op(a)` `[m, k]`, `op(b)` `[k, n]`, `c` `[m, n]`.
    ///
    /// `leadingA` is the distance between the rows of `a` *as stored*, likewise the others.
    static func gemm(
        transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Self,
        a: UnsafePointer<Self>, leadingA: Int, b: UnsafePointer<Self>, leadingB: Int,
        beta: Self, c: UnsafeMutablePointer<Self>, leadingC: Int)
}

extension Float: TensorScalar {
    public static func gemm(
        transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float,
        a: UnsafePointer<Float>, leadingA: Int, b: UnsafePointer<Float>, leadingB: Int,
        beta: Float, c: UnsafeMutablePointer<Float>, leadingC: Int
    ) {
        cblas_sgemm(
            CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
            blasint(m), blasint(n), blasint(k), alpha, a, blasint(leadingA), b, blasint(leadingB), beta,
            c, blasint(leadingC))
    }
}

extension Double: TensorScalar {
    public static func gemm(
        transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Double,
        a: UnsafePointer<Double>, leadingA: Int, b: UnsafePointer<Double>, leadingB: Int,
        beta: Double, c: UnsafeMutablePointer<Double>, leadingC: Int
    ) {
        cblas_dgemm(
            CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
            blasint(m), blasint(n), blasint(k), alpha, a, blasint(leadingA), b, blasint(leadingB), beta,
            c, blasint(leadingC))
    }
}
