/// The elementwise loops of ``BlockedMatrix``, on raw storage `[panels, rows, 16]`.
///
/// `Float` uses vectorised C; `Double`, which only serves gradient checks here, runs the Swift versions, and the tests hold
/// one against the other.
public protocol BlockedMatrixKernels {
    static func product(_ product: BlockedMatrixProduct<Self>)

    /// `to[j][i] ← from[i][j]` for a matrix of `rows` x `columns`; the strides are between rows.
    static func transpose(
        _ from: UnsafePointer<Self>, rows: Int, columns: Int, stride: Int, to: UnsafeMutablePointer<Self>,
        toStride: Int)

    /// Divides each column by its norm, which is at least 1e-12, and stores the norms.
    static func normaliseColumns(
        _ x: UnsafeMutablePointer<Self>, panels: Int, rows: Int, norms: UnsafeMutablePointer<Self>)

    /// The gradient through ``normaliseColumns(_:panels:rows:norms:)``, in place.
    static func normaliseColumnsBackward(
        _ gradient: UnsafeMutablePointer<Self>, unit: UnsafePointer<Self>, norms: UnsafePointer<Self>, panels: Int,
        rows: Int)

    /// Multiplies each column by its factor.
    static func scaleColumns(
        _ x: UnsafeMutablePointer<Self>, factors: UnsafePointer<Self>, panels: Int, rows: Int)

    /// `result ← factor · a + (1 − factor) · b` with a factor for each column.
    static func blendColumns(
        _ result: UnsafeMutablePointer<Self>, factors: UnsafePointer<Self>, _ a: UnsafePointer<Self>,
        _ b: UnsafePointer<Self>, panels: Int, rows: Int)

    /// `result ← ⟨a_column, b_column⟩` for each column.
    static func columnProducts(
        _ result: UnsafeMutablePointer<Self>, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, panels: Int,
        rows: Int)

    /// Replaces each column of logits by `(softmax - oneHot) / batch`, the gradient of the mean cross-entropy of a batch
    /// of `batch` pictures, of which these are `columns` (docs/methods.md#losses-and-metrics), and returns the sum of
    /// their losses.
    static func softmaxCrossEntropyColumns(
        _ logits: UnsafeMutablePointer<Self>, labels: UnsafePointer<Int32>, columns: Int, classes: Int, batch: Int
    ) -> Double
}
