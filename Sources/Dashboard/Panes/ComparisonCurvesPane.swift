import FewShot
import Training

/// Top-1 against shots, a curve a method with its 95 % intervals, over the zero-shot line.
enum ComparisonCurvesPane {
    /// Draws the pane into the region of the canvas.
    static func draw(_ comparison: Comparison, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let zeroShot = comparison.zeroShotTop1
        canvas.box(
            glyphs, title: [.init("top-1 on test, %, against shots a class", .role(.title))],
            value: zeroShot.map { [.init("zero-shot \(NumberFormat.percent($0.mean)) %", .role(.zeroShot))] } ?? []
        ) { inner in
            let chart = chart(of: comparison)
            guard inner.bounds.width >= 12, inner.bounds.height >= 4, let axis = chart.axis else {
                inner.text(glyphs.fit("no run has ended yet", inner.bounds.width), x: 0, y: 0, .dim)
                return
            }
            let margin = 5
            let field = Rect(x: margin, y: 0, width: inner.bounds.width - margin, height: inner.bounds.height - 1)
            for label in axis.labels(rows: field.height) {
                inner.text(label.text, endingAt: margin - 1, y: label.row, .dim)
            }
            inner.inside(field) { region in
                PointPlot(
                    chart: chart, axis: axis, glyphs: glyphs, size: region.bounds, mark: { mark($0, glyphs) }
                ).draw(into: &region)
            }
            for tick in chart.ticks {
                let place =
                    margin
                    + PointPlot.column(tick.place, width: field.width, inset: PointPlot.inset(chart, field.width))
                inner.text(tick.text, x: place - (tick.text.count - 1) / 2, y: field.bottom, .dim)
            }
        }
    }

    /// The chart of a comparison; methods that have no result yet keep their places, and so their colours.
    static func chart(of comparison: Comparison) -> PointChart {
        let grid = comparison.grid
        let last = Double(max(grid.shots.count - 1, 1))
        func place(_ index: Int) -> Double { grid.shots.count == 1 ? 0.5 : Double(index) / last }
        let lines = curves(comparison).map { method in
            PointChart.Line(
                name: grid.methods[method].rawValue,
                points: grid.shots.enumerated().map { index, shots in
                    let top1 = comparison.top1(method: method, shots: shots)
                    return PointChart.Point(
                        place: place(index), value: top1?.mean ?? .nan, interval: top1?.interval ?? 0)
                })
        }
        var chart = PointChart(
            title: "", lines: lines, ticks: grid.shots.enumerated().map { .init(place: place($0), text: "\($1)") },
            axisName: "shots")
        if let zeroShot = comparison.zeroShotTop1 { chart.baseline = (zeroShot.mean, "zero-shot") }
        return chart
    }

    /// The methods with a curve: zero-shot does not depend on the shots and is the line.
    static func curves(_ comparison: Comparison) -> [Int] {
        comparison.grid.methods.indices.filter { comparison.grid.methods[$0] != MethodRegistry.baseline }
    }

    /// The marker of a curve, in a colour of the theme.
    static func mark(_ index: Int, _ glyphs: Glyphs) -> (glyph: Unicode.Scalar, style: Style) {
        let roles: [Role] = [.accuracy, .validation, .accent, .event, .bad, .text]
        return (PointChart.mark(index, glyphs).glyph, .role(roles[index % roles.count]))
    }
}
