import Foundation
import Training

/// The answers for a picture of the user's own: labels with both probabilities, the difference, and the nearest shots.
enum ClassifyPane {
    /// Draws the pane into the region of the canvas.
    static func draw(_ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let model = state.classify
        let isCurrent = model.request == nil
        var value: [Canvas.Caption] = []
        if let answer = model.answerInSight, answer.problem == nil, isCurrent {
            value = [.init("\(NumberFormat.fixed(answer.milliseconds, 0)) ms", .dim)]
        } else if !isCurrent {
            value = [.init("classifying\(glyphs.isASCII ? "..." : "…")", .role(.warning))]
        }
        canvas.box(glyphs, title: [.init("prediction", .role(.title))], value: value) { inner in
            guard let answer = model.answerInSight else { return drawHint(state, glyphs, into: &inner) }
            if let problem = answer.problem {
                let lines = LogPane.wrap(problem, width: inner.bounds.width, most: inner.bounds.height, glyphs)
                for (row, line) in lines.enumerated() { inner.text(line, x: 0, y: row, .role(.bad)) }
                return
            }
            drawAnswer(answer, state, glyphs, into: &inner)
        }
    }

    private static func drawHint(_ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        guard state.classify.request == nil else { return }
        let text =
            state.run.description == nil
            ? "waiting for the model"
            : "press enter to type a picture's path; without labels of your own, the run's classes are used"
        for (row, line) in LogPane.wrap(text, width: canvas.bounds.width, most: canvas.bounds.height, glyphs)
            .enumerated()
        { canvas.text(line, x: 0, y: row, .dim) }
    }

    private static func drawAnswer(
        _ answer: ClassifyAnswer, _ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        let area = canvas.bounds
        let hasAdapted = answer.hasAdapted
        let shots = NearestShots.Layout(width: area.width, height: area.height, count: answer.nearest.count)
        let neighbours = answer.nearest.prefix(area.height >= 12 ? 3 : area.height >= 8 ? 1 : 0)
        let foot = shots.map { $0.height + 1 } ?? (neighbours.isEmpty ? 0 : neighbours.count + 1)
        let room = max(0, area.height - 1 - foot - (hasAdapted ? 0 : 1))
        let rows = ranking(answer).prefix(room)
        let longest = rows.map { DisplayWidth.of(answer.labels[$0]) }.max() ?? 0
        let columns = hasAdapted ? 2 : 1
        // Figure, space, bar, blank; and the difference at the end.
        let difference = hasAdapted && area.width >= 46 ? 7 : 0
        let nameWidth = max(4, min(longest, area.width - difference - columns * 12))
        let column = max(8, (area.width - nameWidth - difference) / columns)
        let bar = max(0, column - 8)
        func percent(_ value: Float) -> String { NumberFormat.percent(Double(value)) }
        let answers: [([Float], Role, String)] =
            [(answer.zeroShot, .zeroShot, "zero-shot %")]
            + (hasAdapted ? [(answer.adapted, .accuracy, "adapted %")] : [])
        for (place, entry) in answers.enumerated() {
            canvas.text(entry.2, x: nameWidth + 2 + place * column, y: 0, .role(entry.1))
        }
        for (row, label) in rows.enumerated() {
            let y = row + 1
            canvas.text(glyphs.fit(answer.labels[label], nameWidth), x: 0, y: y)
            for (place, entry) in answers.enumerated() {
                let x = nameWidth + 1 + place * column
                let isWinner = entry.0.max() == entry.0[label]
                if isWinner { canvas.put(glyphs.winner, x: x, y: y, .role(entry.1, .bold)) }
                canvas.text(
                    percent(entry.0[label]), endingAt: x + 6, y: y,
                    isWinner ? .role(entry.1, .bold) : .role(.text))
                canvas.bar(Double(entry.0[label]), x: x + 7, y: y, width: bar, .role(entry.1), glyphs)
            }
            if difference > 0 {
                let change = Double(answer.adapted[label] - answer.zeroShot[label])
                canvas.text(
                    Format.points(change), endingAt: area.width, y: y, abs(change) < 0.0005 ? .dim : .role(.text))
            }
        }
        if !hasAdapted {
            let text =
                answer.adapted.isEmpty
                ? "the method's head knows only the run's own classes"
                : "no prediction with the adapter: its weights are not numbers"
            canvas.text(glyphs.fit(text, area.width), x: 0, y: rows.count + 1, .dim)
        }
        if let shots {
            let place = Rect(x: 0, y: area.height - shots.height, width: area.width, height: shots.height)
            canvas.inside(place) { NearestShots.draw(neighbours, shots, state, glyphs, into: &$0) }
            return
        }
        for (row, neighbour) in neighbours.enumerated() {
            let y = area.height - neighbours.count + row
            if row == 0 { canvas.text("nearest shots", x: 0, y: y, .dim) }
            let name =
                state.run.pictures.indices.contains(neighbour.picture)
                ? state.run.pictures[neighbour.picture].name : ""
            canvas.text(glyphs.fit(name, area.width - 20), x: 14, y: y)
            canvas.text(NumberFormat.fixed(Double(neighbour.cosine), 2), endingAt: area.width, y: y, .dim)
        }
    }

    /// Labels in the order of the answer that counts, the adapted one if there is one.
    static func ranking(_ answer: ClassifyAnswer) -> [Int] {
        let deciding = answer.hasAdapted ? answer.adapted : answer.zeroShot
        return answer.labels.indices.filter { deciding.indices.contains($0) && answer.zeroShot.indices.contains($0) }
            .sorted { (deciding[$0], $1) > (deciding[$1], $0) }
    }
}

extension ClassifyAnswer {
    /// Whether there are probabilities with the adapter, and they are numbers.
    fileprivate var hasAdapted: Bool { !adapted.isEmpty && adapted.allSatisfy(\.isFinite) }
}
