import Foundation
import Training

/// Curves through measured points, for the normal screen: accuracy against shots, a ratio, or the epochs of a run.
///
/// Every curve has a marker and a colour of its own, so that neither is needed alone.
public struct PointChart: Sendable {
    /// One measured point.
    public struct Point: Sendable, Equatable {
        /// Where it stands on the horizontal axis, 0 (left) to 1 (right).
        public var place: Double
        /// Its value; a value that is no number is a gap in the curve.
        public var value: Double
        /// How far it may be off in either direction; 0 where nothing is known of that.
        public var interval: Double

        /// A point at a place.
        public init(place: Double, value: Double, interval: Double = 0) {
            self.place = place
            self.value = value
            self.interval = interval
        }
    }

    /// One curve.
    public struct Line: Sendable {
        /// What the legend says.
        public var name: String
        /// Its points from left to right.
        public var points: [Point]
        /// Whether points have markers.
        public var hasMarkers = true
        /// Every how many points there is one: curves of many points are clearer with few.
        public var markerSpacing = 1
        /// Which marker and colour it has; nil for those of its place among the curves.
        var slot: Int?

        /// A curve.
        public init(name: String, points: [Point], hasMarkers: Bool = true) {
            self.name = name
            self.points = points
            self.hasMarkers = hasMarkers
        }
    }

    /// A label below the horizontal axis.
    public struct Tick: Sendable, Equatable {
        /// Where it stands, 0...1.
        public var place: Double
        /// What it says.
        public var text: String

        /// A label at a place.
        public init(place: Double, text: String) {
            self.place = place
            self.text = text
        }
    }

    /// What stands above the chart.
    public var title: String
    /// The curves; later ones are drawn over earlier ones.
    public var lines: [Line]
    /// A horizontal line to beat, with its legend.
    public var baseline: (value: Double, name: String)?
    /// The labels of the horizontal axis.
    public var ticks: [Tick]
    /// What the horizontal axis counts.
    public var axisName: String
    /// What the values are.
    public var unit = Unit.fraction

    /// What values are, which decides how they are written.
    public enum Unit: Sendable {
        /// 0...1, written as percentages.
        case fraction
        /// Losses, from 0 up.
        case loss
    }

    /// A chart without a baseline.
    public init(title: String, lines: [Line], ticks: [Tick], axisName: String) {
        self.title = title
        self.lines = lines
        self.ticks = ticks
        self.axisName = axisName
    }

    /// Columns left of the field: a number, a blank and the axis.
    private static let margin = 6

    /// The chart as lines of text, `width` columns wide and with `height` rows for the curves.
    /// - Parameters:
    ///   - glyphs: what the terminal's font has.
    ///   - colors: how many colours the terminal has; with none there are no escape sequences in the text.
    public func text(width: Int, height: Int, glyphs: Glyphs, colors: ColorDepth) -> String {
        guard let axis else { return "\(title): nothing to draw" }
        let legend = legendRows(width: width, glyphs)
        var canvas = Canvas(width: max(width, 20), height: max(height, 3) + 3 + legend.count)
        let field = Rect(x: Self.margin, y: 1, width: canvas.width - Self.margin - 2, height: max(height, 3))
        canvas.text(glyphs.fit(title, canvas.width), x: 0, y: 0, .role(.title, .bold))
        drawAxes(axis, field, glyphs, into: &canvas)
        canvas.inside(field) { canvas in
            PointPlot(
                chart: self, axis: axis, glyphs: glyphs, size: canvas.bounds, mark: { Self.mark($0, glyphs) }
            ).draw(into: &canvas)
        }
        for (index, row) in legend.enumerated() { canvas.captions(row, x: Self.margin, y: field.bottom + 2 + index) }
        return canvas.printed(colors: colors)
    }

    /// The vertical axis around everything that is drawn; nil if nothing is.
    var axis: ChartAxis? {
        let points = lines.flatMap(\.points).filter(\.value.isFinite)
        let most = unit == .fraction ? 1 : Double.infinity
        let values =
            points.flatMap { [max($0.value - $0.interval, 0), min($0.value + $0.interval, most)] }
            + (baseline.map { [$0.value] } ?? [])
        guard let minimum = values.min(), let maximum = values.max() else { return nil }
        return ChartAxis(minimum: minimum, maximum: maximum, scale: unit == .fraction ? .percent : .loss)
    }

    /// The marker and the colour of a curve; beyond the last they begin again.
    static func mark(_ index: Int, _ glyphs: Glyphs) -> (glyph: Unicode.Scalar, style: Style) {
        let markers: [Unicode.Scalar] =
            glyphs.isASCII ? ["o", "x", "+", "*", "#", "@", "%", "&"] : ["●", "■", "▲", "◆", "○", "□", "△", "◇"]
        let palette: [UInt8] = [2, 6, 3, 5, 4, 1, 10, 14]
        return (markers[index % markers.count], Style(.indexed(palette[index % palette.count])))
    }

    private func drawAxes(_ axis: ChartAxis, _ field: Rect, _ glyphs: Glyphs, into canvas: inout Canvas) {
        for label in axis.labels(rows: field.height) {
            canvas.text(label.text, endingAt: field.x - 2, y: field.y + label.row, .dim)
        }
        for row in field.y..<field.bottom { canvas.put(glyphs.box.vertical, x: field.x - 1, y: row, .dim) }
        canvas.put(glyphs.box.bottomLeft, x: field.x - 1, y: field.bottom, .dim)
        for column in field.x..<field.right { canvas.put(glyphs.box.horizontal, x: column, y: field.bottom, .dim) }
        if unit == .fraction { canvas.text("%", endingAt: field.x - 2, y: field.bottom, .dim) }
        let nameStart = field.right - DisplayWidth.of(axisName)
        var free = field.x
        for tick in ticks {
            let width = DisplayWidth.of(tick.text)
            let place = field.x + PointPlot.column(tick.place, width: field.width, inset: 1)
            let start = min(max(place - width / 2, free), field.right - width)
            // Labels that would run into each other or into the axis' name are left out.
            guard start >= free, start + width < nameStart || tick.place >= 1 else { continue }
            canvas.text(tick.text, x: start, y: field.bottom + 1, .dim)
            free = start + width + 1
        }
        if free < nameStart { canvas.text(axisName, x: nameStart, y: field.bottom + 1, .dim) }
    }

    /// The legend, as many entries a row as have room.
    private func legendRows(width: Int, _ glyphs: Glyphs) -> [[Canvas.Caption]] {
        var entries = lines.enumerated().map { index, line in
            let mark = Self.mark(line.slot ?? index, glyphs)
            let sample = line.hasMarkers ? String(mark.glyph) : glyphs.isASCII ? "." : "─"
            return [Canvas.Caption(sample, mark.style), Canvas.Caption(" " + line.name, .text)]
        }
        if let baseline {
            entries.append([
                Canvas.Caption(String(glyphs.baseline), .role(.zeroShot)), Canvas.Caption(" " + baseline.name, .text),
            ])
        }
        var rows: [[Canvas.Caption]] = []
        var used = 0
        for entry in entries {
            let cells = entry.reduce(0) { $0 + DisplayWidth.of($1.text) }
            if rows.isEmpty || used + 3 + cells > width - Self.margin {
                rows.append(entry)
                used = cells
            } else {
                rows[rows.count - 1] += [Canvas.Caption("   ", .text)] + entry
                used += 3 + cells
            }
        }
        return rows
    }
}
