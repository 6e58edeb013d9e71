/// Where the panes of the Train screen stand: a function of the size alone.
///
/// From large to small, panes go in a fixed order: the charts beyond three, the log's box, the log's third line, the second
/// row of charts with the picture, the log, and at last the boxes; what is left is a strip of lines.
struct TrainLayout: Equatable {
    /// The two lines at the top.
    private(set) var status: Rect?
    /// Charts in the order of their importance.
    private(set) var charts: [PlacedChart] = []
    /// The picture and its answers.
    private(set) var prediction: Rect?
    /// The pinned pictures.
    private(set) var pinned: Rect?
    /// The log, in a box or as bare lines.
    private(set) var log: Rect?
    private(set) var isLogBoxed = false
    /// The keys.
    private(set) var footer: Rect?
    /// Everything in lines, where boxes have no room.
    private(set) var strip: Rect?

    /// A chart and its place.
    struct PlacedChart: Equatable {
        var chart: Chart
        var place: Rect
    }

    /// How many pictures are pinned, and whether they take the picture's place where both have no room.
    struct Pinned {
        var count = 0
        var isShown = false
    }

    /// The layout for a screen of this size.
    init(
        columns: Int, rows: Int, hasValidation: Bool = true, fullScreen: Chart? = nil, pinned: Pinned = Pinned()
    ) {
        let screen = Rect(x: 0, y: 0, width: columns, height: rows)
        if let fullScreen, columns >= 30, rows >= 8 {
            status = Rect(x: 0, y: 0, width: columns, height: 2)
            footer = Rect(x: 0, y: rows - 1, width: columns, height: 1)
            charts = [PlacedChart(chart: fullScreen, place: Rect(x: 0, y: 2, width: columns, height: rows - 3))]
            return
        }
        guard columns >= 44, rows >= 10, columns >= 72 || rows >= 16 else {
            strip = screen
            return
        }
        status = Rect(x: 0, y: 0, width: columns, height: 2)
        footer = Rect(x: 0, y: rows - 1, width: columns, height: 1)
        let body = Rect(x: 0, y: 2, width: columns, height: rows - 3)
        if columns < 72 {
            stack(in: body, hasValidation)
        } else if rows >= 34, columns >= 100 {
            grid(in: body, hasValidation, across: columns >= 150 ? 3 : 2)
        } else if columns >= 150, rows >= 18 {
            wide(in: body, hasValidation)
        } else {
            standard(in: body, hasValidation)
        }
        place(pinned)
    }

    /// Above the log where its box is high enough; else in the picture's place, or the last chart's, while they are asked for.
    private mutating func place(_ pinned: Pinned) {
        guard pinned.count > 0 else { return }
        // As many rows for each as leave the log enough to be one.
        func heightLeavingALog(of place: Rect) -> Int? {
            [3, 2, 1].map { PinnedPicturesPane.height(pinned.count, rows: $0) }.first { place.height - $0 >= 7 }
        }
        if isLogBoxed, let place = log, let height = heightLeavingALog(of: place) {
            self.pinned = Rect(x: place.x, y: place.y, width: place.width, height: height)
            log = Rect(x: place.x, y: place.y + height, width: place.width, height: place.height - height)
        } else if pinned.isShown {
            if let place = prediction {
                (self.pinned, prediction) = (place, nil)
            } else if charts.count > 1 {
                self.pinned = charts.removeLast().place
            }
        }
    }

    /// The charts in the order in which they are worth their room.
    private static func order(_ hasValidation: Bool) -> [Chart] {
        hasValidation
            ? [.batchLoss, .top1, .validationLoss] : [.batchLoss, .trainLoss, .learningRate]
    }

    /// 80x24 and thereabouts: two charts above, a chart and the picture below, two or three lines of log.
    private mutating func standard(in body: Rect, _ hasValidation: Bool) {
        let order = Self.order(hasValidation)
        // The room of the log: nothing below 15 rows, then a line for every row beyond what two rows of charts need.
        let hasSecondRow = body.height >= 15
        let logRows =
            hasSecondRow
            ? min(3 + max(0, (body.height - 21) / 3), max(0, body.height - 15)) : min(3, max(0, body.height - 9))
        let area = Rect(x: body.x, y: body.y, width: body.width, height: body.height - logRows)
        if logRows > 0 { log = Rect(x: 0, y: area.bottom, width: body.width, height: logRows) }
        let lines = area.rows(hasSecondRow ? 2 : 1)
        let top = lines[0].columns(2)
        charts = [PlacedChart(chart: order[0], place: top[0]), PlacedChart(chart: order[1], place: top[1])]
        if hasSecondRow {
            let bottom = lines[1].columns(2)
            charts.append(PlacedChart(chart: order[2], place: bottom[0]))
            prediction = bottom[1]
        }
    }

    /// Narrow and high: one below the other.
    private mutating func stack(in body: Rect, _ hasValidation: Bool) {
        let order = Self.order(hasValidation)
        let boxes =
            switch body.height {
            case ..<12: 1
            case ..<21: 2
            case ..<36: 3
            default: 4
            }
        let logRows = min(3, max(0, body.height - boxes * 7))
        if logRows > 0 { log = Rect(x: 0, y: body.bottom - logRows, width: body.width, height: logRows) }
        let places = Rect(x: 0, y: body.y, width: body.width, height: body.height - logRows).rows(boxes)
        charts = zip(order, places).prefix(boxes > 2 ? boxes - 1 : boxes).map { PlacedChart(chart: $0, place: $1) }
        if boxes > 2 { prediction = places[boxes - 1] }
    }

    /// Wide and low: three charts above, the picture and the log below.
    private mutating func wide(in body: Rect, _ hasValidation: Bool) {
        let lines = body.rows(2)
        charts = zip(Self.order(hasValidation), lines[0].columns(3)).map { PlacedChart(chart: $0, place: $1) }
        below(lines[1])
    }

    /// Large: two rows of charts, and a third row of picture and log.
    private mutating func grid(in body: Rect, _ hasValidation: Bool, across: Int) {
        let ids: [Chart] =
            switch (across, hasValidation) {
            case (3, true): [.batchLoss, .losses, .top1, .learningRate, .epochSeconds, .top5]
            case (3, false): [.batchLoss, .trainLoss, .learningRate, .epochSeconds]
            case (_, true): [.batchLoss, .top1, .losses, .learningRate]
            case (_, false): [.batchLoss, .trainLoss, .learningRate, .epochSeconds]
            }
        let bottomHeight = max(12, body.height * 2 / 5)
        let upper = Rect(x: 0, y: body.y, width: body.width, height: body.height - bottomHeight)
        let columns = ids.count == 4 ? 2 : across
        for (row, line) in upper.rows(2).enumerated() {
            let row = ids.dropFirst(row * columns).prefix(columns)
            charts += zip(row, line.columns(columns)).map { PlacedChart(chart: $0, place: $1) }
        }
        below(Rect(x: 0, y: upper.bottom, width: body.width, height: bottomHeight))
    }

    private mutating func below(_ line: Rect) {
        let left = line.width * 3 / 5
        prediction = Rect(x: line.x, y: line.y, width: left, height: line.height)
        log = Rect(x: line.x + left, y: line.y, width: line.width - left, height: line.height)
        isLogBoxed = true
    }
}
