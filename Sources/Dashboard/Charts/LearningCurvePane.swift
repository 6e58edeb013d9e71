/// One chart in a box: the curve several rows high, labels left of it, the newest value in the title, extremes in the foot.
enum LearningCurvePane {
    /// Draws a chart into the region of the canvas.
    static func draw(_ chart: CurveChart, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let value = chart.value.filter { !$0.text.isEmpty }
        canvas.box(
            glyphs, title: [.init(chart.title, .role(.title))], value: value,
            footLeft: fitting(chart, canvas.bounds.width, glyphs), footRight: [chart.position],
            border: chart.isChosen ? .role(.accent) : .role(.border)
        ) { inner in
            plot(chart, glyphs, into: &inner)
        }
        canvas.wheel(up: .zoomIn, down: .zoomOut)
    }

    /// As many feet as have room, with a piece of the frame between them.
    private static func fitting(_ chart: CurveChart, _ width: Int, _ glyphs: Glyphs) -> [Canvas.Caption] {
        var room = width - 4 - DisplayWidth.of(chart.position.text) - 2
        var result: [Canvas.Caption] = []
        for foot in chart.feet {
            let separator = result.isEmpty ? 0 : 4
            let needed = DisplayWidth.of(foot.text) + separator
            guard needed <= room else { break }
            if separator > 0 {
                let line = String(repeating: String(glyphs.box.horizontal), count: 2)
                result.append(.init(" \(line) ", .role(.border)))
            }
            result.append(foot)
            room -= needed
        }
        return result
    }

    /// Draws curve and labels over the whole region; answers where in it the field of the curve is.
    @discardableResult
    static func plot(_ chart: CurveChart, _ glyphs: Glyphs, into canvas: inout Canvas) -> Rect {
        let area = canvas.bounds
        guard area.height > 0, area.width > 0 else { return area }
        var values: [Double] = []
        for line in chart.lines {
            guard
                let extremes = line.series.extremes(
                    from: chart.domain.start, through: chart.domain.end, onlyPositive: chart.scale == .logarithmic)
            else { continue }
            values += [extremes.minimum, extremes.maximum]
        }
        if let baseline = chart.baseline { values.append(baseline.value) }
        let hasCurve = chart.lines.contains { !$0.series.bins.isEmpty }
        guard let minimum = values.min(), let maximum = values.max() else {
            let text = hasCurve ? "nothing to draw here" : chart.waiting
            canvas.text(
                glyphs.fit(text, area.width), x: max(0, (area.width - DisplayWidth.of(text)) / 2), y: area.height / 2,
                .dim)
            return area
        }
        let axis = ChartAxis(minimum: minimum, maximum: maximum, scale: chart.scale)
        let labels = axis.labels(rows: area.height)
        // The same gutter in every chart of a size, so that a mark stands at the same column in all of them.
        let usual = area.width >= 48 ? 6 : 4
        let labelWidth = max(usual, labels.map { DisplayWidth.of($0.text) }.max() ?? 0)
        let showsLabels = area.width >= labelWidth + 9
        if showsLabels {
            for label in labels { canvas.text(label.text, endingAt: labelWidth, y: label.row, .dim) }
        }
        let left = showsLabels ? labelWidth + 1 : 0
        let place = Rect(x: left, y: 0, width: area.width - left, height: area.height)
        canvas.inside(place) { field in
            CurvePlot(chart: chart, axis: axis, glyphs: glyphs, size: field.bounds).draw(into: &field)
            field.hotSpot(field.bounds, .steps(first: chart.domain.start, last: chart.domain.end))
        }
        return place
    }
}
