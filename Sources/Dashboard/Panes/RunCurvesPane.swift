import Training

/// The curves of several runs over each other. Each has its marker and its colour, the same ones as in the list.
enum RunCurvesPane {
    static func draw(_ model: RunsModel, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let isTop1 = model.metric == .top1
        let runs = model.compared.compactMap { entry in
            model.details[entry.run.id].map { (entry.run, entry.slot, $0.curves) }
        }
        let last = runs.compactMap { $0.2.epochs.last?.step }.max() ?? 0
        var lines: [PointChart.Line] = []
        var values: [Canvas.Caption] = []
        for (_, slot, curves) in runs {
            let evaluations = curves.epochs.compactMap { epoch in epoch.validation.map { (epoch.step, $0) } }
            var line = PointChart.Line(
                name: "",
                points: evaluations.map { step, evaluation in
                    .init(
                        place: Double(step) / Double(max(1, last)), value: isTop1 ? evaluation.top1 : evaluation.loss)
                })
            line.slot = slot
            line.markerSpacing = max(1, line.points.count / 8)
            lines.append(line)
            guard let newest = evaluations.last?.1 else { continue }
            let mark = PointChart.mark(slot, glyphs)
            let text = isTop1 ? "\(NumberFormat.percent(newest.top1)) %" : Format.loss(newest.loss)
            values.append(.init((values.isEmpty ? "" : " ") + "\(mark.glyph) ", mark.style))
            values.append(.init(text, .text))
        }
        canvas.box(
            glyphs, title: [.init(isTop1 ? "top-1, validation" : "loss, validation", .role(.title))],
            value: values.count <= 6 ? values : [],
            footRight: last > 0 ? [.init("step \(Format.count(last))", .dim)] : []
        ) { inner in
            let found = lines.flatMap(\.points).map(\.value).filter(\.isFinite)
            var baseline: Double?
            // Only one line to beat can be told from another.
            if runs.count == 1, let zeroShot = runs[0].2.zeroShot { baseline = isTop1 ? zeroShot.top1 : zeroShot.loss }
            let all = found + (baseline.map { [$0] } ?? [])
            guard !found.isEmpty, let minimum = all.min(), let maximum = all.max() else {
                let text = model.compared.isEmpty ? "" : "no curve: no epochs were validated"
                inner.text(glyphs.fit(text, inner.bounds.width), x: 0, y: 0, .dim)
                return
            }
            var chart = PointChart(title: "", lines: lines, ticks: [], axisName: "")
            if let baseline { chart.baseline = (baseline, "zero-shot") }
            let axis = ChartAxis(minimum: minimum, maximum: maximum, scale: isTop1 ? .percent : .loss)
            let labels = axis.labels(rows: inner.bounds.height)
            let gutter = (labels.map { DisplayWidth.of($0.text) }.max() ?? 0) + 1
            for label in labels { inner.text(label.text, endingAt: gutter - 1, y: label.row, .dim) }
            let field = Rect(x: gutter, y: 0, width: inner.bounds.width - gutter, height: inner.bounds.height)
            inner.inside(field) { canvas in
                PointPlot(
                    chart: chart, axis: axis, glyphs: glyphs, size: canvas.bounds,
                    mark: { PointChart.mark($0, glyphs) }
                ).draw(into: &canvas)
            }
        }
    }
}
