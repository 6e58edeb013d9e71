import Training

/// The training pictures most like the classified one, as thumbnails.
enum NearestShots {
    /// Where the thumbnails stand at the bottom of the answers.
    struct Layout: Equatable {
        /// How many.
        var count: Int
        /// Cells of a picture.
        var columns: Int
        var rows: Int
        /// Cells from one to the next.
        var stride: Int

        /// A heading above, name and cosine below.
        var height: Int { rows + 3 }

        /// The layout inside answers of this size; nil where the answers need the room.
        init?(width: Int, height: Int, count: Int) {
            guard count > 0, width >= 34, height >= 16 else { return nil }
            self.count = min(3, count)
            stride = (width + 2) / 3
            rows = min(height / 3, (stride - 2) / 2, 14)
            columns = min(stride - 2, rows * 2)
        }
    }

    /// Draws heading, pictures and captions over the whole region.
    static func draw(
        _ neighbours: ArraySlice<ClassifyAnswer.Neighbour>, _ layout: Layout, _ state: DashboardState,
        _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        canvas.text(
            glyphs.fit("nearest shots, by cosine", canvas.bounds.width), x: 0, y: 0, .dim)
        for (place, neighbour) in neighbours.prefix(layout.count).enumerated() {
            let tile = Rect(
                x: place * layout.stride, y: 1, width: layout.stride - 2, height: layout.rows + 2)
            canvas.inside(tile) { draw(neighbour, layout, state, glyphs, into: &$0) }
        }
    }

    private static func draw(
        _ neighbour: ClassifyAnswer.Neighbour, _ layout: Layout, _ state: DashboardState, _ glyphs: Glyphs,
        into canvas: inout Canvas
    ) {
        if case .ready(let picture) = state.thumbnails[neighbour.picture] { canvas.picture(picture) }
        guard state.run.pictures.indices.contains(neighbour.picture), let run = state.run.description else { return }
        let picture = state.run.pictures[neighbour.picture]
        let file = picture.name.split(separator: "/").last.map(String.init) ?? picture.name
        let width = canvas.bounds.width
        let cosine = NumberFormat.fixed(Double(neighbour.cosine), 2)
        canvas.text(
            glyphs.fit(PredictionPane.className(picture.label, run), width - cosine.count - 1), x: 0, y: layout.rows)
        canvas.text(cosine, endingAt: width, y: layout.rows, .role(.accent))
        canvas.text(glyphs.fit(file, width), x: 0, y: layout.rows + 1, .dim)
    }
}
