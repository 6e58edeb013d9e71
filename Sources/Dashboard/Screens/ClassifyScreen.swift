import Foundation
import Training

/// The Classify screen: any picture, any labels, without and with the adapter.
enum ClassifyScreen {
    /// Where things stand: a function of the size alone. Where both have no room side by side, the picture goes.
    struct Layout: Equatable {
        var status: Rect
        var fields: Rect
        var picture: Rect?
        var answers: Rect
        /// The pinned pictures, where they leave enough for the answers.
        var probes: Rect?
        var footer: Rect

        init(columns: Int, rows: Int, pinned: Int = 0) {
            status = Rect(x: 0, y: 0, width: columns, height: 1)
            fields = Rect(x: 0, y: 1, width: columns, height: 3)
            footer = Rect(x: 0, y: rows - 1, width: columns, height: 1)
            let body = Rect(x: 0, y: 4, width: columns, height: rows - 5)
            guard columns >= 64, body.height >= 8 else {
                answers = body
                return
            }
            let left = min(columns / 2, (body.height - 2) * 2 + 4)
            picture = Rect(x: 0, y: 4, width: left, height: body.height)
            answers = Rect(x: left, y: 4, width: columns - left, height: body.height)
            let height = PinnedPicturesPane.height(pinned)
            guard pinned > 0, body.height - height >= 18 else { return }
            answers.height -= height
            probes = Rect(x: left, y: answers.bottom, width: answers.width, height: height)
        }
    }

    static func draw(_ state: DashboardState, _ capabilities: TerminalCapabilities, into canvas: inout Canvas) {
        let glyphs = capabilities.glyphs
        let layout = Layout(
            columns: canvas.bounds.width, rows: canvas.bounds.height, pinned: state.probes.pictures.count)
        canvas.inside(layout.status) { StatusLine.drawIdentity(state, glyphs, into: &$0) }
        canvas.inside(layout.fields) { drawFields(state, glyphs, into: &$0) }
        if let place = layout.picture {
            canvas.inside(place) { drawPicture(state, glyphs, into: &$0) }
        }
        canvas.inside(layout.answers) { ClassifyPane.draw(state, glyphs, into: &$0) }
        if let probes = layout.probes { canvas.inside(probes) { PinnedPicturesPane.draw(state, glyphs, into: &$0) } }
        canvas.inside(layout.footer) { Footer.draw(state, glyphs, into: &$0) }
    }

    private static func drawFields(_ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let model = state.classify
        let classes = state.run.description?.classNames.count
        let lines: [(ClassifyModel.Field, String, String, String)] = [
            (.picture, "picture", model.picture, "no picture yet"),
            (
                .labels, "labels", model.labels,
                classes.map { "the run's \(Format.count($0)) classes" } ?? "the run's classes"
            ),
            (.template, "template", model.template, "the run's own"),
        ]
        let width = canvas.bounds.width
        for (y, line) in lines.enumerated() {
            let isEdited = model.editing?.field == line.0
            canvas.text(line.1, x: 0, y: y, isEdited ? .role(.accent, .bold) : .dim)
            guard isEdited else {
                canvas.text(
                    glyphs.fit(line.2.isEmpty ? line.3 : line.2, width - 10), x: 10, y: y,
                    line.2.isEmpty ? .dim : .role(.text))
                continue
            }
            // The end of a long line is what is being typed.
            let room = max(1, width - 11)
            let shown = DisplayWidth.of(line.2) > room ? String(line.2.suffix(room)) : line.2
            let used = canvas.text(shown, x: 10, y: y)
            canvas.put(" ", x: 10 + used, y: y, Style(.role(.text), [.reverse]))
            let hint =
                model.complaint
                ?? (model.completions.isEmpty ? "" : model.completions.prefix(12).joined(separator: "  "))
            canvas.text(
                glyphs.fit(hint, width - 13 - used), x: 13 + used, y: y,
                model.complaint == nil ? .dim : .role(.bad, .bold))
        }
    }

    private static func drawPicture(_ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let name = state.classify.pictureInSight?.lastPathComponent ?? "picture"
        let size = state.classify.answerInSight.flatMap {
            $0.size.count == 2 ? "\($0.size[0])\(glyphs.times)\($0.size[1])" : nil
        }
        canvas.box(
            glyphs, title: [.init(name, .role(.title))], value: size.map { [.init($0, .dim)] } ?? []
        ) { inner in
            if case .ready(let picture) = state.picture, state.classify.pictureInSight != nil { inner.picture(picture) }
        }
    }

    /// The picture's size in cells on a screen of this size; nil where it has no room.
    static func pictureSize(columns: Int, rows: Int) -> (columns: Int, rows: Int)? {
        guard let inner = Layout(columns: columns, rows: rows).picture?.inset(horizontal: 2, vertical: 1),
            !inner.isEmpty
        else { return nil }
        return (inner.width, inner.height)
    }

    /// The nearest training pictures in sight and the size they have; none where they have no room.
    static func thumbnails(
        _ state: DashboardState, columns: Int, rows: Int
    ) -> [(picture: Int, columns: Int, rows: Int)] {
        guard let answer = state.classify.answerInSight, answer.problem == nil else { return [] }
        let place = Layout(columns: columns, rows: rows, pinned: state.probes.pictures.count).answers
            .inset(horizontal: 2, vertical: 1)
        guard
            let layout = NearestShots.Layout(width: place.width, height: place.height, count: answer.nearest.count)
        else { return [] }
        return answer.nearest.prefix(layout.count).map { ($0.picture, layout.columns, layout.rows) }
    }
}
