/// A grid of cells that panes draw into and a back end shows.
///
/// Every write is clipped to the current region, so that a pane can neither crash on a small screen nor draw over its
/// neighbour. Coordinates are relative to the region: a pane always starts at (0, 0).
struct Canvas: Sendable, Equatable {
    /// A picture in pixels and its cells, in coordinates of the whole grid.
    struct PlacedPixels: Sendable, Equatable {
        var picture: PixelPicture
        var place: Rect
    }

    /// Columns of the whole grid.
    let width: Int
    /// Rows of the whole grid.
    let height: Int
    private(set) var cells: [Cell]
    /// The parts that answer the mouse.
    private(set) var hotSpots: [HotSpot] = []
    /// The pictures in the terminal's own pixels, and where they stand.
    private(set) var pixels: [PlacedPixels] = []
    /// The region drawn into, in coordinates of the whole grid; it may reach beyond the grid.
    private var region: Rect
    /// The part of the region that lies inside the grid and inside all enclosing regions.
    private var visible: Rect

    /// A grid filled with one cell.
    init(width: Int, height: Int, filledWith cell: Cell = .blank) {
        self.width = max(0, width)
        self.height = max(0, height)
        cells = Array(repeating: cell, count: self.width * self.height)
        region = Rect(x: 0, y: 0, width: self.width, height: self.height)
        visible = region
    }

    /// The region drawn into, as a pane sees it: its origin is (0, 0).
    var bounds: Rect { Rect(x: 0, y: 0, width: region.width, height: region.height) }

    /// Lets `draw` write into a part of the current region only, with the part's corner as origin.
    mutating func inside(_ part: Rect, _ draw: (inout Canvas) -> Void) {
        let outer = (region, visible)
        region = part.offset(x: region.x, y: region.y)
        visible = visible.intersection(region)
        draw(&self)
        (region, visible) = outer
    }

    /// The cell at a place of the current region; nil outside.
    func cell(x: Int, y: Int) -> Cell? {
        guard visible.contains(x: x + region.x, y: y + region.y) else { return nil }
        return cells[(y + region.y) * width + x + region.x]
    }

    /// Writes one single-width glyph; outside the region nothing happens.
    mutating func put(_ scalar: Unicode.Scalar, x: Int, y: Int, _ style: Style = .text) {
        put(Cell(scalar, style), x: x, y: y)
    }

    /// Writes one cell; outside the region nothing happens.
    mutating func put(_ cell: Cell, x: Int, y: Int) {
        guard visible.contains(x: x + region.x, y: y + region.y) else { return }
        let index = (y + region.y) * width + x + region.x
        repairHalves(at: index, column: x + region.x)
        cells[index] = cell
    }

    /// Writes text from (x, y) to the right and returns the cells it takes, visible or not. Control characters become `?`;
    /// a wide glyph that does not fit leaves a space.
    @discardableResult
    mutating func text(_ text: String, x: Int, y: Int, _ style: Style = .text) -> Int {
        var column = x
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
            let width = DisplayWidth.of(scalar)
            if isControl {
                put("?", x: column, y: y, style)
            } else if width == 0 {
                addMark(scalar, x: column - 1, y: y)
                continue
            } else if width == 1 {
                put(scalar, x: column, y: y, style)
            } else if isVisible(x: column, y: y), isVisible(x: column + 1, y: y) {
                put(wide: scalar, x: column, y: y, style)
            } else {
                put(" ", x: column, y: y, style)
                put(" ", x: column + 1, y: y, style)
            }
            column += isControl ? 1 : width
        }
        return column - x
    }

    /// Writes text that ends just left of column `right`; returns the column it starts at.
    @discardableResult
    mutating func text(_ text: String, endingAt right: Int, y: Int, _ style: Style = .text) -> Int {
        let start = right - DisplayWidth.of(text)
        self.text(text, x: start, y: y, style)
        return start
    }

    /// Fills a part of the region with one cell.
    mutating func fill(_ part: Rect, with cell: Cell = .blank) {
        for row in part.y..<part.bottom {
            for column in part.x..<part.right { put(cell, x: column, y: row) }
        }
    }

    /// Repaints what is already in a part of the region.
    mutating func restyle(_ part: Rect, _ change: (inout Style) -> Void) {
        let area = part.offset(x: region.x, y: region.y).intersection(visible)
        for row in area.y..<area.bottom {
            for column in area.x..<area.right { change(&cells[row * width + column].style) }
        }
    }

    /// Records a part of the region that answers the mouse; what of it is not to be seen does not count.
    mutating func hotSpot(_ part: Rect, click: HotSpot.Target?, wheel: HotSpot.Wheel?) {
        let place = part.offset(x: region.x, y: region.y).intersection(visible)
        if !place.isEmpty { hotSpots.append(HotSpot(place: place, click: click, wheel: wheel)) }
    }

    /// Records a picture in pixels over a part of the region, if all of it is to be seen.
    mutating func pixels(_ picture: PixelPicture, x: Int, y: Int) {
        let place = Rect(x: x + region.x, y: y + region.y, width: picture.columns, height: picture.rows)
        if place.intersection(visible) == place { pixels.append(PlacedPixels(picture: picture, place: place)) }
    }

    /// Something is laid over the screen: what is below it does not answer the mouse, and pixels that would stand above it
    /// are taken away.
    mutating func cover() {
        hotSpots = []
        pixels = pixels.filter { $0.picture.language != .sixel }
    }

    /// Replaces every glyph outside ASCII by a look-alike, or by `?`.
    mutating func reduceToASCII() {
        for index in cells.indices {
            cells[index].mark = nil
            let scalar = cells[index].scalar
            if scalar == Cell.continuation { cells[index].scalar = " " }
            if !scalar.isASCII { cells[index].scalar = ASCIILookalike.of(scalar) }
        }
    }

    /// One row of cells of the whole grid.
    func row(_ y: Int) -> ArraySlice<Cell> { cells[y * width..<(y + 1) * width] }

    /// The glyphs row by row, without trailing spaces.
    var lines: [String] {
        (0..<height).map { y in
            var line = ""
            for cell in row(y) where cell.scalar != Cell.continuation {
                line.unicodeScalars.append(cell.scalar)
                if let mark = cell.mark { line.unicodeScalars.append(mark) }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// The glyphs as one text; what snapshot tests compare.
    var plain: String { lines.joined(separator: "\n") }

    // MARK: wide glyphs

    private func isVisible(x: Int, y: Int) -> Bool { visible.contains(x: x + region.x, y: y + region.y) }

    private mutating func put(wide scalar: Unicode.Scalar, x: Int, y: Int, _ style: Style) {
        let index = (y + region.y) * width + x + region.x
        repairHalves(at: index, column: x + region.x)
        repairHalves(at: index + 1, column: x + 1 + region.x)
        cells[index] = Cell(scalar, style)
        cells[index + 1] = Cell(Cell.continuation, style)
    }

    private mutating func addMark(_ mark: Unicode.Scalar, x: Int, y: Int) {
        guard isVisible(x: x, y: y) else { return }
        var index = (y + region.y) * width + x + region.x
        if cells[index].scalar == Cell.continuation, index > 0 { index -= 1 }
        if cells[index].mark == nil, mark.properties.canonicalCombiningClass != .notReordered {
            cells[index].mark = mark
        }
    }

    /// Writing over one half of a wide glyph leaves no torn other half.
    private mutating func repairHalves(at index: Int, column: Int) {
        if cells[index].scalar == Cell.continuation, column > 0 { cells[index - 1].scalar = " " }
        if column + 1 < width, cells[index + 1].scalar == Cell.continuation { cells[index + 1].scalar = " " }
    }
}
