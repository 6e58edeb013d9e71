import Training

/// The charts there are.
enum ChartID: String, Sendable, CaseIterable {
    case batchLoss, validationLoss, trainLoss, losses, top1, top5, learningRate, epochSeconds
}

/// What one chart shows: curves, texts, marks. Made from the run, drawn by `LearningCurvePane`.
struct CurveChart {
    /// One curve.
    struct Line {
        var metric: RunMetric
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
    /// The chart of this name for a run as it is now.
    init(_ id: ChartID, of run: RunModel, view: ChartView = ChartView(), _ glyphs: Glyphs) {
        let hasValidation = run.description.map { $0.validationCount > 0 } ?? true
        let forEpoch = hasValidation ? "waits for the first epoch" : "the run has no validation pictures"
        let count = run.description.map { "\(Format.count($0.validationCount)) validation" } ?? "validation"
        domain = ChartDomain(run, view)
        crosshair = view.crosshair
        scale = .loss
        waiting = "waits for the first epoch"
        switch id {
        case .batchLoss:
            title = "batch loss"
            lines = [Line(metric: .batchLoss, series: run.batchLoss, role: .loss)]
            waiting = "waits for the first batch"
            feet = Self.extremes(run.batchLoss, Format.loss)
        case .validationLoss:
            title = "loss, \(count)"
            lines = [Line(metric: .validationLoss, series: run.validationLoss, role: .validation)]
            waiting = forEpoch
            feet = Self.bestLoss(run)
            best = run.validationLoss.minimum
        case .trainLoss:
            title = "train loss, by epoch"
            lines = [Line(metric: .trainLoss, series: run.trainLoss, role: .loss)]
            feet = Self.extremes(run.trainLoss, Format.loss)
        case .losses:
            title = "loss, by epoch"
            lines = [
                Line(metric: .trainLoss, series: run.trainLoss, role: .loss),
                Line(metric: .validationLoss, series: run.validationLoss, role: .validation),
            ]
            feet = Self.bestLoss(run)
            best = run.validationLoss.minimum
        case .top1:
            title = "top-1, \(count)"
            lines = [Line(metric: .top1, series: run.top1, role: .accuracy)]
            (scale, waiting) = (.percent, forEpoch)
            baseline = run.zeroShot.map { Self.zeroShot($0.top1) }
            feet = Self.bestAccuracy(run.top1, run)
            best = run.top1.maximum
        case .top5:
            title = "top-5, \(count)"
            lines = [Line(metric: .top5, series: run.top5, role: .accuracy)]
            (scale, waiting) = (.percent, forEpoch)
            baseline = run.zeroShot.map { Self.zeroShot($0.top5) }
            feet = Self.bestAccuracy(run.top5, run)
            best = run.top5.maximum
        case .learningRate:
            title = "learning rate"
            lines = [Line(metric: .learningRate, series: run.learningRate, role: .accent)]
            (scale, waiting) = (.rate, "waits for the first batch")
            feet = Self.extremes(run.learningRate, NumberFormat.rate)
        case .epochSeconds:
            title = "time per epoch"
            lines = [Line(metric: .epochSeconds, series: run.epochSeconds, role: .text)]
            scale = .seconds
            feet = Self.extremes(run.epochSeconds, Format.seconds)
        }
        if run.isTrainingFree { waiting = "nothing to train: no curve" }
        takeLogarithm(view)
        let byStep = id == .batchLoss || id == .learningRate
        value = values(of: run, at: view.crosshair)
        if let baseline, glyphs.curve == .bars, !value.isEmpty {
            // Bars leave no room for the line's label: the title says what was to beat.
            value.insert(.init("\(NumberFormat.percent(baseline.value)) \(glyphs.arrow) ", .role(.zeroShot)), at: 0)
        }
        smooth(run, view)
        if let step = view.crosshair {
            position = .init(
                byStep ? "at step \(Format.count(step))" : "at epoch \(Format.count(run.epochs(at: step)))",
                .role(.accent, .bold))
        } else {
            position = .init(
                byStep ? "step \(Format.count(run.step))" : "epoch \(Format.count(run.epochsDone))", .dim)
        }
        let marks = run.marks
        events = marks.map(\.step)
        if let named = Self.mark(at: view.crosshair, of: marks, domain, glyphs) {
            feet.insert(named, at: 0)
        } else if let note = Self.newestNote(marks, byStep: byStep, glyphs) {
            feet.insert(note, at: min(1, feet.count))
        }
    }

    /// A logarithmic axis where one was asked for and makes sense: percents are compared by difference.
    private mutating func takeLogarithm(_ view: ChartView) {
        guard view.isLogarithmic, scale == .loss || scale == .seconds else { return }
        guard lines.contains(where: { $0.series.maximum?.value ?? 0 > 0 }) else { return }
        scale = .logarithmic
        title += ", log"
    }

    /// Puts the smoothed curves before the raw ones, which fade.
    private mutating func smooth(_ run: RunModel, _ view: ChartView) {
        guard view.smoothing != .none else { return }
        var faint: [Line] = []
        var smooth: [Line] = []
        for line in lines {
            guard let series = run.smoothed[line.metric]?[view.smoothing] else { continue }
            faint.append(Line(metric: line.metric, series: line.series, role: .dim))
            smooth.append(Line(metric: line.metric, series: series, role: line.role))
        }
        guard !smooth.isEmpty else { return }
        lines = faint + smooth
        title += ", mean \(NumberFormat.fixed(view.smoothing.rawValue, 2))"
    }

    private static func zeroShot(_ value: Double) -> Baseline {
        Baseline(value: value, label: "zero-shot \(NumberFormat.percent(value)) %")
    }

    /// The newest values, or those under the cross-hair, for the title.
    private func values(of run: RunModel, at step: Int?) -> [Canvas.Caption] {
        var captions: [Canvas.Caption] = []
        for line in lines {
            let text: String
            var role = line.role
            if let step {
                guard let bin = line.series.bin(at: step) else { continue }
                text = self.text(of: bin)
                if bin.finiteCount == 0 { role = .bad }
            } else if line.metric == .learningRate, let rate = run.currentLearningRate {
                text = NumberFormat.rate(rate)
            } else {
                guard let latest = line.series.latest else { continue }
                text = latest.value.isFinite ? self.text(of: latest.value) : Format.loss(latest.value)
                if !latest.value.isFinite { role = .bad }
            }
            if lines.count > 1 {
                captions.append(.init((captions.isEmpty ? "" : "  ") + line.metric.shortName + " ", .dim))
            }
            captions.append(.init(text, .role(role, .bold)))
        }
        return captions
    }

    private func text(of value: Double) -> String {
        switch scale {
        case .percent: NumberFormat.percent(value) + " %"
        case .rate: NumberFormat.rate(value)
        case .seconds: Format.seconds(value)
        case .loss: Format.loss(value)
        case .logarithmic: lines.first?.metric == .epochSeconds ? Format.seconds(value) : Format.loss(value)
        }
    }

    /// One value, or the range of the steps that share a bin.
    private func text(of bin: MetricSeries.Bin) -> String {
        guard bin.finiteCount > 0 else { return "not a number" }
        let (low, high) = (text(of: bin.minimum), text(of: bin.maximum))
        return low == high ? low : "\(low) to \(high)"
    }

    private static func extremes(_ series: MetricSeries, _ text: (Double) -> String) -> [Canvas.Caption] {
        guard let minimum = series.minimum, let maximum = series.maximum else { return [] }
        return [.init("min " + text(minimum.value), .dim), .init("max " + text(maximum.value), .dim)]
    }

    private static func bestLoss(_ run: RunModel) -> [Canvas.Caption] {
        guard let best = run.bestEpoch, let loss = best.validation?.loss else {
            return extremes(run.trainLoss, Format.loss)
        }
        return [.init("best \(Format.loss(loss)) @ \(best.epoch)", .dim)]
    }

    private static func bestAccuracy(_ series: MetricSeries, _ run: RunModel) -> [Canvas.Caption] {
        guard let maximum = series.maximum else { return [] }
        return [.init("best \(NumberFormat.percent(maximum.value)) % @ \(run.epochs(at: maximum.step))", .dim)]
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

extension RunMetric {
    /// The name in a chart of several.
    fileprivate var shortName: String {
        switch self {
        case .trainLoss: "train"
        case .validationLoss: "validation"
        default: rawValue
        }
    }
}
