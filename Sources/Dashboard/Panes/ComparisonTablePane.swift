import FewShot
import Training

/// The table of a comparison: a row a method, a column a number of shots, and below it what there is to know about it.
enum ComparisonTablePane {
    /// Rows below the heading.
    static func rowCount(_ comparison: Comparison) -> Int { ComparisonCurvesPane.curves(comparison).count + 1 }

    /// Draws the pane into the region of the canvas; where a frame would cost a method its row, without one.
    static func draw(_ comparison: Comparison, _ glyphs: Glyphs, into canvas: inout Canvas) {
        guard canvas.bounds.height >= rowCount(comparison) + 3 else {
            return drawRows(comparison, heading: "top-1 %", glyphs, into: &canvas)
        }
        let seeds = comparison.grid.seeds.count
        canvas.box(
            glyphs, title: [.init("top-1 on test, %", .role(.title))],
            value: seeds > 1 ? [.init("mean of \(seeds) seeds", .dim)] : []
        ) { drawRows(comparison, heading: "shots", glyphs, into: &$0) }
    }

    private static func drawRows(
        _ comparison: Comparison, heading: String, _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        let grid = comparison.grid
        let columns = Columns(comparison, width: canvas.bounds.width, glyphs)
        canvas.text(heading, x: 2, y: 0, .dim)
        for (index, shots) in grid.shots.enumerated() {
            let star = comparison.description.cappedClasses[shots] == nil ? " " : "*"
            columns.write("\(shots)\(star)", at: index, y: 0, .dim, into: &canvas)
        }
        canvas.put(glyphs.baseline, x: 0, y: 1, .role(.zeroShot))
        canvas.text(glyphs.fit("zero-shot", columns.nameWidth), x: 2, y: 1, .role(.zeroShot))
        if let zeroShot = comparison.zeroShotTop1 {
            for index in grid.shots.indices {
                columns.write(columns.text(zeroShot) + " ", at: index, y: 1, .role(.zeroShot), into: &canvas)
            }
        }
        for (row, method) in ComparisonCurvesPane.curves(comparison).enumerated() {
            let mark = ComparisonCurvesPane.mark(row, glyphs)
            canvas.put(mark.glyph, x: 0, y: row + 2, mark.style)
            canvas.text(glyphs.fit(grid.methods[method].rawValue, columns.nameWidth), x: 2, y: row + 2)
            for (index, shots) in grid.shots.enumerated() {
                let cell = comparison.summary(method: method, shots: shots)
                let isBest = cell.top1 != nil && cell.top1?.mean == columns.best[index]
                let style: Style =
                    !cell.isComplete ? .dim : isBest ? .role(.good, .bold) : .role(cell.failed > 0 ? .bad : .text)
                columns.write(columns.text(cell), at: index, y: row + 2, style, into: &canvas)
            }
        }
        let first = rowCount(comparison) + 2
        for (index, note) in notes(comparison, glyphs).prefix(max(0, canvas.bounds.height - first)).enumerated() {
            canvas.text(glyphs.fit(note, canvas.bounds.width), x: 0, y: first + index, .dim)
        }
    }

    /// Where the figures stand; without room for intervals they are left out, and then the later shots.
    private struct Columns {
        let nameWidth: Int
        let hasIntervals: Bool
        let width: Int
        /// The best mean of each number of shots.
        let best: [Double?]
        private let glyphs: Glyphs

        init(_ comparison: Comparison, width: Int, _ glyphs: Glyphs) {
            self.glyphs = glyphs
            let grid = comparison.grid
            nameWidth = min(13, max(6, width / 3))
            let room = (width - nameWidth - 2) / max(1, grid.shots.count)
            let wide = glyphs.isASCII ? 13 : 12
            hasIntervals = grid.seeds.count > 1 && room >= wide - 1
            self.width = hasIntervals ? min(room, wide + 1) : min(max(room, 6), 8)
            best = grid.shots.map { shots in
                grid.methods.indices.compactMap { comparison.top1(method: $0, shots: shots)?.mean }.max()
            }
        }

        func write(_ text: String, at index: Int, y: Int, _ style: Style, into canvas: inout Canvas) {
            let right = nameWidth + 2 + (index + 1) * width
            guard right <= canvas.bounds.width else { return }
            canvas.text(text, endingAt: right, y: y, style)
        }

        func text(_ statistics: SeedStatistics) -> String {
            let mean = NumberFormat.percent(statistics.mean)
            guard hasIntervals, let interval = statistics.interval else { return mean }
            return mean + (glyphs.isASCII ? " +-" : " ±") + glyphs.padLeft(NumberFormat.percent(interval), 4)
        }

        /// A figure with what is missing in it: `!` for runs that failed, an ellipsis where some are still open.
        func text(_ cell: ComparisonSummary) -> String {
            let mark = cell.failed > 0 ? "!" : cell.isComplete ? " " : String(glyphs.ellipsis)
            guard let top1 = cell.top1 else { return (cell.finished == 0 ? "-" : "") + mark }
            return text(top1) + mark
        }
    }

    /// What the marks mean and how many pictures stand behind the figures.
    private static func notes(_ comparison: Comparison, _ glyphs: Glyphs) -> [String] {
        let description = comparison.description
        var notes: [String] = []
        func range(_ counts: [Int]) -> String? {
            guard let fewest = counts.min(), let most = counts.max() else { return nil }
            return fewest == most ? Format.count(fewest) : "\(Format.count(fewest)) to \(Format.count(most))"
        }
        let test = range(description.zeroShot.values.map(\.count))
        let validation = range(comparison.results.values.map(\.validationImages))
        if let test {
            notes.append(
                "on \(test) test pictures a seed" + (validation.map { ", choices on \($0) validation pictures" } ?? ""))
        }
        if comparison.grid.seeds.count > 1 {
            notes.append(
                "bars and \(glyphs.isASCII ? "+-" : "±"): 95 % Student t interval over \(comparison.grid.seeds.count) seeds"
            )
        }
        if let capped = description.cappedClasses.max(by: { $0.key < $1.key }) {
            notes.append(
                "* \(capped.value.count) of \(description.classNames.count) classes cannot give \(capped.key)")
        }
        if !description.shotsWithoutValidation.isEmpty {
            notes.append("no validation pictures: nothing could be chosen on them")
        } else if !description.classesShortOfValidation.isEmpty {
            notes.append("\(description.classesShortOfValidation.count) classes are short of validation pictures")
        }
        if let failure = comparison.failures.first {
            notes.append("! \(comparison.failures.count) failed, e.g. \(failure.method): \(failure.failure ?? "")")
        }
        if !comparison.isComplete {
            notes.append("\(glyphs.ellipsis) \(comparison.openCells.count) runs are still open")
        }
        return notes
    }
}
