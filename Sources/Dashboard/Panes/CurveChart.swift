import Training

/// The charts there are.
enum ChartID: String, Sendable, CaseIterable {
    case batchLoss, validationLoss, trainLoss, losses, top1, top5, learningRate, epochSeconds
}

/// What one chart shows: curves, texts, marks. Made from the run, drawn by `LearningCurvePane`.
struct CurveChart {
    /// One curve.
    struct Line {
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
    var position = ""
    /// What is said while there is no curve.
    var waiting: String
    /// Steps after which the user changed something.
    var events: [Int] = []
    /// The last step of the horizontal axis.
    var end: Int
}

extension CurveChart {
    /// The chart of this name for a run as it is now.
    init(_ id: ChartID, of run: RunModel, _ glyphs: Glyphs) {
        let hasValidation = run.description.map { $0.validationCount > 0 } ?? true
        let waiting = hasValidation ? "waits for the first epoch" : "the run has no validation pictures"
        let count = run.description.map { "\(Format.count($0.validationCount)) validation" } ?? "validation"
        switch id {
        case .batchLoss:
            self.init(
                title: "batch loss", lines: [Line(series: run.batchLoss, role: .loss)], scale: .loss,
                waiting: "waits for the first batch", end: 1)
            value = [Self.value(run.batchLoss, .loss, Format.loss)]
            feet = Self.extremes(run.batchLoss, Format.loss)
        case .validationLoss:
            self.init(
                title: "loss, \(count)", lines: [Line(series: run.validationLoss, role: .validation)], scale: .loss,
                waiting: waiting, end: 1)
            value = [Self.value(run.validationLoss, .validation, Format.loss)]
            feet = Self.bestLoss(run)
        case .trainLoss:
            self.init(
                title: "train loss, by epoch", lines: [Line(series: run.trainLoss, role: .loss)], scale: .loss,
                waiting: "waits for the first epoch", end: 1)
            value = [Self.value(run.trainLoss, .loss, Format.loss)]
            feet = Self.extremes(run.trainLoss, Format.loss)
        case .losses:
            self.init(
                title: "loss, by epoch",
                lines: [
                    Line(series: run.trainLoss, role: .loss), Line(series: run.validationLoss, role: .validation),
                ], scale: .loss, waiting: "waits for the first epoch", end: 1)
            if let train = run.trainLoss.latest {
                value.append(.init("train ", .dim))
                value.append(.init(Format.loss(train.value), .role(.loss, .bold)))
            }
            if let validation = run.validationLoss.latest {
                value.append(.init("  validation ", .dim))
                value.append(.init(Format.loss(validation.value), .role(.validation, .bold)))
            }
            feet = Self.bestLoss(run)
        case .top1:
            self.init(
                title: "top-1, \(count)", lines: [Line(series: run.top1, role: .accuracy)], scale: .percent,
                waiting: waiting, end: 1)
            value = [Self.value(run.top1, .accuracy) { NumberFormat.percent($0) + " %" }]
            baseline = run.zeroShot.map {
                Baseline(value: $0.top1, label: "zero-shot \(NumberFormat.percent($0.top1)) %")
            }
            feet = Self.bestAccuracy(run.top1, run)
        case .top5:
            self.init(
                title: "top-5, \(count)", lines: [Line(series: run.top5, role: .accuracy)], scale: .percent,
                waiting: waiting, end: 1)
            value = [Self.value(run.top5, .accuracy) { NumberFormat.percent($0) + " %" }]
            baseline = run.zeroShot.map {
                Baseline(value: $0.top5, label: "zero-shot \(NumberFormat.percent($0.top5)) %")
            }
            feet = Self.bestAccuracy(run.top5, run)
        case .learningRate:
            self.init(
                title: "learning rate", lines: [Line(series: run.learningRate, role: .accent)], scale: .rate,
                waiting: "waits for the first batch", end: 1)
            if let rate = run.currentLearningRate { value = [.init(NumberFormat.rate(rate), .role(.accent, .bold))] }
            feet = Self.extremes(run.learningRate, NumberFormat.rate)
        case .epochSeconds:
            self.init(
                title: "time per epoch", lines: [Line(series: run.epochSeconds, role: .text)], scale: .seconds,
                waiting: "waits for the first epoch", end: 1)
            value = [Self.value(run.epochSeconds, .text, Format.seconds)]
            feet = Self.extremes(run.epochSeconds, Format.seconds)
        }
        if let baseline, glyphs.curve == .bars, !value.isEmpty {
            // Bars leave no room for the line's label: the title says what was to beat.
            value.insert(.init("\(NumberFormat.percent(baseline.value)) \(glyphs.arrow) ", .role(.zeroShot)), at: 0)
        }
        let byStep = id == .batchLoss || id == .learningRate
        position = byStep ? "step \(Format.count(run.step))" : "epoch \(Format.count(run.epochsDone))"
        end = ChartDomain.end(step: run.step, planned: run.plannedSteps)
        for intervention in run.interventions {
            guard case .learningRate = intervention.change else { continue }
            events.append(intervention.afterStep)
        }
        if let note = Self.lastRateChange(run, byStep: byStep, glyphs) { feet.insert(note, at: min(1, feet.count)) }
    }

    private static func value(
        _ series: MetricSeries, _ role: Role, _ text: (Double) -> String
    ) -> Canvas.Caption {
        guard let latest = series.latest else { return .init("", .dim) }
        guard latest.value.isFinite else { return .init(Format.loss(latest.value), .role(.bad, .bold)) }
        return .init(text(latest.value), .role(role, .bold))
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
        let perEpoch = max(1, run.description?.batchesPerEpoch ?? 1)
        return [.init("best \(NumberFormat.percent(maximum.value)) % @ \(maximum.step / perEpoch)", .dim)]
    }

    /// `lr ×2 at 11`: the newest change and where it took effect.
    private static func lastRateChange(_ run: RunModel, byStep: Bool, _ glyphs: Glyphs) -> Canvas.Caption? {
        for intervention in run.interventions.reversed() {
            guard case .learningRate(let from, let to) = intervention.change, from > 0 else { continue }
            let factor = to / from
            let text =
                switch factor {
                case 1.05...: glyphs.times + short(factor)
                case ..<0.95: (glyphs.isASCII ? "/" : "÷") + short(1 / factor)
                default: NumberFormat.rate(to)
                }
            return .init("lr \(text) at \(byStep ? intervention.afterStep : intervention.afterEpoch)", .role(.event))
        }
        return nil
    }

    private static func short(_ factor: Double) -> String {
        factor >= 9.95 || abs(factor - factor.rounded()) < 0.02
            ? Format.count(Int(min(factor, 1e9).rounded())) : NumberFormat.fixed(factor, 1)
    }
}
