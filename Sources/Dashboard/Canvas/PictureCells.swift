import Pictures

/// A picture as cells of one terminal's kind: half blocks in colour, shades where there are no colours. Made once, off the
/// main thread; a frame only copies it.
struct PictureCells: Sendable, Equatable {
    /// Columns and rows of cells.
    let columns: Int
    let rows: Int
    /// Row by row; nil where the picture is not and the screen shows.
    private let cells: [Cell?]
    /// The same picture in the terminal's own pixels, where it shows them.
    let pixels: PixelPicture?
    /// The corner of those.
    private let corner: (x: Int, y: Int)

    static func == (left: PictureCells, right: PictureCells) -> Bool {
        left.columns == right.columns && left.rows == right.rows && left.cells == right.cells
            && left.pixels == right.pixels && left.corner == right.corner
    }

    /// Fits a picture into `columns` x `rows` cells in pixels: what the terminal is to put there.
    init(pixels: PixelPicture, columns: Int, rows: Int) {
        (self.columns, self.rows, self.pixels) = (columns, rows, pixels)
        let corner = (x: (columns - pixels.columns) / 2, y: (rows - pixels.rows) / 2)
        self.corner = corner
        cells = (0..<columns * rows).map { index in
            let (row, column) = index.quotientAndRemainder(dividingBy: columns)
            let isInside =
                (corner.x..<corner.x + pixels.columns).contains(column)
                && (corner.y..<corner.y + pixels.rows).contains(row)
            return isInside ? pixels.cell(row: row - corner.y) : nil
        }
    }

    /// No picture at all.
    static let nothing = PictureCells()

    private init() { (columns, rows, cells, pixels, corner) = (0, 0, [], nil, (0, 0)) }

    /// Fits a picture into `columns` x `rows` cells.
    init(_ picture: Picture, columns: Int, rows: Int, _ capabilities: TerminalCapabilities) {
        let image = HalfBlockImage(picture: picture, columns: columns, rows: rows)
        (pixels, corner) = (nil, (0, 0))
        self.columns = image.columns
        self.rows = image.rows
        let indices = capabilities.colors == .indexed256 ? image.indices256() : []
        cells = (0..<image.columns * image.rows).map { index in
            let (row, column) = index.quotientAndRemainder(dividingBy: image.columns)
            return Self.cell(image.cell(column, row), column: column, row: row, capabilities) { color, half in
                if capabilities.colors == .indexed256 {
                    return indices[(2 * row + half) * image.columns + column].map { .indexed($0) }
                }
                return color.map { Self.paint($0, x: column, y: 2 * row + half, capabilities.colors) }
            }
        }
    }

    fileprivate func cell(_ column: Int, _ row: Int) -> Cell? { cells[row * columns + column] }

    fileprivate func placePixels(into canvas: inout Canvas) {
        if let pixels { canvas.pixels(pixels, x: corner.x, y: corner.y) }
    }

    private static func cell(
        _ halves: HalfBlockImage.Cell, column: Int, row: Int, _ capabilities: TerminalCapabilities,
        paint: (RGB?, Int) -> Paint?
    ) -> Cell? {
        guard halves.top != nil || halves.bottom != nil else { return nil }
        let glyphs = capabilities.glyphs
        guard capabilities.colors != .none else {
            let ramp = glyphs.isASCII ? ShadeRamp.ascii : ShadeRamp.blocks
            return Cell(ramp.glyph(for: halves, x: column, y: row).unicodeScalars.first ?? " ")
        }
        let background = Paint.role(.background)
        guard glyphs.halfBlocks else {
            let color = halves.top.map { top in halves.bottom?.mixed(with: top, 0.5) ?? top } ?? halves.bottom
            return Cell(" ", Style(.role(.text), on: paint(color, halves.top == nil ? 1 : 0) ?? background))
        }
        switch (paint(halves.top, 0), paint(halves.bottom, 1)) {
        case (let top?, nil): return Cell("▀", Style(top, on: background))
        case (nil, let bottom?): return Cell("▄", Style(bottom, on: background))
        case (let top?, let bottom?) where top == bottom: return Cell("█", Style(top, on: background))
        case (let top?, let bottom?):
            // One order of the two colours, so that a terminal with 64 pairs has enough of them.
            if order(top) > order(bottom) { return Cell("▀", Style(top, on: bottom)) }
            return Cell("▄", Style(bottom, on: top))
        case (nil, nil): return nil
        }
    }

    /// The colour a half is painted with: the exact one, or a dot of the few there are. (With 256 colours whole pictures
    /// are dithered, not halves.)
    private static func paint(_ color: RGB, x: Int, y: Int, _ depth: ColorDepth) -> Paint {
        switch depth {
        case .direct, .none, .indexed256: .rgb(color)
        case .ansi16: .indexed(UInt8(clamping: TerminalPalette.ansi16.index(of: color, x: x, y: y)))
        case .ansi8: .indexed(UInt8(clamping: TerminalPalette.ansi8.index(of: color, x: x, y: y)))
        }
    }

    private static func order(_ paint: Paint) -> Int {
        switch paint {
        case .indexed(let index): Int(index)
        case .rgb(let color): Int(color.red) << 16 | Int(color.green) << 8 | Int(color.blue)
        case .role, .gradient: -1
        }
    }
}

extension Canvas {
    /// Copies a picture to the region's corner.
    mutating func picture(_ picture: PictureCells) {
        for row in 0..<picture.rows {
            for column in 0..<picture.columns {
                if let cell = picture.cell(column, row) { put(cell, x: column, y: row) }
            }
        }
        picture.placePixels(into: &self)
    }
}
