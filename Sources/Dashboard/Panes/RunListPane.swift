import Foundation
import Training

/// The runs, a line each: cursor, mark, state, name, figures. Columns go as the pane gets narrow.
enum RunListPane {
    static func draw(_ model: RunsModel, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let shown = model.shown
        let count = shown.count == 1 ? "1 run" : "\(Format.count(shown.count)) runs"
        let marked = model.marked.isEmpty ? "" : "\(model.marked.count) marked"
        canvas.box(
            glyphs, title: [.init("runs", .role(.title))], value: [.init("val top-1", .dim)],
            footLeft: marked.isEmpty ? [] : [.init(marked, .role(.accent))], footRight: [.init(count, .dim)]
        ) { inner in
            guard !shown.isEmpty else {
                let text = model.all == nil ? "reading" : model.filter == nil ? "no runs yet" : "no run is like that"
                inner.text(glyphs.fit(text, inner.bounds.width), x: 0, y: 0, .dim)
                return
            }
            let room = inner.bounds.height
            let chosen = shown.firstIndex { $0.id == model.current?.id } ?? 0
            let first = max(0, min(chosen - room / 2, shown.count - room))
            for (y, run) in shown.dropFirst(first).prefix(room).enumerated() {
                draw(run, model, isChosen: first + y == chosen, y: y, glyphs, into: &inner)
            }
        }
    }

    private static func draw(
        _ run: RunSummary, _ model: RunsModel, isChosen: Bool, y: Int, _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        let width = canvas.bounds.width
        let record = run.record
        let style: Style = isChosen ? .role(.accent, .bold) : .role(.text)
        if isChosen { canvas.put(glyphs.winner, x: 0, y: y, .role(.accent, .bold)) }
        if let slot = model.slot(of: run.id) {
            let mark = PointChart.mark(slot, glyphs)
            canvas.put(mark.glyph, x: 1, y: y, mark.style)
        }
        canvas.text(run.id, x: 3, y: y, style)
        let word = RunStateWord(run, glyphs)
        canvas.put(word.glyph, x: 12, y: y, .role(word.role, .bold))
        var left = 14
        var right = width
        // From the right: the figure, then what there is room for.
        let figure = record.finalTop1.map { "\(NumberFormat.percent($0)) %" } ?? "–"
        canvas.text(figure, endingAt: right, y: y, record.finalTop1 == nil ? .dim : style)
        right -= 9
        if width >= 56 {
            canvas.text(record.plannedEpochs == nil ? "" : "\(record.epochs) ep", endingAt: right, y: y, .dim)
            right -= 9
        }
        if width >= 66 {
            canvas.text(record.shots.map { "\($0) shots" } ?? "", endingAt: right, y: y, .dim)
            right -= 10
        }
        if width >= 84 {
            canvas.text(date(record.startedAt), endingAt: right, y: y, .dim)
            right -= 14
        }
        let title = [record.name, record.methodTitle].compactMap { $0 }.joined(separator: glyphs.separator)
        left += canvas.text(glyphs.fit(title, max(0, right - left)), x: left, y: y, style) + 2
        let tags = record.tags.map { "#\($0)" }.joined(separator: " ")
        if right - left >= 4 { canvas.text(glyphs.fit(tags, right - left), x: left, y: y, .role(.accent)) }
    }

    /// `21 Nov 13:05`, in local time.
    static func date(_ seconds: Double) -> String {
        var time = time_t(seconds)
        var parts = tm()
        localtime_r(&time, &parts)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return String(
            format: "%d %@ %02d:%02d", parts.tm_mday, months[Int(parts.tm_mon) % 12], parts.tm_hour, parts.tm_min)
    }
}

/// A stored run's state in a glyph, a word and a colour.
struct RunStateWord: Equatable {
    var glyph: Unicode.Scalar
    var word: String
    var role: Role

    init(_ run: RunSummary, _ glyphs: Glyphs) {
        word = run.state
        switch run.state {
        case "running": (glyph, role) = (glyphs.running, .good)
        case "stale": (glyph, role) = (glyphs.waiting, .warning)
        case "done": (glyph, role) = (glyphs.done, .dim)
        case "stopped": (glyph, role) = (glyphs.done, .dim)
        default: (glyph, role) = (glyphs.trouble, .bad)
        }
    }
}
