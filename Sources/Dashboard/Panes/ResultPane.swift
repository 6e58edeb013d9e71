import Training

/// The results table, once the run has ended and the test split is open.
enum ResultPane {
    /// Draws the table over the screen.
    static func draw(_ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        guard let result = state.run.result else { return }
        let rows = rows(result, state.run)
        let word = StateWord(state, glyphs)
        let notes = notes(result, state.run)
        canvas.dialog(
            width: 66, height: tableHeight(rows, result) + notes.count + 2, title: title(result),
            value: [.init("\(word.glyph) \(word.word)", .role(word.role, .bold))], foot: "esc closes, q quits", glyphs
        ) { inner in
            var y = 0
            if !rows.isEmpty { y = draw(rows, result, y: y, glyphs, into: &inner) }
            for note in notes {
                inner.text(glyphs.fit(note.text, inner.bounds.width), x: 0, y: y, note.style)
                y += 1
            }
        }
        canvas.hotSpot(canvas.bounds, .closeOverlay)
    }

    private static func title(_ result: RunResult) -> String {
        guard let count = (result.finalTest ?? result.zeroShotTest)?.count else { return "the run has ended" }
        return "results on \(Format.count(count)) test pictures"
    }

    private struct Row {
        var name: String
        var evaluation: Evaluation
        var role: Role
    }

    private static func rows(_ result: RunResult, _ run: RunModel) -> [Row] {
        var rows: [Row] = []
        if let zeroShot = result.zeroShotTest {
            rows.append(Row(name: "zero-shot", evaluation: zeroShot, role: .zeroShot))
        }
        if let final = result.finalTest {
            // A method without training has no epochs to name its result after.
            let weights = (result.weights ?? MeasuredWeights(.notRecorded)).title
            let name = run.isTrainingFree ? run.description?.method ?? weights : weights
            rows.append(Row(name: String(name.prefix(18)), evaluation: final, role: .accuracy))
        }
        if let best = result.bestTest, let epoch = result.bestEpoch {
            let weights = result.bestWeights ?? MeasuredWeights(.lowestLoss, epoch: epoch)
            rows.append(Row(name: String(weights.title.prefix(18)), evaluation: best, role: .accuracy))
        }
        return rows
    }

    /// The rows of the table: heads, evaluations, the gain, and an empty one.
    private static func tableHeight(_ rows: [Row], _ result: RunResult) -> Int {
        guard !rows.isEmpty else { return 0 }
        return rows.count + (result.zeroShotTest != nil && result.finalTest != nil ? 3 : 2)
    }

    private static func draw(
        _ rows: [Row], _ result: RunResult, y start: Int, _ glyphs: Glyphs, into canvas: inout Canvas
    ) -> Int {
        let width = canvas.bounds.width
        // Name, top-1, top-5, loss, and a bar of top-1 in what is left.
        let ends = (top1: 26, top5: 36, loss: 44)
        let showsBar = width >= 58
        canvas.text("top-1", endingAt: ends.top1, y: start, .dim)
        canvas.text("top-5", endingAt: ends.top5, y: start, .dim)
        canvas.text("loss", endingAt: ends.loss, y: start, .dim)
        var y = start + 1
        for row in rows {
            canvas.text(row.name, x: 0, y: y)
            canvas.text(
                NumberFormat.percent(row.evaluation.top1) + " %", endingAt: ends.top1, y: y, .role(row.role, .bold))
            canvas.text(NumberFormat.percent(row.evaluation.top5) + " %", endingAt: ends.top5, y: y)
            canvas.text(Format.loss(row.evaluation.loss), endingAt: ends.loss, y: y)
            if showsBar {
                canvas.bar(row.evaluation.top1, x: 46, y: y, width: width - 46, .role(row.role), glyphs)
            }
            y += 1
        }
        if let before = result.zeroShotTest, let after = result.finalTest {
            let gain = after.top1 - before.top1
            canvas.text("gain", x: 0, y: y, .role(.title, .bold))
            canvas.text(
                Format.points(gain) + "  ", endingAt: ends.top1, y: y, .role(gain >= 0 ? .good : .bad, .bold))
            canvas.text("percentage points", x: ends.top1 + 1, y: y, .dim)
            y += 1
        }
        return y + 1
    }

    private static func notes(_ result: RunResult, _ run: RunModel) -> [Canvas.Caption] {
        var notes: [Canvas.Caption] = []
        switch result.state {
        case .failed(let reason): notes.append(.init(reason, .role(.bad, .bold)))
        case .diverged(let step, let rate, _, _):
            notes.append(
                .init(
                    "the loss became NaN at step \(step), learning rate \(NumberFormat.rate(rate)); last good weights kept",
                    .role(.bad)))
        default: break
        }
        if let weights = result.weights, weights.search != nil || weights.step != nil {
            notes.append(.init(weights.words, .dim))
        }
        if result.bestEpoch != nil, result.bestTest != nil {
            notes.append(.init("best: the epoch with the lowest loss on validation", .dim))
        }
        let duration = NumberFormat.duration(result.trainSeconds)
        let training =
            run.isTrainingFree
            ? "nothing to train, ready in \(duration)" : "trained \(run.epochsDone) epochs in \(duration)"
        notes.append(.init(training, .dim))
        if let file = result.adapterFile {
            let folder = file.deletingLastPathComponent().lastPathComponent
            notes.append(.init("saved as \(folder)/\(file.lastPathComponent)", .role(.text)))
        } else {
            notes.append(.init("nothing was saved", .role(.warning)))
        }
        return notes
    }
}
