import Training

/// Who was taken for whom: a row for each true class, a column for each answer, the cursor on one cell.
enum ConfusionMatrixPane {
    /// Draws the pane into the region of the canvas.
    static func draw(_ model: MistakesModel, _ run: RunDescription, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let classes = run.classNames.count
        let counts = model.confusion(classes: classes)
        let cursor = model.cursor
        var caption: [Canvas.Caption] = []
        if counts.indices.contains(cursor.truth), counts.indices.contains(cursor.answer) {
            let count = counts[cursor.truth][cursor.answer]
            let total = counts[cursor.truth].reduce(0, +)
            caption = [
                .init(PredictionPane.className(cursor.truth, run), .role(.title, .bold)),
                .init(cursor.truth == cursor.answer ? " predicted right: " : " predicted as ", .dim),
                .init(
                    cursor.truth == cursor.answer ? "" : PredictionPane.className(cursor.answer, run) + ": ",
                    .role(.title, .bold)),
                .init("\(count) of \(total)", .role(.text)),
            ]
        }
        canvas.wheel(up: .previousClass, down: .nextClass)
        canvas.box(
            glyphs, title: [.init("true class down, answer across", .role(.title))],
            value: [.init("\(Format.count(classes)) classes", .dim)], footLeft: caption
        ) { inner in
            guard model.current != nil else {
                inner.text(glyphs.fit("waiting for the first validation", inner.bounds.width), x: 0, y: 0, .dim)
                return
            }
            drawCells(counts, model, run, glyphs, into: &inner)
        }
    }

    private static func drawCells(
        _ counts: [[Int]], _ model: MistakesModel, _ run: RunDescription, _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        let area = canvas.bounds
        let longest = run.classNames.map { DisplayWidth.of($0) }.max() ?? 0
        let widest = counts.joined().max().map { String($0).count } ?? 1
        let least = max(4, widest + 1)
        // Names are cut before columns are.
        let nameWidth = max(min(longest, 8), min(longest, area.width / 3, area.width - 1 - counts.count * least))
        // Wide screens have room for more of a column's name.
        let cell = max(least, min(longest + 1, 14, (area.width - nameWidth - 1) / max(1, counts.count)))
        let across = max(1, min(counts.count, (area.width - nameWidth - 1) / cell))
        let down = max(1, min(counts.count, area.height - 1))
        // A window that keeps the cursor in its middle, where not all classes have room.
        let left = max(0, min(model.cursor.answer - across / 2, counts.count - across))
        let top = max(0, min(model.cursor.truth - down / 2, counts.count - down))
        for column in 0..<across {
            let name = PredictionPane.className(left + column, run)
            canvas.text(
                String(name.prefix(cell - 1)), x: nameWidth + 1 + column * cell, y: 0,
                left + column == model.cursor.answer ? .role(.accent, .bold) : .dim)
        }
        for row in 0..<down {
            let truth = top + row
            let isCursorRow = truth == model.cursor.truth
            canvas.text(
                glyphs.fit(PredictionPane.className(truth, run), nameWidth), x: 0, y: row + 1,
                isCursorRow ? .role(.accent, .bold) : .role(.text))
            let total = max(1, counts[truth].reduce(0, +))
            for column in 0..<across {
                let answer = left + column
                let count = counts[truth][answer]
                let x = nameWidth + 1 + column * cell
                let isCursor = isCursorRow && answer == model.cursor.answer
                let text = glyphs.padLeft(count == 0 ? (glyphs.isASCII ? "." : "·") : "\(count)", cell - 1)
                canvas.text(text, x: x, y: row + 1, style(count, of: total, isRight: truth == answer, isCursor))
                canvas.hotSpot(
                    Rect(x: x, y: row + 1, width: cell - 1, height: 1), .matrixCell(truth: truth, answer: answer))
            }
        }
    }

    private static func style(_ count: Int, of total: Int, isRight: Bool, _ isCursor: Bool) -> Style {
        if isCursor { return Style(.role(.text), [.reverse, .bold]) }
        if count == 0 { return .dim }
        if isRight { return .role(.good) }
        // The gradient's upper half: a confusion is never as pale as nothing.
        let share = Double(count) / Double(total)
        return Style(.gradient(UInt8(clamping: 96 + Int(share * 159))), [.bold])
    }
}
