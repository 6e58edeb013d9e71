/// The field of a ``PointChart`` inside its axes: the line to beat, the curves over it, their markers on top.
struct PointPlot {
    let chart: PointChart
    let axis: ChartAxis
    let glyphs: Glyphs
    let size: Rect

    /// Whether curves are made of dots finer than a cell.
    private var isFine: Bool { glyphs.curve == .braille }
    private var dots: (across: Int, down: Int) { isFine ? (2, 4) : (1, 1) }

    func draw(into canvas: inout Canvas) {
        guard !size.isEmpty else { return }
        if let baseline = chart.baseline {
            let y = row(of: baseline.value) / dots.down
            for x in 0..<size.width { canvas.put(glyphs.baseline, x: x, y: y, .role(.zeroShot)) }
        }
        for (index, line) in chart.lines.enumerated() {
            drawCurve(line, PointChart.mark(line.slot ?? index, glyphs).style, into: &canvas)
        }
        for (index, line) in chart.lines.enumerated() where line.hasMarkers {
            let mark = PointChart.mark(line.slot ?? index, glyphs)
            let spacing = max(1, line.markerSpacing)
            // Counted from the end, which is where a curve is looked for.
            for (place, point) in line.points.reversed().enumerated()
            where point.value.isFinite && place % spacing == 0 {
                let (x, y) = (dot(of: point).x / dots.across, dot(of: point).y / dots.down)
                canvas.put(mark.glyph, x: x, y: y, mark.style)
            }
        }
    }

    /// The column of a place 0...1 in a field `width` wide; `inset` columns stay free left and right.
    static func column(_ place: Double, width: Int, inset: Int) -> Int {
        let room = max(width - 1 - 2 * inset, 0)
        return inset + min(room, max(0, Int((place * Double(room)).rounded())))
    }

    private func row(of value: Double) -> Int {
        let height = size.height * dots.down
        return min(height - 1, max(0, Int(((1 - axis.position(value)) * Double(height - 1)).rounded())))
    }

    private func dot(of point: PointChart.Point) -> (x: Int, y: Int) {
        // In whole cells, so that a marker stands where its curve bends.
        let column = Self.column(point.place, width: size.width, inset: 1)
        return (column * dots.across, row(of: point.value))
    }

    private func drawCurve(_ line: PointChart.Line, _ style: Style, into canvas: inout Canvas) {
        var grid = DotGrid(width: size.width * dots.across, height: size.height * dots.down)
        var pen: (x: Int, y: Int)?
        for point in line.points {
            guard point.value.isFinite else {
                pen = nil
                continue
            }
            let place = dot(of: point)
            grid.line(from: pen ?? place, to: place)
            pen = place
        }
        let coarse: Unicode.Scalar = glyphs.isASCII ? "." : "·"
        for y in 0..<size.height {
            for x in 0..<size.width {
                if isFine {
                    if let scalar = grid.braille(column: x, row: y) { canvas.put(scalar, x: x, y: y, style) }
                } else if grid.isSet(x, y) {
                    canvas.put(coarse, x: x, y: y, style)
                }
            }
        }
    }
}
