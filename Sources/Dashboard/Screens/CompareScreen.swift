import Foundation
import Training

extension Screen {
    /// Accuracy against shots, method by method, of the comparisons in the state directory.
    static let compare = Screen(
        name: "compare", detail: "methods against shots, as compare found", footerRank: 11,
        commands: CommandTable.comparing, section: .compare, panes: CompareScreen.panes)
}

/// What the Compare screen is made of.
enum CompareScreen {
    /// Where the panes stand: a function of the size alone. Where not all have room, the list goes first, then the curves.
    struct Layout: Equatable {
        var list: Rect?
        var chart: Rect?
        var table: Rect

        /// - Parameter methods: rows of the table besides its heading.
        init(_ region: Rect, comparisons: Int, methods: Int) {
            var body = region
            if body.height >= 30, comparisons > 1 {
                let height = min(comparisons + 2, body.height / 4)
                list = Rect(x: 0, y: body.y, width: body.width, height: height)
                body = Rect(x: 0, y: body.y + height, width: body.width, height: body.height - height)
            }
            let tableHeight = methods + 3
            if body.width >= 140 {
                let left = max(body.width - 84, body.width / 2)
                chart = Rect(x: 0, y: body.y, width: left, height: body.height)
                table = Rect(x: left, y: body.y, width: body.width - left, height: body.height)
            } else if body.height - tableHeight >= 9, body.width >= 40 {
                // What a tall screen has left over goes to the notes below the table.
                let height = max(body.height - tableHeight - 4, min(body.height - tableHeight, 16))
                chart = Rect(x: 0, y: body.y, width: body.width, height: height)
                table = Rect(x: 0, y: body.y + height, width: body.width, height: body.height - height)
            } else {
                table = body
            }
        }
    }

    static func panes(
        _ state: DashboardState, _ capabilities: TerminalCapabilities, _ region: Rect
    ) -> [Screen.PlacedPane] {
        let glyphs = capabilities.glyphs
        let list = state.compare.list(dataset: state.run.description?.dataset)
        let current = state.currentComparison
        let frame = ScreenFrame(region)
        var panes = frame.panes(state, glyphs) { drawSummary(state, current, of: list.count, glyphs, into: &$0) }
        guard let current else {
            guard case .comparisons = state.compare.contents else { return panes }
            let room = Rect(
                x: 0, y: frame.body.y + 1, width: frame.body.width, height: max(0, frame.body.height - 1))
            panes.append(.init(room) { drawHint(glyphs, into: &$0) })
            return panes
        }
        let comparison = current.stored.comparison
        let layout = Layout(
            frame.body, comparisons: list.count, methods: ComparisonTablePane.rowCount(comparison))
        if let place = layout.list {
            panes.append(.init(place) { drawList(list, chosen: current.index, glyphs, into: &$0) })
        }
        if let place = layout.chart {
            panes.append(.init(place) { ComparisonCurvesPane.draw(comparison, glyphs, into: &$0) })
        }
        panes.append(.init(layout.table) { ComparisonTablePane.draw(comparison, glyphs, into: &$0) })
        return panes
    }

    private static func drawHint(_ glyphs: Glyphs, into canvas: inout Canvas) {
        for (y, line) in [
            "cliptop compare --data FOLDER", "trains every method on 1 to 16 shots;", "curves and table grow here",
        ].enumerated() {
            canvas.text(glyphs.fit(line, canvas.bounds.width), x: 0, y: y, .dim)
        }
    }

    /// `sample, 16 classes, demo-clip: 90 of 90 runs, begun 2026-11-21 12:04`.
    private static func drawSummary(
        _ state: DashboardState, _ current: (index: Int, stored: StoredComparison)?, of count: Int, _ glyphs: Glyphs,
        into canvas: inout Canvas
    ) {
        let width = canvas.bounds.width
        if let notice = state.notice { return canvas.notice(notice, glyphs) }
        guard let current else {
            switch state.compare.contents {
            case .reading: canvas.text(glyphs.fit("looking for comparisons", width), x: 0, y: 0, .dim)
            case .failed(let reason):
                canvas.text(glyphs.fit(reason, width), x: 0, y: 0, .role(.bad, .bold))
            case .comparisons:
                canvas.text(glyphs.fit("no comparison is stored yet", width), x: 0, y: 0, .role(.text, .bold))
            }
            return
        }
        let comparison = current.stored.comparison
        let (done, total) = (comparison.results.count, comparison.grid.cells.count)
        var pieces: [Canvas.Caption] = []
        if count > 1 { pieces.append(.init("\(current.index + 1)/\(count)  ", .role(.accent, .bold))) }
        pieces += [
            .init(comparison.description.dataset, .role(.text, .bold)),
            .init("\(glyphs.separator)\(comparison.description.model)\(glyphs.separator)", .dim),
            .init("\(Format.count(done)) of \(Format.count(total)) runs", .role(done < total ? .warning : .text)),
        ]
        let used = canvas.captions(pieces, x: 0, y: 0)
        let begun = "begun \(Format.dateAndTime(current.stored.startedAt))"
        if used + begun.count + 2 <= width { canvas.text(begun, endingAt: width, y: 0, .dim) }
    }

    private static func drawList(
        _ list: [StoredComparison], chosen: Int, _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        canvas.box(
            glyphs, title: [.init("comparisons", .role(.title))],
            footRight: [.init("\(Format.count(list.count)) stored", .dim)]
        ) { inner in
            let room = inner.bounds.height
            let first = max(0, min(chosen - room / 2, list.count - room))
            for (y, stored) in list.dropFirst(first).prefix(room).enumerated() {
                let isChosen = first + y == chosen
                let comparison = stored.comparison
                let (grid, description) = (comparison.grid, comparison.description)
                if isChosen { inner.put(glyphs.winner, x: 0, y: y, .role(.accent, .bold)) }
                let text =
                    "\(glyphs.pad(description.dataset, 18)) \(glyphs.pad(description.model, 18)) "
                    + "\(Format.dateAndTime(stored.startedAt))  "
                    + "\(grid.methods.count) methods, \(grid.shots.map(String.init).joined(separator: ",")) shots, "
                    + "seeds \(grid.seeds.map(String.init).joined(separator: ","))"
                inner.text(
                    glyphs.fit(text, inner.bounds.width - 1), x: 1, y: y,
                    isChosen ? .role(.accent, .bold) : .role(.text))
            }
        }
    }
}
