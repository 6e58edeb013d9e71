/// A mutable matrix with storage of its own, for the inner loops of training: allocated once, overwritten every step.
///
/// Unlike `Tensor` it is a reference and is never copied by accident. `rows` may be set to anything up to the capacity,
/// because the last batch of an epoch is often smaller.
public final class Matrix<Scalar: TensorScalar> {
    /// Rows in use.
    public var rows: Int {
        didSet { precondition(rows >= 0 && rows <= capacity, "\(rows) rows in a matrix made for \(capacity)") }
    }
    /// Columns, also the distance between rows.
    public let columns: Int
    /// The first element; `rows * columns` follow row by row.
    public let elements: UnsafeMutablePointer<Scalar>
    private let storage: UnsafeMutableRawPointer?
    /// The matrix whose storage a slice looks into.
    private let owner: Matrix?
    private let capacity: Int

    /// A zero matrix of `rows` rows.
    public init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        capacity = rows
        // A cache line's alignment spares every vector load the line it would otherwise straddle.
        owner = nil
        let storage = UnsafeMutableRawPointer.allocate(
            byteCount: max(rows * columns, 1) * MemoryLayout<Scalar>.stride, alignment: 64)
        self.storage = storage
        elements = storage.bindMemory(to: Scalar.self, capacity: max(rows * columns, 1))
        elements.initialize(repeating: 0, count: rows * columns)
    }

    /// A matrix holding the elements of a tensor.
    public convenience init(_ tensor: Tensor<Scalar>) {
        self.init(rows: tensor.rows, columns: tensor.columns)
        assign(tensor)
    }

    private init(_ range: Range<Int>, of owner: Matrix) {
        rows = range.count
        columns = owner.columns
        capacity = range.count
        elements = owner.elements + range.lowerBound * owner.columns
        storage = nil
        self.owner = owner
    }

    deinit { storage?.deallocate() }

    /// Some of the rows, as a matrix that shares this one's storage: what is written there is written here.
    /// - Precondition: there is room for these rows.
    public func slice(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= capacity, "rows \(range) of \(capacity)")
        return Matrix(range, of: self)
    }

    /// Elements in use.
    public var count: Int { rows * columns }

    /// A copy as a tensor `[rows, columns]`.
    public var tensor: Tensor<Scalar> {
        Tensor(Array(UnsafeBufferPointer(start: elements, count: count)), shape: [rows, columns])
    }

    /// Overwrites all elements.
    /// - Precondition: the tensor has as many columns and no more rows than there is room for.
    public func assign(_ tensor: Tensor<Scalar>) {
        precondition(tensor.columns == columns, "\(tensor.shape) assigned to a matrix of \(columns) columns")
        rows = tensor.rows
        tensor.values.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            elements.update(from: start, count: count)
        }
    }

    /// Overwrites the matrix with the rows of `source` at `indices`, in that order.
    /// - Precondition: `source` has as many columns and every index is one of its rows.
    public func gatherRows(_ indices: some Collection<Int>, of source: Tensor<Scalar>) {
        precondition(source.columns == columns, "rows of \(source.shape) in a matrix of \(columns) columns")
        rows = indices.count
        source.values.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return }
            var destination = elements
            for index in indices {
                precondition(index >= 0 && index < source.rows, "row \(index) of \(source.rows)")
                destination.update(from: start + index * columns, count: columns)
                destination += columns
            }
        }
    }

    /// `self ← alpha · op(a) · op(b)`, where `op` transposes on request.
    /// - Precondition: the extents fit; `self` is neither `a` nor `b`.
    public func setProduct(
        _ a: Matrix, transposeA: Bool = false, _ b: Matrix, transposeB: Bool = false, alpha: Scalar = 1
    ) {
        let (m, k) = transposeA ? (a.columns, a.rows) : (a.rows, a.columns)
        let (inner, n) = transposeB ? (b.columns, b.rows) : (b.rows, b.columns)
        precondition(k == inner && n == columns, "[\(m), \(k)] times [\(inner), \(n)] into \(columns) columns")
        rows = m
        guard m > 0, n > 0, k > 0 else {
            // A sum over nothing is zero, not what was there before.
            elements.update(repeating: 0, count: count)
            return
        }
        Scalar.gemm(
            transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha,
            a: a.elements, leadingA: a.columns, b: b.elements, leadingB: b.columns,
            beta: 0, c: elements, leadingC: columns)
    }

    /// Rows `range` of `self ← alpha · aᵀ · b`; the others stay as they are.
    ///
    /// A gradient of parameters sums over all rows of a batch; this is how two cores share it.
    /// - Precondition: the extents fit; `self` is neither `a` nor `b`.
    public func setRows(_ range: Range<Int>, ofTransposed a: Matrix, times b: Matrix, alpha: Scalar = 1) {
        precondition(
            a.rows == b.rows && a.columns == rows && b.columns == columns && range.upperBound <= rows,
            "rows \(range) of [\(a.rows), \(a.columns)] transposed times [\(b.rows), \(b.columns)]")
        let start = elements + range.lowerBound * columns
        guard !range.isEmpty, a.rows > 0, columns > 0 else {
            start.update(repeating: 0, count: range.count * columns)
            return
        }
        Scalar.gemm(
            transposeA: true, transposeB: false, m: range.count, n: columns, k: a.rows, alpha: alpha,
            a: a.elements + range.lowerBound, leadingA: a.columns, b: b.elements, leadingB: b.columns,
            beta: 0, c: start, leadingC: columns)
    }
}
