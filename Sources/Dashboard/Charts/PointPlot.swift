/// The field of a ``PointChart`` inside its axes: the line to beat, the curves over it, their markers on top.
struct PointPlot {
    let chart: PointChart
    let axis: ChartAxis
    let glyphs: Glyphs
    let size: Rect
    /// The marker and the colour of each curve.
    let mark: (Int) -> (glyph: Unicode.Scalar, style: Style)

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
            drawIntervals(line, index, into: &canvas)
        }
        for (index, line) in chart.lines.enumerated() { drawCurve(line, index, into: &canvas) }
        for (index, line) in chart.lines.enumerated() where line.hasMarkers {
            let mark = mark(line.slot ?? index)
            let spacing = max(1, line.markerSpacing)
            // Counted from the end, which is where a curve is looked for.
            for (place, point) in line.points.reversed().enumerated()
            where point.value.isFinite && place % spacing == 0 {
                let dot = dot(of: point, index)
                let (x, y) = (dot.x / dots.across, dot.y / dots.down)
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

    /// The columns that stay free left and right of the curves: one, or more where curves stand side by side so that their
    /// intervals do not cover each other.
    static func inset(_ chart: PointChart, _ width: Int) -> Int {
        let hasIntervals = chart.lines.contains { $0.points.contains { $0.interval > 0 } }
        let count = chart.lines.count
        return hasIntervals && width >= chart.ticks.count * (count + 2) ? 1 + count / 2 : 1
    }

    private func dot(of point: PointChart.Point, _ index: Int) -> (x: Int, y: Int) {
        // In whole cells, so that a marker stands where its curve bends.
        let inset = Self.inset(chart, size.width)
        let aside = inset > 1 ? index - (chart.lines.count - 1) / 2 : 0
        let column = Self.column(point.place, width: size.width, inset: inset) + aside
        return (column * dots.across, row(of: point.value))
    }

    /// A vertical line through each point, as long as its interval.
    private func drawIntervals(_ line: PointChart.Line, _ index: Int, into canvas: inout Canvas) {
        for point in line.points where point.value.isFinite && point.interval > 0 {
            let x = dot(of: point, index).x / dots.across
            let top = row(of: point.value + point.interval) / dots.down
            let bottom = row(of: point.value - point.interval) / dots.down
            for y in top...max(top, bottom) {
                canvas.put(glyphs.box.vertical, x: x, y: y, mark(line.slot ?? index).style)
            }
        }
    }

    private func drawCurve(_ line: PointChart.Line, _ index: Int, into canvas: inout Canvas) {
        let style = mark(line.slot ?? index).style
        var grid = DotGrid(width: size.width * dots.across, height: size.height * dots.down)
        var pen: (x: Int, y: Int)?
        for point in line.points {
            guard point.value.isFinite else {
                pen = nil
                continue
            }
            let place = dot(of: point, index)
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
