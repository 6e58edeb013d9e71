/// The elementwise loops of training, on raw row-major storage.
///
/// `Float` uses vectorised C (generic Swift took 110 ms of a 136 ms epoch at the competition's size); `Double`, which
/// only serves gradient checks and the linear probe, runs the Swift versions, and the tests hold one against the other.
public protocol TrainingKernels {
    /// `x ← max(x, 0)`.
    static func relu(_ x: UnsafeMutablePointer<Self>, count: Int)

    /// `gradient ← 0` wherever `output <= 0`.
    static func reluBackward(
        _ gradient: UnsafeMutablePointer<Self>, output: UnsafePointer<Self>, count: Int)

    /// `result ← ratio · a + (1 − ratio) · b`.
    static func blend(
        _ result: UnsafeMutablePointer<Self>, ratio: Self, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>,
        count: Int)

    /// `result ← a ⊙ b`.
    static func multiply(
        _ result: UnsafeMutablePointer<Self>, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, count: Int)

    /// Multiplies each row by its factor.
    static func scaleRows(
        _ x: UnsafeMutablePointer<Self>, factors: UnsafePointer<Self>, rows: Int, columns: Int)

    /// `result ← ⟨a_row, b_row⟩` for each row.
    static func rowProducts(
        _ result: UnsafeMutablePointer<Self>, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, rows: Int,
        columns: Int)

    /// `sum ← sum + addend`.
    static func add(_ sum: UnsafeMutablePointer<Self>, _ addend: UnsafePointer<Self>, count: Int)

    /// `x ← exp(scale · x + offset)`.
    static func exponential(_ x: UnsafeMutablePointer<Self>, scale: Self, offset: Self, count: Int)

    /// Divides each row by its norm, which is at least 1e-12, and stores the norms.
    static func normaliseRows(
        _ x: UnsafeMutablePointer<Self>, rows: Int, columns: Int, norms: UnsafeMutablePointer<Self>)

    /// The gradient through ``normaliseRows(_:rows:columns:norms:)``, in place.
    static func normaliseRowsBackward(
        _ gradient: UnsafeMutablePointer<Self>, unit: UnsafePointer<Self>, norms: UnsafePointer<Self>, rows: Int,
        columns: Int)

    /// Replaces each row of logits `[rows, columns]` by `(softmax - oneHot) / batch`, the gradient of the mean
    /// cross-entropy of a batch of `batch` rows, of which these are some (docs/methods.md#losses-and-metrics), and
    /// returns the sum of the rows' losses.
    static func softmaxCrossEntropy(
        _ logits: UnsafeMutablePointer<Self>, labels: UnsafePointer<Int32>, rows: Int, columns: Int, batch: Int
    ) -> Double

    /// Replaces each row by its softmax.
    static func softmaxRows(_ logits: UnsafeMutablePointer<Self>, rows: Int, columns: Int)

    /// One Adam or AdamW update of `count` parameters; see ``Optimiser``.
    static func adam(
        _ parameter: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, mean: UnsafeMutablePointer<Self>,
        variance: UnsafeMutablePointer<Self>, count: Int, _ coefficients: AdamCoefficients)
}

/// The scalars of one Adam update.
public struct AdamCoefficients: Sendable {
    /// Learning rate.
    public var rate: Double
    /// Decay of the running mean.
    public var beta1: Double
    /// Decay of the running mean of squares.
    public var beta2: Double
    /// `1 - beta1^t`.
    public var correction1: Double
    /// `1 - beta2^t`.
    public var correction2: Double
    /// Added to the root.
    public var epsilon: Double
    /// Factor on the parameter before the update: `1 - rate * weightDecay` for AdamW, 1 for Adam.
    public var decay: Double
    /// Weight decay that is added to the gradient (Adam's L2 form).
    public var l2: Double
}
