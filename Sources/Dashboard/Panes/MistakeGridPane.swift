import Training

/// The pictures of a class as tiles: each with its name, what it was taken for, and what it is.
enum MistakeGridPane {
    /// Where the tiles stand inside the box: a function of its size and the number of pictures.
    struct Layout: Equatable {
        /// Tiles across and down.
        var across: Int
        var down: Int
        /// Cells of a tile, and of the picture in it.
        var tile: (width: Int, height: Int)
        var picture: (columns: Int, rows: Int)

        /// The largest tiles of which `count` have room in a box's inside of this size, but none too small to be read.
        init(width: Int, height: Int, count: Int) {
            // Three lines of text below each picture; a picture's cell is twice as high as wide.
            let lines = 3
            let most = max(1, (width + 1) / (Self.narrowest + 1))
            var layout = (across: most, down: 1, tile: (width: 0, height: 0), picture: (columns: 0, rows: 0))
            for across in 1...most {
                let tileWidth = (width + 1) / across - 1
                let rows = max(0, min(tileWidth / 2, height - lines))
                let down = max(1, (height + 1) / (rows + lines + 1))
                layout = (across, down, (max(1, tileWidth), rows + lines), (min(tileWidth, rows * 2), rows))
                if across * down >= count { break }
            }
            (across, down, tile, picture) = layout
        }

        /// Below this neither a name nor a picture says anything.
        private static let narrowest = 9

        var capacity: Int { across * down }

        static func == (left: Layout, right: Layout) -> Bool {
            left.across == right.across && left.down == right.down && left.tile == right.tile
                && left.picture == right.picture
        }

        /// The place of tile number `index`.
        func place(_ index: Int) -> Rect {
            let (row, column) = index.quotientAndRemainder(dividingBy: across)
            return Rect(
                x: column * (tile.width + 1), y: row * (tile.height + 1), width: tile.width, height: tile.height)
        }
    }

    /// The layout where the pane has this region.
    static func layout(in region: Rect, _ model: MistakesModel, _ run: RunDescription) -> Layout {
        let inner = region.inset(horizontal: 2, vertical: 1)
        return Layout(
            width: inner.width, height: inner.height, count: model.pictures(names: run.classNames).count)
    }

    /// The pictures in sight: the page with the one under the cursor.
    static func page(_ model: MistakesModel, _ run: RunDescription, _ layout: Layout) -> ArraySlice<PictureAnswer> {
        let pictures = model.pictures(names: run.classNames)
        guard !pictures.isEmpty else { return [] }
        let start = min(model.position, pictures.count - 1) / layout.capacity * layout.capacity
        return pictures[start..<min(pictures.count, start + layout.capacity)]
    }

    /// Draws the pane into the region of the canvas.
    static func draw(
        _ state: DashboardState, _ run: RunDescription, _ capabilities: TerminalCapabilities, into canvas: inout Canvas
    ) {
        let (model, glyphs) = (state.mistakes, capabilities.glyphs)
        let pictures = model.pictures(names: run.classNames)
        let layout = layout(in: canvas.bounds, model, run)
        let name = model.label(names: run.classNames).map { PredictionPane.className($0, run) } ?? "pictures"
        let place = pictures.isEmpty ? "" : "\(min(model.position, pictures.count - 1) + 1)/\(pictures.count)"
        let shown = page(model, run, layout)
        let chosen = model.picture(names: run.classNames)
        canvas.wheel(up: .previousMistake, down: .nextMistake)
        canvas.box(
            glyphs, title: [.init(name, .role(.title))], value: place.isEmpty ? [] : [.init(place, .dim)],
            footLeft: [.init("answer, true class, %", .dim)]
        ) { inner in
            for (index, answer) in shown.enumerated() {
                inner.inside(layout.place(index)) { tile in
                    draw(
                        answer, isChosen: answer.picture == chosen?.picture, state, run, layout, glyphs, into: &tile)
                    tile.hotSpot(tile.bounds, .mistake(position: shown.startIndex + index))
                }
            }
        }
    }

    private static func draw(
        _ answer: PictureAnswer, isChosen: Bool, _ state: DashboardState, _ run: RunDescription, _ layout: Layout,
        _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        let width = canvas.bounds.width
        if case .ready(let picture) = state.thumbnails[answer.picture] { canvas.picture(picture) }
        let y = layout.picture.rows
        let name = state.run.pictures.indices.contains(answer.picture) ? state.run.pictures[answer.picture].name : ""
        let file = name.split(separator: "/").last.map(String.init) ?? name
        if isChosen { canvas.put(glyphs.winner, x: 0, y: y, .role(.accent, .bold)) }
        canvas.text(
            glyphs.fit(file, width - 1), x: 1, y: y, isChosen ? .role(.accent, .bold) : .dim)
        // What was said stands above what is true; a picture that was fixed says so by its colours.
        let said = answer.isFixed ? answer.zeroShot : answer.adapted
        line(
            PredictionPane.className(said.label, run), said.confidence, y: y + 1,
            said.label == answer.label ? .role(.good) : .role(.bad), width, glyphs, into: &canvas)
        line(
            PredictionPane.className(answer.label, run), answer.adapted.trueProbability, y: y + 2,
            answer.isFixed ? .role(.good) : .role(.text), width, glyphs, into: &canvas)
    }

    private static func line(
        _ name: String, _ share: Float, y: Int, _ style: Style, _ width: Int, _ glyphs: Glyphs,
        into canvas: inout Canvas
    ) {
        let figure = NumberFormat.fixed(Double(share) * 100, 0)
        canvas.text(glyphs.fit(name, width - figure.count - 1), x: 0, y: y, style)
        canvas.text(figure, endingAt: width, y: y, style)
    }
}
