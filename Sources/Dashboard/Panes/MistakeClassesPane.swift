import Training

/// The classes by their mistakes: how many of how many, a bar, and what they were most often predicted as.
enum MistakeClassesPane {
    /// Draws the pane into the region of the canvas.
    static func draw(_ model: MistakesModel, _ run: RunDescription, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let rows = model.rows(names: run.classNames)
        let count = rows.count == 1 ? "1 class" : "\(Format.count(rows.count)) classes"
        canvas.wheel(up: .previousClass, down: .nextClass)
        canvas.box(
            glyphs, title: [.init(model.filter.title, .role(.title))],
            value: rows.isEmpty ? [] : [.init("most often predicted as", .dim)],
            footLeft: [.init(model.order.title, .dim)], footRight: [.init(count, .dim)]
        ) { inner in
            guard !rows.isEmpty else { return drawNothing(model, glyphs, into: &inner) }
            let room = inner.bounds.height
            let chosen = rows.firstIndex { $0.label == model.label(names: run.classNames) } ?? 0
            let first = max(0, min(chosen - room / 2, rows.count - room))
            for (y, row) in rows.dropFirst(first).prefix(room).enumerated() {
                draw(row, isChosen: first + y == chosen, y: y, run, glyphs, into: &inner)
                inner.hotSpot(
                    Rect(x: 0, y: y, width: inner.bounds.width, height: 1), .mistakeClass(label: row.label))
            }
        }
    }

    private static func drawNothing(_ model: MistakesModel, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let text: String
        if let current = model.current {
            text = "none of \(Format.count(current.answers.count)) pictures"
        } else {
            text = "waiting for the first validation"
        }
        canvas.text(glyphs.fit(text, canvas.bounds.width), x: 0, y: 0, .dim)
    }

    private static func draw(
        _ row: MistakesModel.ClassRow, isChosen: Bool, y: Int, _ run: RunDescription, _ glyphs: Glyphs,
        into canvas: inout Canvas
    ) {
        let width = canvas.bounds.width
        let style: Style = isChosen ? .role(.accent, .bold) : .role(.text)
        if isChosen { canvas.put(glyphs.winner, x: 0, y: y, .role(.accent, .bold)) }
        let figures = "\(row.count)/\(row.total)"
        let nameWidth = min(16, max(6, width / 3 - 2))
        canvas.text(glyphs.pad(PredictionPane.className(row.label, run), nameWidth), x: 1, y: y, style)
        let afterFigures = nameWidth + 2 + 7
        canvas.text(figures, endingAt: afterFigures, y: y, style)
        let bar = max(0, min(10, width - afterFigures - 14))
        canvas.bar(
            Double(row.count) / Double(max(1, row.total)), x: afterFigures + 1, y: y, width: bar, .role(.bad), glyphs)
        let left = afterFigures + 1 + (bar > 0 ? bar + 1 : 0)
        let most = "\(PredictionPane.className(row.mostAnswered.label, run)) \(row.mostAnswered.count)"
        canvas.text(glyphs.fit(most, width - left), x: left, y: y, .dim)
    }
}
