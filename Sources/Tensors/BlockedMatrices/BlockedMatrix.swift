/// A mutable matrix whose columns lie together by sixteen, `[panels, rows, 16]`: the activations of a training step, with a
/// picture in each column.
///
/// One vector then holds one channel of sixteen pictures. Products need no packing, norms and softmax no sums across a
/// vector, and what is done to a picture depends on no other one. The last panel may be partly filled; what stands in its
/// other columns has no meaning.
public final class BlockedMatrix<Scalar: TensorScalar> {
    /// Columns of a panel.
    public static var panelColumns: Int { 16 }

    /// Rows: channels, or classes.
    public let rows: Int
    /// Columns in use: pictures.
    public var columns: Int {
        didSet { precondition(columns >= 0 && columns <= capacity, "\(columns) columns in panels for \(capacity)") }
    }
    /// The first element.
    public let elements: UnsafeMutablePointer<Scalar>
    private let storage: Matrix<Scalar>
    private let capacity: Int

    /// A zero matrix.
    public init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        capacity = columns
        storage = Matrix(rows: Self.panels(columns) * rows, columns: Self.panelColumns)
        elements = storage.elements
    }

    private init(_ range: Range<Int>, of owner: BlockedMatrix) {
        rows = owner.rows
        columns = range.count
        capacity = range.count
        storage = owner.storage
        elements = owner.elements + Self.panels(range.lowerBound) * owner.rows * Self.panelColumns
    }

    /// How many panels hold so many columns.
    public static func panels(_ columns: Int) -> Int { (columns + panelColumns - 1) / panelColumns }

    /// Panels in use.
    public var panels: Int { Self.panels(columns) }
    /// Elements of the panels in use.
    public var count: Int { panels * rows * Self.panelColumns }
    /// The distance between panels.
    var panelStride: Int { rows * Self.panelColumns }

    /// Some of the columns, as a matrix that shares this one's storage.
    /// - Precondition: there is room for them, and they start a panel.
    public func slice(_ range: Range<Int>) -> BlockedMatrix {
        precondition(range.upperBound <= capacity, "columns \(range) of \(capacity)")
        precondition(
            range.isEmpty || range.lowerBound % Self.panelColumns == 0, "columns \(range) start inside a panel")
        return BlockedMatrix(range, of: self)
    }

    /// Cuts columns into two ranges of whole panels, as equal as can be; the second one may be empty.
    public static func halves(of columns: Int) -> [Range<Int>] {
        let middle = min((panels(columns) + 1) / 2 * panelColumns, columns)
        return [0..<middle, middle..<columns]
    }

    /// Overwrites the columns with the rows of a matrix, and the rest of the last panel with zeros.
    /// - Precondition: a column for each row, an element for each of `self`'s rows.
    public func setTransposed(_ source: Matrix<Scalar>) {
        precondition(source.columns == rows, "rows of \(source.columns) as columns of \(rows)")
        columns = source.rows
        for panel in 0..<panels {
            let (first, start) = (panel * Self.panelColumns, elements + panel * panelStride)
            let count = min(Self.panelColumns, columns - first)
            if count < Self.panelColumns { start.update(repeating: 0, count: panelStride) }
            Scalar.transpose(
                source.elements + first * rows, rows: count, columns: rows, stride: rows, to: start,
                toStride: Self.panelColumns)
        }
    }

    /// Overwrites the columns with some of `other`'s rows.
    /// - Precondition: there is room for them, and `self` has a row for each column of `other`.
    public func setTransposed(_ other: BlockedMatrix, rows range: Range<Int>) {
        precondition(
            other.columns == rows && range.lowerBound >= 0 && range.upperBound <= other.rows,
            "rows \(range) of [\(other.rows), \(other.columns)] as columns of \(rows)")
        columns = range.count
        for panel in 0..<panels {
            let first = panel * Self.panelColumns
            for otherPanel in 0..<other.panels {
                let row = otherPanel * Self.panelColumns
                Scalar.transpose(
                    other.elements + otherPanel * other.panelStride + (range.lowerBound + first) * Self.panelColumns,
                    rows: min(Self.panelColumns, columns - first), columns: min(Self.panelColumns, rows - row),
                    stride: Self.panelColumns, to: elements + panel * panelStride + row * Self.panelColumns,
                    toStride: Self.panelColumns)
            }
        }
    }
}

extension Matrix {
    /// Overwrites the matrix with the columns of `source` as its rows.
    /// - Precondition: there is room for them, and each has `self`'s columns.
    public func setTransposed(_ source: BlockedMatrix<Scalar>) {
        precondition(source.rows == columns, "columns of \(source.rows) as rows of \(columns)")
        rows = source.columns
        for panel in 0..<source.panels {
            let first = panel * BlockedMatrix<Scalar>.panelColumns
            Scalar.transpose(
                source.elements + panel * source.panelStride, rows: columns,
                columns: min(BlockedMatrix<Scalar>.panelColumns, rows - first),
                stride: BlockedMatrix<Scalar>.panelColumns,
                to: elements + first * columns, toStride: columns)
        }
    }
}
