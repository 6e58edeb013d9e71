import Training

/// Everything in a few lines, for a strip of a terminal: a line per fact, each curve a sparkline. Lines that have no room
/// go in a fixed order; the last one left says state, epoch, accuracy and time.
enum StripPane {
    private struct Line {
        var rank: Int
        var draw: (inout Canvas, Int) -> Void
    }

    /// Draws as many lines as the region has rows.
    static func draw(_ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let area = canvas.bounds
        guard !area.isEmpty else { return }
        if area.height == 1 {
            drawSummary(state, glyphs, into: &canvas)
            return
        }
        var lines = lines(state, glyphs)
        while lines.count > area.height {
            guard let last = lines.indices.max(by: { lines[$0].rank < lines[$1].rank }) else { break }
            lines.remove(at: last)
        }
        for (y, line) in lines.enumerated() { line.draw(&canvas, y) }
    }

    private static func lines(_ state: DashboardState, _ glyphs: Glyphs) -> [Line] {
        let run = state.run
        var lines = [
            Line(rank: 0) { canvas, y in
                let word = StateWord(state, glyphs).caption
                let width = canvas.bounds.width
                canvas.text(word.text, endingAt: width, y: y, word.style)
                let room = width - DisplayWidth.of(word.text) - 1
                let name = run.description.map { "\($0.dataset)\(glyphs.separator)\($0.method)" } ?? ""
                let column = canvas.text(glyphs.fit("cliptop", room), x: 0, y: y, .role(.accent, .bold)) + 1
                canvas.text(glyphs.fit(name, room - column), x: column, y: y, .dim)
            },
            Line(rank: 1) { canvas, y in StatusLine.drawProgress(state, glyphs, y: y, into: &canvas) },
            Line(rank: 3) { canvas, y in
                sparkline("loss", .batchLoss, .loss, run, y: y, glyphs, into: &canvas, Format.loss)
            },
            Line(rank: 2) { canvas, y in
                sparkline("top-1 %", .top1, .accuracy, run, y: y, glyphs, into: &canvas, NumberFormat.percent)
            },
            Line(rank: 5) { canvas, y in
                sparkline("val loss", .validationLoss, .validation, run, y: y, glyphs, into: &canvas, Format.loss)
            },
            Line(rank: 6) { canvas, y in accuracies(run, y: y, glyphs, into: &canvas) },
            Line(rank: 7) { canvas, y in
                let settings = StatusLine.settings(run).sorted { $0.rank < $1.rank }.map(\.text)
                var text = run.currentLearningRate.map { ["lr \(NumberFormat.rate($0))"] } ?? []
                text += settings.prefix(1)
                if let speed = state.shownSpeed { text.append("\(Format.speed(speed)) pictures/s") }
                if let pace = run.description?.pace {
                    text.append("paced \(NumberFormat.fixed(pace, 0))/s")
                }
                text += settings.dropFirst()
                func joined() -> String { text.joined(separator: glyphs.separator) }
                while text.count > 1, DisplayWidth.of(joined()) > canvas.bounds.width { text.removeLast() }
                canvas.text(glyphs.fit(joined(), canvas.bounds.width), x: 0, y: y, .dim)
            },
        ]
        if state.pinned.isShown {
            lines += state.pinned.pictures.enumerated().map { index, picture in
                // The one that the arrows stand at is the last to go.
                Line(rank: picture == state.browser.current ? 6 : 8 + index) { canvas, y in
                    canvas.inside(Rect(x: 0, y: y, width: canvas.bounds.width, height: 1)) {
                        PinnedPicturesPane.draw(picture, state, glyphs, into: &$0)
                    }
                }
            }
        } else {
            lines.append(Line(rank: 8) { canvas, y in drawPicture(state, y: y, glyphs, into: &canvas) })
        }
        lines.append(
            Line(rank: 9) { canvas, y in
                canvas.inside(Rect(x: 0, y: y, width: canvas.bounds.width, height: 1)) {
                    LogPane.draw(state, glyphs, into: &$0)
                }
            })
        // A typed value or an error must be seen even where the footer would have had to go.
        let isUrgent = if case .input = state.overlay { true } else { false }
        lines.append(
            Line(rank: isUrgent ? -1 : 4) { canvas, y in
                canvas.inside(Rect(x: 0, y: y, width: canvas.bounds.width, height: 1)) {
                    Footer.draw(state, glyphs, into: &$0)
                }
            })
        return lines
    }

    private static func sparkline(
        _ name: String, _ source: RunSeries, _ role: Role, _ run: RunModel, y: Int, _ glyphs: Glyphs,
        into canvas: inout Canvas, _ text: (Double) -> String
    ) {
        let series = run[source]
        canvas.text(name, x: 0, y: y, .dim)
        canvas.text(series.latest.map { text($0.value) } ?? "-", endingAt: 14, y: y, .role(role, .bold))
        let field = Rect(x: 15, y: y, width: canvas.bounds.width - 15, height: 1)
        guard !field.isEmpty, let minimum = series.minimum, let maximum = series.maximum else { return }
        let chart = CurveChart(
            title: name, lines: [.init(series: series, role: role)], scale: .loss, waiting: "",
            domain: ChartDomain(run))
        var bars = glyphs
        bars.curve = .bars
        canvas.inside(field) { area in
            CurvePlot(
                chart: chart, axis: ChartAxis(minimum: minimum.value, maximum: maximum.value, scale: .loss),
                glyphs: bars, size: area.bounds
            ).draw(into: &area)
        }
    }

    private static func accuracies(_ run: RunModel, y: Int, _ glyphs: Glyphs, into canvas: inout Canvas) {
        var pieces: [Canvas.Caption] = []
        if let zeroShot = run.zeroShot {
            pieces.append(.init("zero-shot \(NumberFormat.percent(zeroShot.top1)) %", .role(.zeroShot)))
        }
        if let best = run.bestTop1, let top1 = best.validation?.top1 {
            pieces.append(.init(pieces.isEmpty ? "" : "  ", .dim))
            pieces.append(.init("best \(NumberFormat.percent(top1)) % @ \(best.epoch)", .role(.accuracy)))
        }
        canvas.captions(pieces, x: 0, y: y)
    }

    private static func drawPicture(_ state: DashboardState, y: Int, _ glyphs: Glyphs, into canvas: inout Canvas) {
        guard let picture = state.currentPicture, let run = state.run.description else { return }
        let verdict = PredictionPane.verdict(state.currentPrediction, picture, room: canvas.bounds.width / 3, glyphs)
        let verdictWidth = verdict.reduce(0) { $0 + DisplayWidth.of($1.text) }
        var text = PredictionPane.className(picture.label, run)
        if let prediction = state.currentPrediction, prediction.isNumber,
            prediction.adapted.indices.contains(picture.label)
        {
            let (before, after) = (prediction.zeroShot[picture.label], prediction.adapted[picture.label])
            text +=
                " \(NumberFormat.fixed(Double(before) * 100, 0)) \(glyphs.arrow) \(NumberFormat.fixed(Double(after) * 100, 0)) %"
        }
        canvas.text(glyphs.fit(text, canvas.bounds.width - verdictWidth - 1), x: 0, y: y)
        canvas.captions(verdict, x: canvas.bounds.width - verdictWidth, y: y)
    }

    /// The last line that is left.
    private static func drawSummary(_ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        if case .input = state.overlay {
            Footer.draw(state, glyphs, into: &canvas)
            return
        }
        let run = state.run
        let word = StateWord(state, glyphs).caption
        var column = canvas.text(word.text, x: 0, y: 0, word.style) + 1
        var parts = [StatusLine.counterText(run)]
        if let top1 = run[.top1].latest { parts.append("top-1 \(NumberFormat.percent(top1.value)) %") }
        if let loss = run[.batchLoss].latest { parts.append("loss \(Format.loss(loss.value))") }
        if let left = state.shownSecondsLeft { parts.append("\(NumberFormat.duration(left)) left") }
        if let zeroShot = run.zeroShot { parts.append("zero-shot \(NumberFormat.percent(zeroShot.top1)) %") }
        for part in parts where column + DisplayWidth.of(part) <= canvas.bounds.width {
            column += canvas.text(part, x: column, y: 0) + 2
        }
    }
}
