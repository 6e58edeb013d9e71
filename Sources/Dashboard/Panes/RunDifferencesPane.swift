import Training

/// What the marked runs have not in common; of a single run, everything there is to say.
enum RunDifferencesPane {
    static func draw(_ model: RunsModel, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let compared = model.compared
        let isOne = compared.count == 1
        let title = isOne ? "run \(compared[0].run.id)" : "differences"
        canvas.box(glyphs, title: [.init(title, .role(.title))]) { inner in
            if isOne {
                for (y, line) in facts(compared[0].run, model).prefix(inner.bounds.height).enumerated() {
                    draw(line, y: y, glyphs, into: &inner)
                }
            } else if !compared.isEmpty {
                drawTable(model, glyphs, into: &inner)
            }
        }
    }

    private static func draw(_ line: (name: String, value: String), y: Int, _ glyphs: Glyphs, into canvas: inout Canvas)
    {
        let width = canvas.bounds.width
        let left = min(32, width * 2 / 5)
        canvas.text(glyphs.fit(line.name, left - 1), x: 0, y: y, .dim)
        canvas.text(glyphs.fit(line.value, width - left), x: left, y: y)
    }

    /// A run in lines, what is asked most first.
    static func facts(_ run: RunSummary, _ model: RunsModel) -> [(name: String, value: String)] {
        let record = run.record
        var lines: [(name: String, value: String)] = []
        func add(_ name: String, _ value: String?) { if let value { lines.append((name, value)) } }
        add("state", run.state + (run.process.map { ", process \($0)" } ?? ""))
        add("name", record.name)
        add("note", record.note)
        add("tags", record.tags.isEmpty ? nil : record.tags.joined(separator: " "))
        add("began", RunListPane.date(record.startedAt))
        for figure in run.figures { add("\(figure.split.rawValue), \(figure.weights.title)", figure.values) }
        add(
            "weights measured",
            run.figures.last { $0.weights.choice != .zeroShot && $0.weights.choice != .lowestLoss }?.weights.words)
        add("trained", record.methodTitle == nil ? nil : "\(record.steps) steps, \(record.epochs) epochs")
        add("model", record.model)
        let details = model.details[run.id]
        for intervention in details?.interventions.suffix(4) ?? [] {
            add("at \(intervention.afterStep)", intervention.change.words())
        }
        for setting in details?.settings ?? [] where setting.option != "name" { add(setting.option, setting.value) }
        return lines
    }

    private static func drawTable(_ model: RunsModel, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let compared = model.compared
        let differences = model.differences
        let width = canvas.bounds.width
        let nameWidth = min(16, max(8, (differences.map { DisplayWidth.of($0.option) }.max() ?? 0) + 1))
        let cell = min(24, max(6, (width - nameWidth) / compared.count))
        let shown = min(compared.count, max(1, (width - nameWidth) / cell))
        for column in 0..<shown {
            let mark = PointChart.mark(compared[column].slot, glyphs)
            let right = nameWidth + (column + 1) * cell
            // The beginning of an ID is as good as the whole.
            let id = String(compared[column].run.id.prefix(max(1, cell - 3)))
            let start = canvas.text(id, endingAt: right, y: 0)
            canvas.put(mark.glyph, x: start - 2, y: 0, mark.style)
        }
        guard !differences.isEmpty else {
            let isKnown = compared.allSatisfy { model.details[$0.run.id]?.settings.isEmpty == false }
            let text = isKnown ? "the settings are the same" : "the settings are not known of all of them"
            canvas.text(glyphs.fit(text, width), x: 0, y: 1, .dim)
            return
        }
        for (row, difference) in differences.prefix(canvas.bounds.height - 1).enumerated() {
            canvas.text(glyphs.fit(difference.option, nameWidth - 1), x: 0, y: row + 1, .dim)
            for column in 0..<shown {
                let value = difference.values[column] ?? "–"
                // What the first run has too is no news.
                let isOther = column > 0 && difference.values[column] != difference.values[0]
                canvas.text(
                    glyphs.fit(value, cell - 1), endingAt: nameWidth + (column + 1) * cell, y: row + 1,
                    isOther ? .role(.accent, .bold) : .role(.text))
            }
        }
    }
}
