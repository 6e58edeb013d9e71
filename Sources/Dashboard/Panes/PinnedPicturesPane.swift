import Training

/// The pinned pictures: a line each, with the probability of its true class from zero-shot to now.
enum PinnedPicturesPane {
    /// Rows that a box of this many pictures needs.
    static func height(_ count: Int, rows: Int = 1) -> Int { count * rows + 2 }

    /// Draws the box.
    static func draw(_ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let pictures = state.pinned.pictures
        canvas.box(
            glyphs, title: [.init("pinned pictures", .role(.title))],
            value: [.init("\(pictures.count) of \(PinnedPictures.capacity)", .dim)],
            footLeft: [
                .init("true class %, ", .dim), .init("zero-shot", .role(.zeroShot)),
                .init(" \(glyphs.arrow) now", .dim),
            ]
        ) { inner in
            guard !pictures.isEmpty else { return }
            // Curves higher than a line where there is room for all of them.
            let rows = max(1, min(5, inner.bounds.height / pictures.count))
            for (index, picture) in pictures.enumerated() {
                let place = Rect(x: 0, y: index * rows, width: inner.bounds.width, height: rows)
                inner.inside(place) { draw(picture, state, glyphs, into: &$0) }
            }
        }
    }

    /// Draws one picture's line, or lines.
    static func draw(_ index: Int, _ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        guard let run = state.run.description, state.run.pictures.indices.contains(index) else { return }
        let picture = state.run.pictures[index]
        let width = canvas.bounds.width
        let isChosen = state.pinned.isShown && state.browser.current == index
        // The same width in every line, so that the curves stand below each other.
        let nameWidth = min(24, max(6, width * 2 / 5))
        if isChosen { canvas.put(glyphs.winner, x: 0, y: 0, .role(.accent, .bold)) }
        let file = picture.name.split(separator: "/").last.map(String.init) ?? picture.name
        let className = PredictionPane.className(picture.label, run)
        let style: Style = isChosen ? .role(.accent, .bold) : .role(.text)
        let isHigh = canvas.bounds.height > 1
        let name = isHigh ? className : "\(className) \(file)"
        canvas.text(glyphs.fit(name, nameWidth - 1), x: 1, y: 0, style)
        if isHigh { canvas.text(glyphs.fit(file, nameWidth - 1), x: 1, y: 1, .dim) }
        guard let course = state.pinned[index], let latest = course.adapted.latest else { return }
        let left = nameWidth + 4
        canvas.text(percent(course.zeroShot), endingAt: left - 1, y: 0, .role(.zeroShot))
        let field = Rect(
            x: left, y: 0, width: width - left - 4, height: min(canvas.bounds.height, max(2, canvas.bounds.height - 1)))
        let role: Role = latest.value >= course.zeroShot ? .good : .bad
        let now = latest.value.isFinite ? percent(latest.value) : "–"
        canvas.text(now, endingAt: width, y: 0, .role(role, .bold))
        guard field.width >= 3 else { return }
        canvas.inside(field) { drawCourse(course, state.run, glyphs, into: &$0) }
    }

    private static func percent(_ value: Double) -> String { NumberFormat.fixed(value * 100, 0) }

    /// The course on an axis from 0 to 100 %: a sparkline, or a curve with the line to beat.
    private static func drawCourse(
        _ course: PinnedPictures.Course, _ run: RunModel, _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        var chart = CurveChart(
            title: "", lines: [.init(series: course.adapted, role: .accuracy)], scale: .percent,
            waiting: "", domain: ChartDomain(run))
        var shapes = glyphs
        if canvas.bounds.height == 1 {
            if glyphs.curve == .braille { shapes.curve = .bars }
        } else {
            chart.baseline = .init(value: course.zeroShot, label: "")
        }
        CurvePlot(
            chart: chart, axis: ChartAxis(minimum: 0, maximum: 1, scale: .percent), glyphs: shapes,
            size: canvas.bounds
        ).draw(into: &canvas)
    }
}
