/// The field of a chart inside its labels: marks and baseline first, the curves over them.
struct CurvePlot {
    let chart: CurveChart
    let axis: ChartAxis
    let glyphs: Glyphs
    let size: Rect

    /// Dots of a cell across and down.
    private var dots: (across: Int, down: Int) {
        switch glyphs.curve {
        case .braille: (2, 4)
        case .bars: (1, glyphs.verticalLevels.count - 1)
        case .stars: (1, 1)
        }
    }

    func draw(into canvas: inout Canvas) {
        guard !size.isEmpty else { return }
        drawEvents(into: &canvas)
        let grids = chart.lines.map { raster($0.series) }
        drawBaseline(around: grids, into: &canvas)
        for (index, line) in chart.lines.enumerated() {
            // In a chart of bars only the last curve can be one; the others are lines above it.
            let asBars = glyphs.curve == .bars && index == chart.lines.count - 1
            if asBars { drawBars(grids[index], line.role, into: &canvas) }
        }
        for (index, line) in chart.lines.enumerated() where glyphs.curve != .bars || index < chart.lines.count - 1 {
            drawLine(grids[index], line.role, into: &canvas)
        }
        for line in chart.lines { drawGaps(line.series, into: &canvas) }
        drawBest(into: &canvas)
        drawCrosshair(into: &canvas)
    }

    // MARK: places

    /// The column of a step, which may lie outside the field.
    private func column(of step: Double) -> Int {
        let width = size.width * dots.across
        let place = (step - Double(chart.domain.start)) / Double(max(1, chart.domain.width))
        return Int((place * Double(width - 1)).rounded(.toNearestOrAwayFromZero))
    }

    private func isInSight(_ step: Int) -> Bool { (chart.domain.start...chart.domain.end).contains(step) }

    private func row(of value: Double) -> Int {
        let height = size.height * dots.down
        return min(height - 1, max(0, Int(((1 - axis.position(value)) * Double(height - 1)).rounded())))
    }

    /// The curve as dots: bins as vertical strokes from smallest to largest, neighbours joined, gaps left open.
    private func raster(_ series: MetricSeries) -> DotGrid {
        var grid = DotGrid(width: size.width * dots.across, height: size.height * dots.down)
        var pen: (x: Int, y: Int)?
        for bin in series.bins where bin.lastStep >= chart.domain.start {
            // A logarithm has no place for what is not above 0.
            let isGap = bin.finiteCount == 0 || (chart.scale == .logarithmic && bin.minimum <= 0)
            guard !isGap else {
                pen = nil
                continue
            }
            if bin.firstStep > chart.domain.end, pen == nil { break }
            let start = (x: column(of: Double(bin.firstStep)), y: row(of: bin.first))
            let end = (x: column(of: Double(bin.lastStep)), y: row(of: bin.last))
            grid.line(from: pen ?? start, to: start)
            grid.line(from: (start.x, row(of: bin.maximum)), to: (start.x, row(of: bin.minimum)))
            grid.line(from: start, to: end)
            pen = end
            if bin.firstStep > chart.domain.end { break }
        }
        return grid
    }

    // MARK: layers

    private func drawEvents(into canvas: inout Canvas) {
        for step in chart.events where isInSight(step) {
            let x = column(of: Double(step) + 0.5) / dots.across
            for y in 0..<size.height { canvas.put(glyphs.event, x: x, y: y, .role(.event)) }
        }
    }

    private func drawBaseline(around grids: [DotGrid], into canvas: inout Canvas) {
        guard let baseline = chart.baseline else { return }
        let dotRow = row(of: baseline.value)
        let y = dotRow / dots.down
        switch glyphs.curve {
        case .braille:
            var grid = DotGrid(width: size.width * 2, height: size.height * 4)
            for x in 0..<grid.width where x % 4 < 2 { grid.set(x, dotRow) }
            for x in 0..<size.width {
                if let scalar = grid.braille(column: x, row: y) { canvas.put(scalar, x: x, y: y, .role(.zeroShot)) }
            }
        case .bars, .stars:
            for x in 0..<size.width { canvas.put(glyphs.baseline, x: x, y: y, .role(.zeroShot)) }
        }

        drawLabel(of: baseline, lineRow: y, around: grids, into: &canvas)
    }

    /// Writes the baseline's label where no curve is: just below the line on the right, else above it, else on the left.
    private func drawLabel(
        of baseline: CurveChart.Baseline, lineRow: Int, around grids: [DotGrid], into canvas: inout Canvas
    ) {
        let width = DisplayWidth.of(baseline.label)
        guard width + 2 <= size.width else { return }
        let right = size.width - width
        for (x, y) in [(right, lineRow + 1), (right, lineRow - 1), (0, lineRow + 1), (0, lineRow - 1)] {
            guard (0..<size.height).contains(y), isFree(x: x, y: y, width: width, grids) else { continue }
            canvas.text(baseline.label, x: x, y: y, .role(.zeroShot))
            return
        }
    }

    private func isFree(x: Int, y: Int, width: Int, _ grids: [DotGrid]) -> Bool {
        if let step = chart.crosshair, (x..<x + width).contains(column(of: Double(step)) / dots.across) { return false }
        for grid in grids {
            for column in x * dots.across..<(x + width) * dots.across {
                // A bar reaches from its top to the bottom; a line is only where its dots are.
                let bottom = glyphs.curve == .bars ? 0 : y * dots.down
                for row in bottom..<(y + 1) * dots.down where grid.isSet(column, row) { return false }
            }
        }
        return true
    }

    private func drawLine(_ grid: DotGrid, _ role: Role, into canvas: inout Canvas) {
        for y in 0..<size.height {
            for x in 0..<size.width {
                switch glyphs.curve {
                case .braille:
                    if let scalar = grid.braille(column: x, row: y) { canvas.put(scalar, x: x, y: y, .role(role)) }
                case .bars:
                    let dotRows = y * dots.down..<(y + 1) * dots.down
                    if dotRows.contains(where: { grid.isSet(x, $0) }) {
                        canvas.put(glyphs.baseline, x: x, y: y, .role(role))
                    }
                case .stars:
                    if grid.isSet(x, y) { canvas.put("*", x: x, y: y, .role(role)) }
                }
            }
        }
    }

    private var baselineRow: Int? { chart.baseline.map { row(of: $0.value) / dots.down } }

    private func drawBars(_ grid: DotGrid, _ role: Role, into canvas: inout Canvas) {
        for x in 0..<size.width {
            guard let top = grid.top(of: x) else { continue }
            for y in top / dots.down..<size.height {
                let filled = min(dots.down, (y + 1) * dots.down - top)
                if filled == dots.down, y == baselineRow {
                    // The line to beat is seen across the bars.
                    canvas.put(glyphs.baseline, x: x, y: y, Style(.role(.zeroShot), on: .role(role)))
                } else {
                    canvas.put(glyphs.verticalLevels[filled], x: x, y: y, .role(role))
                }
            }
        }
    }

    /// A marker where a value was no number, at the height of the last one that was.
    private func drawGaps(_ series: MetricSeries, into canvas: inout Canvas) {
        var height = 0
        for bin in series.bins {
            if bin.finiteCount > 0 { height = row(of: bin.last) / dots.down }
            guard bin.gapCount > 0, isInSight(bin.gapStep) else { continue }
            let x = column(of: Double(bin.gapStep)) / dots.across
            canvas.put(glyphs.notANumber, x: x, y: height, .role(.bad, .bold))
        }
    }

    /// The best value of a curve that is not smoothed away.
    private func drawBest(into canvas: inout Canvas) {
        guard let best = chart.best, isInSight(best.step), chart.lines.first?.series.count ?? 0 > 1 else { return }
        canvas.put(
            glyphs.best, x: column(of: Double(best.step)) / dots.across, y: row(of: best.value) / dots.down,
            .role(.good, .bold))
    }

    private func drawCrosshair(into canvas: inout Canvas) {
        guard let step = chart.crosshair, isInSight(step) else { return }
        let x = column(of: Double(step)) / dots.across
        for y in 0..<size.height { canvas.put(glyphs.box.vertical, x: x, y: y, .role(.accent)) }
    }
}
