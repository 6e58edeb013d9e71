/// A raster of dots that are finer than cells; curves are drawn into one and read out as Braille, levels or stars.
struct DotGrid {
    let width: Int
    let height: Int
    private var dots: [Bool]

    init(width: Int, height: Int) {
        self.width = max(0, width)
        self.height = max(0, height)
        dots = Array(repeating: false, count: self.width * self.height)
    }

    func isSet(_ x: Int, _ y: Int) -> Bool {
        x >= 0 && y >= 0 && x < width && y < height && dots[y * width + x]
    }

    mutating func set(_ x: Int, _ y: Int) {
        guard x >= 0, y >= 0, x < width, y < height else { return }
        dots[y * width + x] = true
    }

    /// A straight line with both ends.
    mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int)) {
        let columns = abs(end.x - start.x)
        let rows = abs(end.y - start.y)
        let steps = max(columns, rows)
        guard steps > 0 else { return set(start.x, start.y) }
        for step in 0...steps {
            set(
                start.x + ((end.x - start.x) * step * 2 + (end.x < start.x ? -steps : steps)) / (2 * steps),
                start.y + ((end.y - start.y) * step * 2 + (end.y < start.y ? -steps : steps)) / (2 * steps))
        }
    }

    /// The Braille character of a cell of 2 x 4 dots; nil where none is set.
    func braille(column: Int, row: Int) -> Unicode.Scalar? {
        var pattern: UInt32 = 0
        for (bit, offset) in Self.brailleOrder.enumerated() where isSet(column * 2 + offset.x, row * 4 + offset.y) {
            pattern |= 1 << UInt32(bit)
        }
        return pattern == 0 ? nil : Unicode.Scalar(0x2800 + pattern)
    }

    /// The topmost dot of a column; nil where none is set.
    func top(of column: Int) -> Int? { (0..<height).first { isSet(column, $0) } }

    private static let brailleOrder: [(x: Int, y: Int)] = [
        (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3),
    ]
}
