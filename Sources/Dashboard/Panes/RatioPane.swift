import Training

/// The residual-ratio slider: what the adapter as it is now would do at every other ratio, on the validation pictures.
enum RatioPane {
    /// Where things stand: a function of the size alone.
    struct Layout: Equatable {
        var status: Rect?
        /// Top-1, and the loss beside it where there is room.
        var charts: [Rect] = []
        /// Cursor, run, zero-shot and best in figures.
        var table: Rect
        var isTableBoxed = false
        var footer: Rect?

        init(columns: Int, rows: Int) {
            let screen = Rect(x: 0, y: 0, width: columns, height: rows)
            guard rows >= 10, columns >= 24 else {
                table = Rect(x: 0, y: 0, width: columns, height: rows > 1 ? rows - 1 : rows)
                if rows > 1 { footer = Rect(x: 0, y: rows - 1, width: columns, height: 1) }
                return
            }
            isTableBoxed = rows >= 18 && columns >= 60
            let statusRows = isTableBoxed ? 2 : 1
            let tableRows = isTableBoxed ? 8 : 4
            status = Rect(x: 0, y: 0, width: columns, height: statusRows)
            footer = Rect(x: 0, y: rows - 1, width: columns, height: 1)
            table = Rect(x: 0, y: rows - 1 - tableRows, width: columns, height: tableRows)
            let body = Rect(x: 0, y: statusRows, width: columns, height: screen.height - 1 - tableRows - statusRows)
            charts = columns >= 72 ? body.columns(2) : [body]
        }
    }

    /// Draws the pane over the whole screen.
    static func draw(_ slider: RatioSlider, _ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let layout = Layout(columns: canvas.bounds.width, rows: canvas.bounds.height)
        if let status = layout.status { canvas.inside(status) { StatusLine.draw(state, glyphs, into: &$0) } }
        for (place, metric) in zip(layout.charts, [Metric.top1, .loss]) {
            canvas.inside(place) { drawChart(metric, slider, state.run, glyphs, into: &$0) }
        }
        canvas.inside(layout.table) { region in
            if layout.isTableBoxed {
                let count = state.run.ratios.map { " on \(Format.count($0.trained.count)) validation pictures" } ?? ""
                region.box(
                    glyphs,
                    title: [.init("adapter of epoch \(Format.count(state.run.ratiosEpoch))" + count, .role(.title))]
                ) { drawTable(slider, state.run, hasNote: true, glyphs, into: &$0) }
            } else {
                drawTable(slider, state.run, hasNote: false, glyphs, into: &region)
            }
        }
        if let footer = layout.footer { canvas.inside(footer) { Footer.draw(state, glyphs, into: &$0) } }
    }

    // MARK: charts

    private enum Metric {
        case top1, loss

        func value(_ evaluation: Evaluation) -> Double { self == .top1 ? evaluation.top1 : evaluation.loss }
        func text(_ evaluation: Evaluation) -> String {
            self == .top1 ? NumberFormat.percent(evaluation.top1) + " %" : Format.loss(evaluation.loss)
        }
    }

    /// Ratios stand in the charts as thousandths.
    private static func place(_ ratio: Double) -> Int { Int((ratio * 1000).rounded()) }

    private static func text(_ ratio: Double) -> String { NumberFormat.fixed(ratio, 2) }

    private static func drawChart(
        _ metric: Metric, _ slider: RatioSlider, _ run: RunModel, _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        let chart = chart(metric, slider, run, glyphs)
        let title = metric == .top1 ? "top-1 by residual ratio" : "loss by residual ratio"
        canvas.box(
            glyphs, title: [.init(title, .role(.title))], value: chart.value, footLeft: chart.feet,
            footRight: [chart.position]
        ) { inner in
            // The last row belongs to the axis, where the chart can spare it.
            let hasTicks = inner.bounds.height >= 5 && run.ratios != nil
            let height = inner.bounds.height - (hasTicks ? 1 : 0)
            var field = inner.bounds
            inner.inside(Rect(x: 0, y: 0, width: inner.bounds.width, height: height)) { area in
                field = LearningCurvePane.plot(chart, glyphs, into: &area)
            }
            if hasTicks { drawTicks(below: field, y: height, into: &inner) }
        }
    }

    private static func chart(
        _ metric: Metric, _ slider: RatioSlider, _ run: RunModel, _ glyphs: Glyphs
    ) -> CurveChart {
        var series = MetricSeries()
        let points = run.ratios?.points.sorted { $0.ratio < $1.ratio } ?? []
        for point in points { series.append(metric.value(point.evaluation), at: place(point.ratio)) }
        var chart = CurveChart(
            title: "",
            lines: [
                .init(series: series, role: metric == .top1 ? .accuracy : .validation)
            ],
            scale: metric == .top1 ? .percent : .loss,
            waiting: run.isEnded ? "the run has ended" : "measuring all ratios",
            domain: ChartDomain(start: 0, end: 1000))
        guard let curve = run.ratios else { return chart }
        if let zeroShot = points.first(where: { $0.ratio == 0 }) {
            chart.baseline = .init(
                value: metric.value(zeroShot.evaluation), label: "zero-shot \(metric.text(zeroShot.evaluation))")
        }
        if let ratio = run.settings.residualRatio { chart.events = [place(ratio)] }
        if let best = curve.best {
            chart.best = .init(step: place(best.ratio), value: metric.value(best.evaluation))
            chart.feet = [.init("\(glyphs.best) best top-1 at \(text(best.ratio))", .dim)]
        }
        if let point = slider.point(of: curve) {
            chart.crosshair = place(point.ratio)
            chart.value = [
                .init(metric.text(point.evaluation), .role(metric == .top1 ? .accuracy : .validation, .bold))
            ]
            chart.position = .init("ratio \(text(point.ratio))", .role(.accent, .bold))
        }
        return chart
    }

    private static func drawTicks(below field: Rect, y: Int, into canvas: inout Canvas) {
        let ticks = field.width >= 30 ? [0, 0.2, 0.4, 0.6, 0.8, 1] : [0, 0.5, 1]
        for tick in ticks {
            let label = tick == 0 ? "0" : tick == 1 ? "1" : NumberFormat.fixed(tick, 1)
            let column = field.x + Int((tick * Double(field.width - 1)).rounded())
            let x = min(field.right - label.count, max(field.x, column - label.count / 2))
            canvas.text(label, x: x, y: y, .dim)
        }
    }

    // MARK: figures

    private struct Row {
        var name: String
        var mark: Unicode.Scalar
        var ratio: String
        var evaluation: Evaluation
        var role: Role
        var remark: String
    }

    private static func drawTable(
        _ slider: RatioSlider, _ run: RunModel, hasNote: Bool, _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        let width = canvas.bounds.width
        guard let curve = run.ratios else {
            if !hasNote { canvas.text(glyphs.fit("measuring all ratios on validation", width), x: 0, y: 0, .dim) }
            return
        }
        var y = 0
        if hasNote {
            canvas.text("ratio", endingAt: 22, y: 0, .dim)
            canvas.text("top-1", endingAt: 32, y: 0, .dim)
            canvas.text("loss", endingAt: 40, y: 0, .dim)
            y = 1
        }
        for row in rows(slider, curve, run, glyphs) {
            draw(row, y: y, glyphs, into: &canvas)
            y += 1
        }
        guard hasNote, width >= 40 else { return }
        let note =
            "best of \(curve.points.count) ratios, found on these \(Format.count(curve.trained.count)) pictures: "
            + "expect less of it on others"
        canvas.text(glyphs.fit(note, width), x: 0, y: y, .dim)
    }

    private static func rows(
        _ slider: RatioSlider, _ curve: RatioCurve, _ run: RunModel, _ glyphs: Glyphs
    ) -> [Row] {
        var rows: [Row] = []
        if let point = slider.point(of: curve) {
            rows.append(
                Row(
                    name: "cursor", mark: glyphs.winner, ratio: text(point.ratio), evaluation: point.evaluation,
                    role: .accent, remark: run.isEnded ? "" : "enter sets the run to it"))
        }
        rows.append(
            Row(
                name: "as trained", mark: glyphs.event, ratio: curve.trainedRatio.map(text) ?? "own",
                evaluation: curve.trained, role: .text, remark: ""))
        if let zeroShot = curve.points.first(where: { $0.ratio == 0 }) {
            rows.append(
                Row(
                    name: "zero-shot", mark: " ", ratio: text(0), evaluation: zeroShot.evaluation, role: .zeroShot,
                    remark: ""))
        }
        if let best = curve.best {
            rows.append(
                Row(
                    name: "best", mark: glyphs.best, ratio: text(best.ratio), evaluation: best.evaluation,
                    role: .good, remark: "highest top-1, then lowest loss"))
        }
        return rows
    }

    private static func draw(_ row: Row, y: Int, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let width = canvas.bounds.width
        canvas.put(row.mark, x: 0, y: y, .role(row.role, .bold))
        let top1 = NumberFormat.percent(row.evaluation.top1) + " %"
        let loss = Format.loss(row.evaluation.loss)
        guard width >= 60 else {
            // Units stand at the figures where there is no line of heads.
            canvas.text("\(row.name) \(row.ratio)", x: 2, y: y, .role(row.role))
            canvas.text(top1, endingAt: 26, y: y, .role(row.role, .bold))
            canvas.text("loss " + loss, endingAt: 37, y: y)
            return
        }
        canvas.text(row.name, x: 2, y: y, .role(row.role))
        canvas.text(row.ratio, endingAt: 22, y: y)
        canvas.text(top1, endingAt: 32, y: y, .role(row.role, .bold))
        canvas.text(loss, endingAt: 40, y: y)
        canvas.text(glyphs.fit(row.remark, width - 43), x: 43, y: y, .dim)
    }
}
