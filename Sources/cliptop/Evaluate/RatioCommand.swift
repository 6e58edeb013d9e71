import ArgumentParser
import Dashboard
import FewShot
import Foundation
import Pictures
import Training

/// `cliptop ratio RUN`: what a trained CLIP-Adapter would be at other residual ratios.
struct RatioCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ratio", abstract: "Accuracy of a trained CLIP-Adapter at every residual ratio from 0 to 1.",
        discussion: """
            Measured on the validation pictures of the run, from cached features. 0 is zero-shot, 1 the adapter alone. \
            To adopt a ratio found here is a choice made on these pictures.
            """)

    @Argument(help: TrainedRun.help)
    var trainedRun: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Distance between two ratios, above 0 and at most 1 (default: 0.05).", valueName: "x"))
    var step = 0.05

    @Flag(help: "Measure on the test pictures instead: to look at, never to choose by.")
    var onTest = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var draw: RunDrawOptions

    func run() throws {
        guard step > 0.0009, step <= 1 else {
            throw UsageError("--step \(step): wants a number from 0.001 to 1")
        }
        let trained = try TrainedRun(trainedRun)
        guard trained.file.kind.descriptor.hasResidualRatio else {
            throw UsageError(
                "\(trainedRun) is a run of \(trained.file.kind.rawValue); \(MethodRegistry.onlySomeHaveARatio)")
        }
        let plan = try draw.read(draw.configuration(trained.file, Resources()))
        try trained.check(plan.model)
        let split: Split = onTest ? .test : .validation
        guard
            let curve = try RatioCurve(
                trained.file, on: plan.part(split), of: plan, ratios: RatioCurve.ratios(step: step))
        else { throw EvaluateCommand.NoPictures(dataset: plan.description.dataset, split: split) }
        if json {
            Output.line(try JSONText.of(Document(curve, run: trained.file.training["run"] ?? trainedRun, split: split)))
        } else {
            Output.line(RatioReport(curve, split: split, style: TextStyle.standardOutput).text)
        }
    }

    private struct Document: Encodable {
        struct Point: Encodable {
            var ratio: Double
            var top1, top5, loss: Double
        }

        var run, split: String
        var images: Int
        var trainedRatio: Double?
        var trainedTop1: Double
        /// Found by a search over the pictures of the split.
        var bestRatio: Double?
        var points: [Point]

        init(_ curve: RatioCurve, run: String, split: Split) {
            self.run = run
            self.split = split.rawValue
            images = curve.trained.count
            trainedRatio = curve.trainedRatio
            trainedTop1 = curve.trained.top1
            bestRatio = split == .test ? nil : curve.best?.ratio
            points = curve.points.map {
                Point(
                    ratio: $0.ratio, top1: $0.evaluation.top1, top5: $0.evaluation.top5, loss: $0.evaluation.loss)
            }
        }
    }
}

/// A ratio curve for people.
struct RatioReport {
    let curve: RatioCurve
    let split: Split
    let style: TextStyle

    init(_ curve: RatioCurve, split: Split, style: TextStyle) {
        self.curve = curve
        self.split = split
        self.style = style
    }

    /// The chart and what it says, without a line feed at the end.
    var text: String {
        let count = curve.trained.count
        var lines = [
            PointChart.Line(
                name: "clip-adapter",
                points: curve.points.map { .init(place: $0.ratio, value: $0.evaluation.top1) }, hasMarkers: false)
        ]
        // A raw ratio may have been learned beyond the curve's ends.
        if let ratio = curve.trainedRatio, (0...1).contains(ratio) {
            lines.append(
                PointChart.Line(name: "as trained", points: [.init(place: ratio, value: curve.trained.top1)]))
        }
        // On the test pictures nothing is chosen, not even for show.
        if split != .test, let best = curve.best {
            lines.append(
                PointChart.Line(name: "best", points: [.init(place: best.ratio, value: best.evaluation.top1)]))
        }
        var chart = PointChart(
            title: "top-1 on \(count) \(split.rawValue) pictures against the residual ratio", lines: lines,
            ticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map { .init(place: $0, text: NumberFormat.fixed($0, 1)) },
            axisName: "")
        if let zeroShot = curve.points.first?.evaluation.top1 {
            chart.baseline = (zeroShot, "zero-shot \(NumberFormat.percent(zeroShot)) %")
        }
        let drawn = chart.text(width: style.width, height: 12, glyphs: style.glyphs, colors: style.colors)
        return ([drawn, "", asTrained] + [found, remark]).joined(separator: "\n")
    }

    private var asTrained: String {
        let learned = curve.isRatioLearned ? "learned " : ""
        let ratio = curve.trainedRatio.map { "\(learned)ratio \(Self.number($0))" } ?? "its learned ratios"
        return "as trained, \(ratio): top-1 \(NumberFormat.percent(curve.trained.top1)) %, "
            + "loss \(NumberFormat.fixed(curve.trained.loss, 3))"
    }

    private var found: String {
        guard split != .test, let best = curve.best else { return "" }
        return "best, ratio \(Self.number(best.ratio)): top-1 \(NumberFormat.percent(best.evaluation.top1)) %, "
            + "loss \(NumberFormat.fixed(best.evaluation.loss, 3)); of \(curve.points.count) ratios tried"
    }

    private var remark: String {
        split == .test
            ? "these are test pictures: a ratio chosen by this curve would no longer be tested by them"
            : "this is a search over \(curve.trained.count) validation pictures: what it finds looks better there than it is"
    }

    private static func number(_ ratio: Double) -> String {
        let text = NumberFormat.fixed(ratio, 3)
        return text.hasSuffix("0") ? String(text.dropLast(text.hasSuffix("00") ? 2 : 1)) : text
    }
}
