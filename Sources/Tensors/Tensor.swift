/// A dense, row-major array with a shape: the one container for features, weights and gradients.
///
/// `shape` lists the extents from the slowest to the fastest axis, as in `[batch, tokens, width]`; `[]` is a scalar.
/// A `Tensor` is a value: copying is cheap until one of the copies is written to.
public struct Tensor<Scalar: TensorScalar>: Sendable, Equatable {
    /// Extents, slowest axis first.
    public private(set) var shape: [Int]
    /// All elements in row-major order; its count is the product of `shape`.
    public var values: [Scalar]

    /// A tensor of the given elements.
    /// - Precondition: `values.count` is the product of `shape` (a programming error otherwise; readers of files check
    ///   their lengths before they come here).
    public init(_ values: [Scalar], shape: [Int]) {
        precondition(values.count == shape.reduce(1, *), "\(values.count) values do not fill shape \(shape)")
        self.shape = shape
        self.values = values
    }

    /// A tensor whose elements are all `value`.
    public init(repeating value: Scalar = 0, shape: [Int]) {
        self.shape = shape
        self.values = Array(repeating: value, count: shape.reduce(1, *))
    }

    /// The number of elements.
    public var count: Int { values.count }

    /// The extent of the first axis; 1 for a scalar.
    public var rows: Int { shape.first ?? 1 }

    /// The number of elements of one row (the product of all axes but the first).
    public var columns: Int { shape.dropFirst().reduce(1, *) }

    /// The elements of one row.
    public func row(_ index: Int) -> ArraySlice<Scalar> { values[index * columns..<(index + 1) * columns] }

    /// The element at `row`, `column` of a matrix.
    public subscript(_ row: Int, _ column: Int) -> Scalar {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    /// The same elements under another shape.
    /// - Precondition: both shapes hold equally many elements.
    public func reshaped(_ newShape: [Int]) -> Tensor { Tensor(values, shape: newShape) }

    /// The rows at `indices`, in that order, `[indices.count, columns]`.
    public func gatheringRows(_ indices: some Collection<Int>) -> Tensor {
        var gathered: [Scalar] = []
        gathered.reserveCapacity(indices.count * columns)
        for index in indices { gathered.append(contentsOf: row(index)) }
        return Tensor(gathered, shape: [indices.count] + shape.dropFirst())
    }

    /// Rows and columns exchanged, `[columns, rows]`.
    public func transposed() -> Tensor {
        var result = Tensor(shape: [columns, rows])
        for row in 0..<rows {
            for column in 0..<columns { result.values[column * rows + row] = values[row * columns + column] }
        }
        return result
    }

    /// The same elements in another precision.
    public func converted<Other: TensorScalar>(to _: Other.Type) -> Tensor<Other> {
        Tensor<Other>(values.map { Other($0) }, shape: shape)
    }
}
