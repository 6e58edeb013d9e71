import Training

/// What one chart shows: curves, texts, marks. Made from the run, drawn by `LearningCurvePane`.
struct CurveChart {
    /// One curve.
    struct Line {
        /// What it is called in a chart of several.
        var name = ""
        var series: MetricSeries
        var role: Role
    }

    /// A horizontal line to beat.
    struct Baseline {
        var value: Double
        var label: String
    }

    var title: String
    var lines: [Line]
    var scale: ChartScale
    /// What the values are, whatever the axis.
    var unit = ChartScale.loss
    var value: [Canvas.Caption] = []
    var baseline: Baseline?
    /// What stands in the foot on the left; later ones are dropped first.
    var feet: [Canvas.Caption] = []
    /// What stands in the foot on the right: how far the curve reaches, or where the cross-hair is.
    var position = Canvas.Caption("", .dim)
    /// What is said while there is no curve.
    var waiting: String
    /// Steps after which the user changed something.
    var events: [Int] = []
    /// The steps in sight.
    var domain: ChartDomain
    /// The step whose values the title shows; nil for the newest.
    var crosshair: Int?
    /// The best value, to be marked on the curve.
    var best: MetricSeries.Point?
    /// Whether the keys for one chart are about this one.
    var isChosen = false
}

extension CurveChart {
    /// A chart of a run as it is now.
    init(_ chart: Chart, of run: RunModel, view: ChartView = ChartView(), _ glyphs: Glyphs) {
        let hasValidation = run.description.map { $0.validationCount > 0 } ?? true
        title = chart.name
        if chart.isOnValidation {
            title += ", " + (run.description.map { Format.count($0.validationCount) + " " } ?? "") + "validation"
        }
        domain = ChartDomain(run, view)
        crosshair = view.crosshair
        (scale, unit) = (chart.unit, chart.unit)
        waiting =
            run.isTrainingFree
            ? "training-free: no curve"
            : chart.isOnValidation && !hasValidation
                ? "the run has no validation pictures"
                : "waits for the first \(chart.isByStep ? "batch" : "epoch")"
        lines = chart.curves.map { Line(name: $0.series.name, series: run[$0.series], role: $0.role) }
        if let value = chart.baseline, let zeroShot = run.zeroShot.map(value) {
            baseline = Baseline(value: zeroShot, label: "zero-shot \(unit.text(zeroShot))")
        }
        if let goal = chart.goal, let series = lines.last?.series {
            best = goal == .lowest ? series.minimum : series.maximum
        }
        feet = feet(of: run)
        takeLogarithm(view)
        value = values(at: view.crosshair, newest: chart.current?(run))
        if let baseline, glyphs.curve == .bars, !value.isEmpty {
            // Bars leave no room for the line's label: the title says what was to beat.
            value.insert(.init("\(NumberFormat.percent(baseline.value)) \(glyphs.arrow) ", .role(.zeroShot)), at: 0)
        }
        smooth(chart, run, view)
        if let step = view.crosshair {
            position = .init(
                chart.isByStep ? "at step \(Format.count(step))" : "at epoch \(Format.count(run.epochs(at: step)))",
                .role(.accent, .bold))
        } else {
            position = .init(
                chart.isByStep ? "step \(Format.count(run.step))" : "epoch \(Format.count(run.epochsDone))", .dim)
        }
        let marks = run.marks
        events = marks.map(\.step)
        if let named = Self.mark(at: view.crosshair, of: marks, domain, glyphs) {
            feet.insert(named, at: 0)
        } else if let note = Self.newestNote(marks, byStep: chart.isByStep, glyphs) {
            feet.insert(note, at: min(1, feet.count))
        }
    }

    /// The best value and its epoch; without one, the extremes.
    private func feet(of run: RunModel) -> [Canvas.Caption] {
        if let best {
            return [.init("best \(unit.text(best.value)) @ \(run.epochs(at: best.step))", .dim)]
        }
        guard let minimum = lines.first?.series.minimum, let maximum = lines.first?.series.maximum else { return [] }
        return [.init("min " + unit.text(minimum.value), .dim), .init("max " + unit.text(maximum.value), .dim)]
    }

    /// A logarithmic axis where one was asked for and makes sense: percents are compared by difference.
    private mutating func takeLogarithm(_ view: ChartView) {
        guard view.isLogarithmic, scale == .loss || scale == .seconds else { return }
        guard lines.contains(where: { $0.series.maximum?.value ?? 0 > 0 }) else { return }
        scale = .logarithmic
        title += ", log"
    }

    /// Puts the smoothed curves before the raw ones, which fade.
    private mutating func smooth(_ chart: Chart, _ run: RunModel, _ view: ChartView) {
        guard view.smoothing != .none else { return }
        var faint: [Line] = []
        var smooth: [Line] = []
        for curve in chart.curves {
            guard let series = run.smoothed(curve.series, view.smoothing) else { continue }
            faint.append(Line(series: run[curve.series], role: .dim))
            smooth.append(Line(series: series, role: curve.role))
        }
        guard !smooth.isEmpty else { return }
        lines = faint + smooth
        title += ", mean \(NumberFormat.fixed(view.smoothing.rawValue, 2))"
    }

    /// The newest values, or those under the cross-hair, for the title.
    private func values(at step: Int?, newest: Double?) -> [Canvas.Caption] {
        var captions: [Canvas.Caption] = []
        for line in lines {
            let text: String
            var role = line.role
            if let step {
                guard let bin = line.series.bin(at: step) else { continue }
                text = self.text(of: bin)
                if bin.finiteCount == 0 { role = .bad }
            } else if let newest {
                text = unit.text(newest)
            } else {
                guard let latest = line.series.latest else { continue }
                text = latest.value.isFinite ? unit.text(latest.value) : Format.loss(latest.value)
                if !latest.value.isFinite { role = .bad }
            }
            if lines.count > 1 { captions.append(.init((captions.isEmpty ? "" : "  ") + line.name + " ", .dim)) }
            captions.append(.init(text, .role(role, .bold)))
        }
        return captions
    }

    /// One value, or the range of the steps that share a bin.
    private func text(of bin: MetricSeries.Bin) -> String {
        guard bin.finiteCount > 0 else { return "not a number" }
        let (low, high) = (unit.text(bin.minimum), unit.text(bin.maximum))
        return low == high ? low : "\(low) to \(high)"
    }

    /// `lr ×2 at 11`: the newest change and where it took effect.
    private static func newestNote(_ marks: [RunMark], byStep: Bool, _ glyphs: Glyphs) -> Canvas.Caption? {
        for mark in marks.reversed() {
            guard let note = mark.note(glyphs) else { continue }
            return .init("\(note) at \(byStep ? mark.step : mark.epoch)", .role(.event))
        }
        return nil
    }

    /// What was done where the cross-hair stands: the nearest mark not further away than the cross-hair's own stride.
    private static func mark(
        at step: Int?, of marks: [RunMark], _ domain: ChartDomain, _ glyphs: Glyphs
    ) -> Canvas.Caption? {
        guard let step else { return nil }
        // A mark stands between its step and the next one.
        func distance(_ mark: RunMark) -> Int { min(abs(mark.step - step), abs(mark.step + 1 - step)) }
        let near = marks.filter { distance($0) <= domain.width / 100 }
        guard let nearest = near.map(distance).min(), let mark = near.last(where: { distance($0) == nearest }) else {
            return nil
        }
        return .init(mark.text(glyphs), .role(.event))
    }
}
