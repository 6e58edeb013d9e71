/// Boxes, bars and text that has to fit: the few shapes all panes are made of.
extension Canvas {
    /// A piece of a box's frame: some text in its own style.
    struct Caption {
        var text: String
        var style: Style

        init(_ text: String, _ style: Style) {
            self.text = text
            self.style = style
        }
    }

    /// Draws a frame around the region and gives `content` the inside, one blank column in from each side.
    mutating func box(
        _ glyphs: Glyphs, title: [Caption] = [], value: [Caption] = [], footLeft: [Caption] = [],
        footRight: [Caption] = [], border: Style = .role(.border), content: (inout Canvas) -> Void
    ) {
        let area = bounds
        guard area.width >= 2, area.height >= 2 else { return }
        let bottom = area.height - 1
        for column in 1..<max(1, area.width - 1) {
            put(glyphs.box.horizontal, x: column, y: 0, border)
            put(glyphs.box.horizontal, x: column, y: bottom, border)
        }
        for row in 1..<max(1, bottom) {
            put(glyphs.box.vertical, x: 0, y: row, border)
            put(glyphs.box.vertical, x: area.width - 1, y: row, border)
        }
        put(glyphs.box.topLeft, x: 0, y: 0, border)
        put(glyphs.box.topRight, x: area.width - 1, y: 0, border)
        put(glyphs.box.bottomLeft, x: 0, y: bottom, border)
        put(glyphs.box.bottomRight, x: area.width - 1, y: bottom, border)
        captions(left: title, right: value, y: 0, glyphs)
        captions(left: footLeft, right: footRight, y: bottom, glyphs)
        let inner = area.inset(horizontal: 2, vertical: 1)
        inside(inner, content)
    }

    /// The left and the right text of a frame's line. The right one (the value) has precedence.
    private mutating func captions(left: [Caption], right: [Caption], y: Int, _ glyphs: Glyphs) {
        let room = bounds.width - 4
        let rightWidth = right.reduce(0) { $0 + DisplayWidth.of($1.text) }
        let showsRight = rightWidth > 0 && rightWidth + 1 <= room
        if showsRight {
            var column = bounds.width - 3 - rightWidth
            text(" ", x: column, y: y)
            column += 1
            for caption in right { column += text(caption.text, x: column, y: y, caption.style) }
            text(" ", x: column, y: y)
        }
        let leftRoom = showsRight ? room - rightWidth - 2 : room
        guard !left.isEmpty, leftRoom >= 3 else { return }
        var column = 2
        var free = leftRoom
        text(" ", x: 1, y: y)
        for caption in left where free > 0 {
            let shown = glyphs.fit(caption.text, free)
            text(shown, x: column, y: y, caption.style)
            let width = DisplayWidth.of(shown)
            column += width
            free -= width
        }
        text(" ", x: column, y: y)
    }

    /// Styled pieces one after the other; returns the cells they take.
    @discardableResult
    mutating func captions(_ pieces: [Caption], x: Int, y: Int) -> Int {
        var column = x
        for piece in pieces { column += text(piece.text, x: column, y: y, piece.style) }
        return column - x
    }

    /// A horizontal bar of which `fraction` (0...1) is filled, to the eighth of a cell. Anything above nothing shows.
    mutating func bar(_ fraction: Double, x: Int, y: Int, width: Int, _ style: Style, _ glyphs: Glyphs) {
        fillBar(fraction, x: x, y: y, width: width, glyphs) { _ in style }
    }

    /// A bar in the theme's gradient, whose colours belong to places: the end of a bar is only reached by a full one.
    mutating func gradientBar(_ fraction: Double, x: Int, y: Int, width: Int, _ glyphs: Glyphs) {
        fillBar(fraction, x: x, y: y, width: width, glyphs) { column in
            Style(.gradient(UInt8(clamping: column * 255 / max(1, width - 1))))
        }
    }

    private mutating func fillBar(
        _ fraction: Double, x: Int, y: Int, width: Int, _ glyphs: Glyphs, style: (Int) -> Style
    ) {
        let steps = glyphs.horizontalLevels.count - 1
        let clamped = fraction.isFinite ? min(1, max(0, fraction)) : 0
        var filled = Int((clamped * Double(width * steps)).rounded())
        if filled == 0, clamped > 0.002, steps > 1 { filled = 1 }
        for column in 0..<max(0, width) {
            let level = min(steps, filled - column * steps)
            guard level > 0 else { break }
            put(glyphs.horizontalLevels[level], x: x + column, y: y, style(column))
        }
    }
}

extension Glyphs {
    /// The text itself, or as much of it as fits into `width` cells with an ellipsis at the end.
    func fit(_ text: String, _ width: Int) -> String {
        guard DisplayWidth.of(text) > width else { return text }
        guard width > 0 else { return "" }
        var result = String.UnicodeScalarView()
        var used = 0
        for scalar in text.unicodeScalars {
            let cells = DisplayWidth.of(scalar)
            if used + cells > width - 1 { break }
            result.append(scalar)
            used += cells
        }
        result.append(ellipsis)
        return String(result)
    }

    /// The text, cut or filled with spaces to exactly `width` cells.
    func pad(_ text: String, _ width: Int) -> String {
        let fitted = fit(text, width)
        return fitted + String(repeating: " ", count: max(0, width - DisplayWidth.of(fitted)))
    }

    /// The text filled with spaces on its left.
    func padLeft(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - DisplayWidth.of(text))) + text
    }
}
