/// A rectangle of cells. Sizes are never negative.
struct Rect: Sendable, Equatable {
    /// The leftmost column.
    var x: Int
    /// The topmost row.
    var y: Int
    /// Columns.
    var width: Int
    /// Rows.
    var height: Int

    /// A rectangle; negative sizes become 0.
    init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    /// The first column to the right of it.
    var right: Int { x + width }
    /// The first row below it.
    var bottom: Int { y + height }
    /// Whether it holds no cell.
    var isEmpty: Bool { width == 0 || height == 0 }

    /// Whether the cell lies inside.
    func contains(x column: Int, y row: Int) -> Bool {
        column >= x && column < right && row >= y && row < bottom
    }

    /// The part both have in common.
    func intersection(_ other: Rect) -> Rect {
        let left = max(x, other.x)
        let top = max(y, other.y)
        return Rect(x: left, y: top, width: min(right, other.right) - left, height: min(bottom, other.bottom) - top)
    }

    /// The rectangle without `horizontal` columns on each side and `vertical` rows at each end.
    func inset(horizontal: Int, vertical: Int) -> Rect {
        Rect(x: x + horizontal, y: y + vertical, width: width - 2 * horizontal, height: height - 2 * vertical)
    }

    /// The same rectangle somewhere else.
    func offset(x dx: Int, y dy: Int) -> Rect {
        Rect(x: x + dx, y: y + dy, width: width, height: height)
    }

    /// `count` columns of widths that differ by at most one, left to right.
    func columns(_ count: Int) -> [Rect] {
        (0..<count).map { index in
            let start = width * index / count
            return Rect(x: x + start, y: y, width: width * (index + 1) / count - start, height: height)
        }
    }

    /// `count` rows of heights that differ by at most one, top to bottom.
    func rows(_ count: Int) -> [Rect] {
        (0..<count).map { index in
            let start = height * index / count
            return Rect(x: x, y: y + start, width: width, height: height * (index + 1) / count - start)
        }
    }
}
