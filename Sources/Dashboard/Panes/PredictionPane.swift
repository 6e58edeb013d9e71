import Training

/// One picture and its prediction, without and with the adapter, as training goes on.
enum PredictionPane {
    /// Where things stand inside the box.
    struct Layout: Equatable {
        /// The picture's cells.
        var picture: Rect
        /// Header and classes.
        var answers: Rect
        /// Classes that have room.
        var classes: Int
        /// Rows from one class to the next.
        var spacing: Int

        /// The layout for a box's inside of this size.
        init(width: Int, height: Int) {
            // Answers have precedence: they need about 25 columns to be read, and take the frame's blank column too where
            // room is short. A picture wider than twice its height in cells would be empty at the sides.
            let isNarrow = width < 48
            let columns = width < 30 ? 0 : min(height * 2, width - 25, width * 9 / 20)
            picture = Rect(x: 0, y: 0, width: columns, height: columns == 0 ? 0 : height)
            let left = columns == 0 ? 0 : columns + (isNarrow ? 1 : 3)
            answers = Rect(x: left, y: 0, width: width - left + (isNarrow ? 1 : 0), height: height)
            classes = min(height >= 12 ? 10 : 5, max(0, height - 1))
            spacing = max(1, min(2, (height - 2) / max(1, classes - 1)))
        }
    }

    /// The picture's size in cells where the pane has this region; nil where it has no room.
    static func pictureSize(in region: Rect) -> (columns: Int, rows: Int)? {
        let inner = region.inset(horizontal: 2, vertical: 1)
        let picture = Layout(width: inner.width, height: inner.height).picture
        return picture.isEmpty ? nil : (picture.width, picture.height)
    }

    /// Draws the pane into the region of the canvas.
    static func draw(_ state: DashboardState, _ capabilities: TerminalCapabilities, into canvas: inout Canvas) {
        let glyphs = capabilities.glyphs
        if state.screen == .mistakes {
            canvas.wheel(up: .previousMistake, down: .nextMistake)
        } else {
            canvas.wheel(up: .previousPicture, down: .nextPicture)
        }
        guard let picture = state.currentPicture, let run = state.run.description else {
            canvas.box(glyphs, title: [.init("picture", .role(.title))]) { inner in
                inner.text(glyphs.fit("waiting for the data", inner.bounds.width), x: 0, y: 0, .dim)
            }
            return
        }
        let place = "\(picture.split.rawValue) \(state.browser.position + 1)/\(state.browser.indices.count)"
        let trueClass = className(picture.label, run)
        // The true class comes first where both have no room in full.
        let room = canvas.bounds.width - 6 - DisplayWidth.of("true class \(trueClass)")
        canvas.box(
            glyphs, title: [.init(picture.name, .role(.title))], value: [.init(place, .dim)],
            footLeft: [.init("true class ", .dim), .init(trueClass, .role(.text, .bold))],
            footRight: verdict(state.currentPrediction, picture, room: room, glyphs)
        ) { _ in }
        let inner = canvas.bounds.inset(horizontal: 2, vertical: 1)
        let layout = Layout(width: inner.width, height: inner.height)
        canvas.inside(layout.picture.offset(x: inner.x, y: inner.y)) { drawPicture(state, capabilities, into: &$0) }
        canvas.inside(layout.answers.offset(x: inner.x, y: inner.y)) { area in
            guard let prediction = state.currentPrediction else {
                // Later on the answers are a batch away at most: a text would only flicker.
                guard state.run.phase != .training else { return }
                area.text(glyphs.fit("predictions appear after zero-shot", area.bounds.width), x: 0, y: 0, .dim)
                return
            }
            drawAnswers(prediction, picture, run, layout, glyphs, into: &area)
        }
    }

    private static func drawPicture(
        _ state: DashboardState, _ capabilities: TerminalCapabilities, into canvas: inout Canvas
    ) {
        switch state.picture {
        case .ready(let picture): canvas.picture(picture)
        case .failed(let reason):
            let lines = LogPane.wrap(
                reason, width: canvas.bounds.width, most: canvas.bounds.height, capabilities.glyphs)
            for (row, line) in lines.enumerated() { canvas.text(line, x: 0, y: row, .role(.bad)) }
        case .loading, nil: break
        }
    }

    // MARK: answers

    /// The classes to list, in the order of the zero-shot probabilities, so that rows stand still while bars move: the
    /// true class, the best of the adapted ones, and the best of the zero-shot ones.
    static func classes(_ prediction: PicturePrediction, label: Int, count: Int) -> [Int] {
        let all = Array(prediction.zeroShot.indices)
        let byZeroShot = all.sorted { (prediction.zeroShot[$0], $1) > (prediction.zeroShot[$1], $0) }
        let byAdapted = all.filter { prediction.isNumber && prediction.adapted.indices.contains($0) }
            .sorted { (prediction.adapted[$0], $1) > (prediction.adapted[$1], $0) }
        var chosen: Set<Int> = all.contains(label) ? [label] : []
        for index in byAdapted.prefix(max(1, count / 2)) where chosen.count < count { chosen.insert(index) }
        for index in byZeroShot where chosen.count < count { chosen.insert(index) }
        return byZeroShot.filter(chosen.contains)
    }

    private static func drawAnswers(
        _ prediction: PicturePrediction, _ picture: PictureReference, _ run: RunDescription, _ layout: Layout,
        _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        let listed = classes(prediction, label: picture.label, count: layout.classes)
        let names = listed.map { className($0, run) }
        let width = canvas.bounds.width
        let decimals = width >= 44 ? 1 : 0
        let figure = decimals == 1 ? 5 : 3
        let longest = names.map { DisplayWidth.of($0) }.max() ?? 0
        // Per column: a mark, the figure, a space, the bar.
        let leastBar = min(8, max(3, width / 8))
        let nameWidth = max(3, min(longest, width - 2 * (figure + 2 + leastBar)))
        let column = (width - nameWidth) / 2
        // A blank before the next column, where that is not half of the bar.
        let bar = max(0, column - figure - (column > 8 ? 3 : 2))
        let zeroShotWinner = prediction.zeroShot.firstIndex(of: prediction.zeroShot.max() ?? 0)
        let adaptedWinner =
            prediction.isNumber ? prediction.adapted.firstIndex(of: prediction.adapted.max() ?? 0) : nil

        let first = width - 2 * column
        let isWide = column >= 13
        let heads = isWide ? ("zero-shot %", "adapted %") : ("zero-shot", "adapted")
        let adaptedHead = first + column + (isWide ? 1 : max(1, column - DisplayWidth.of(heads.1)))
        canvas.text(heads.0, x: isWide ? first + 1 : max(0, first + column - 9), y: 0, .role(.zeroShot))
        canvas.text(heads.1, x: adaptedHead, y: 0, .role(.accuracy))
        for (row, index) in listed.enumerated() {
            let isTrue = index == picture.label
            let y = 1 + row * layout.spacing
            canvas.text(
                glyphs.fit(names[row], nameWidth), x: 0, y: y, isTrue ? .role(.title, .bold) : .role(.text))
            let answers = [
                (prediction.zeroShot, zeroShotWinner, Role.zeroShot), (prediction.adapted, adaptedWinner, .accuracy),
            ]
            for (place, answer) in answers.enumerated() {
                let (probabilities, winner, role) = answer
                let x = first + place * column
                let share = probabilities.indices.contains(index) ? Double(probabilities[index]) : 0
                let emphasis: Attributes = winner == index ? .bold : []
                if winner == index { canvas.put(glyphs.winner, x: x, y: y, .role(role, .bold)) }
                let text = share.isFinite ? NumberFormat.fixed(share * 100, decimals) : "–"
                canvas.text(
                    text, endingAt: x + 1 + figure, y: y, .role(winner == index ? role : .text, emphasis))
                canvas.bar(share, x: x + figure + 2, y: y, width: bar, .role(role), glyphs)
            }
        }
    }

    // MARK: words

    /// What the adapter did to the answer, in as many words as have room.
    static func verdict(
        _ prediction: PicturePrediction?, _ picture: PictureReference, room: Int, _ glyphs: Glyphs
    ) -> [Canvas.Caption] {
        func caption(_ mark: Unicode.Scalar, _ long: String, _ short: String, _ style: Style) -> [Canvas.Caption] {
            let text = "\(mark) \(long)"
            return [.init(DisplayWidth.of(text) <= room ? text : "\(mark) \(short)", style)]
        }
        if prediction?.isNumber == false {
            return caption(
                glyphs.trouble, "no prediction: the weights are not numbers", "no prediction", .role(.bad, .bold))
        }
        guard let prediction, let before = prediction.zeroShot.max(), let after = prediction.adapted.max(),
            prediction.zeroShot.indices.contains(picture.label), prediction.adapted.indices.contains(picture.label)
        else { return [] }
        let wasRight = prediction.zeroShot.firstIndex(of: before) == picture.label
        let isRight = prediction.adapted.firstIndex(of: after) == picture.label
        return switch (wasRight, isRight) {
        case (false, true): caption(glyphs.check, "fixed by the adapter", "fixed", .role(.good, .bold))
        case (true, false): caption(glyphs.cross, "broken by the adapter", "broken", .role(.bad, .bold))
        case (true, true): caption(glyphs.check, "right", "right", .role(.good))
        case (false, false): caption(glyphs.cross, "wrong", "wrong", .role(.warning))
        }
    }

    static func className(_ index: Int, _ run: RunDescription) -> String {
        run.classNames.indices.contains(index) ? run.classNames[index] : "class \(index)"
    }
}

extension PicturePrediction {
    /// Whether the weights could be computed with: after a loss that is not a number they need not be.
    var isNumber: Bool { adapted.allSatisfy(\.isFinite) }
}
