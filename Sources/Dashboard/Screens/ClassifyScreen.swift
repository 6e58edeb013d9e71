import Foundation
import Training

extension Screen {
    /// Any picture, any labels, without and with the adapter.
    static let classify = Screen(
        name: "classify", detail: "any picture, any labels", footerRank: 3,
        commands: CommandTable.classifying + CommandTable.classifyInput, section: .classify,
        mode: { state in
            state.classify.editing == nil ? nil : Mode(context: .classifyInput, type: { $0.classify.insert($1) })
        }, panes: ClassifyScreen.panes, pictures: ClassifyScreen.pictures,
        file: { $0.classify.pictureInSight },
        picture: { state in
            state.classify.answer.flatMap { answer in
                state.run.pictures.firstIndex {
                    $0.url.standardizedFileURL == answer.request.picture.standardizedFileURL
                }
            }
        })
}

/// What the Classify screen is made of.
enum ClassifyScreen {
    /// Where things stand below the lines that are typed: a function of the size alone. Where both have no room side by
    /// side, the picture goes.
    struct Layout: Equatable {
        var picture: Rect?
        var answers: Rect
        /// The pinned pictures, where they leave enough for the answers.
        var pinned: Rect?

        init(_ body: Rect, pinned count: Int = 0) {
            guard body.width >= 64, body.height >= 8 else {
                answers = body
                return
            }
            let left = min(body.width / 2, (body.height - 2) * 2 + 4)
            picture = Rect(x: 0, y: body.y, width: left, height: body.height)
            answers = Rect(x: left, y: body.y, width: body.width - left, height: body.height)
            let height = PinnedPicturesPane.height(count)
            guard count > 0, body.height - height >= 18 else { return }
            answers.height -= height
            pinned = Rect(x: left, y: answers.bottom, width: answers.width, height: height)
        }
    }

    static func panes(
        _ state: DashboardState, _ capabilities: TerminalCapabilities, _ region: Rect
    ) -> [Screen.PlacedPane] {
        let glyphs = capabilities.glyphs
        let frame = ScreenFrame(region, lines: 3)
        let layout = Layout(frame.body, pinned: state.pinned.pictures.count)
        var panes = frame.panes(state, glyphs) { drawFields(state, glyphs, into: &$0) }
        if let place = layout.picture { panes.append(.init(place) { drawPicture(state, glyphs, into: &$0) }) }
        panes.append(.init(layout.answers) { ClassifyPane.draw(state, glyphs, into: &$0) })
        if let place = layout.pinned {
            panes.append(.init(place) { PinnedPicturesPane.draw(state, glyphs, into: &$0) })
        }
        return panes
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
            let used = canvas.text(shown, x: 10, y: y, model.isFresh ? Style(on: .role(.selection)) : .text)
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

    /// The picture that was asked about, and the training pictures nearest to it.
    static func pictures(_ state: DashboardState, _ region: Rect) -> Screen.Pictures {
        let layout = Layout(ScreenFrame(region, lines: 3).body, pinned: state.pinned.pictures.count)
        var pictures = Screen.Pictures()
        if let inner = layout.picture?.inset(horizontal: 2, vertical: 1), !inner.isEmpty {
            pictures.large = (inner.width, inner.height)
        }
        let place = layout.answers.inset(horizontal: 2, vertical: 1)
        if let answer = state.classify.answerInSight, answer.problem == nil,
            let shots = NearestShots.Layout(width: place.width, height: place.height, count: answer.nearest.count)
        {
            pictures.small = answer.nearest.prefix(shots.count).map { ($0.picture, shots.columns, shots.rows) }
        }
        return pictures
    }
}
