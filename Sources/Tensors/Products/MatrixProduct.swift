extension Tensor {
    /// `alpha · op(self) · op(other)`, where `op` transposes on request; `[m, n]`.
    /// - Precondition: both are matrices whose inner extents agree.
    public func product(
        _ other: Tensor, transposeSelf: Bool = false, transposeOther: Bool = false, alpha: Scalar = 1
    ) -> Tensor {
        let (m, k) = transposeSelf ? (columns, rows) : (rows, columns)
        let (innerOther, n) = transposeOther ? (other.columns, other.rows) : (other.rows, other.columns)
        precondition(k == innerOther, "inner extents differ: \(shape) times \(other.shape)")
        var result = Tensor(shape: [m, n])
        guard m > 0, n > 0, k > 0 else { return result }
        values.withUnsafeBufferPointer { a in
            other.values.withUnsafeBufferPointer { b in
                result.values.withUnsafeMutableBufferPointer { c in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                    Scalar.gemm(
                        transposeA: transposeSelf, transposeB: transposeOther, m: m, n: n, k: k, alpha: alpha,
                        a: a, leadingA: columns, b: b, leadingB: other.columns, beta: 0, c: c, leadingC: n)
                }
            }
        }
        return result
    }
}
