import Dashboard
import FewShot
import Foundation
import Pictures
import Training

/// An evaluation for people, on one screen: the figures, the reliability table, the worst classes and confusions.
struct EvaluationReport {
    private let result: EvaluationResult
    private let plan: RunPlan
    private let style: TextStyle

    init(_ result: EvaluationResult, _ plan: RunPlan, _ style: TextStyle) {
        self.result = result
        self.plan = plan
        self.style = style
    }

    /// Whether there is something to compare zero-shot with.
    private var isAdapted: Bool { result.run != nil || result.method != MethodRegistry.baseline.rawValue }

    /// All of it, without a line feed at the end.
    var text: String {
        let left = reliability
        let right = classes + [""] + confusions
        // Side by side where there is room, else one after the other.
        let width = left.map(DisplayWidth.of).max() ?? 0
        let isWide = width + 3 + (right.map(DisplayWidth.of).max() ?? 0) <= max(style.width, 80)
        let details =
            isWide
            ? (0..<max(left.count, right.count)).map { row in
                let first = row < left.count ? left[row] : ""
                let second = row < right.count ? right[row] : ""
                let padding = String(repeating: " ", count: width - DisplayWidth.of(first) + 3)
                return second.isEmpty ? first : first + padding + second
            } : left + [""] + right
        return ([title, figures] + notes + [""] + details).joined(separator: "\n")
    }

    private var title: String {
        let count = result.adapted.summary.count
        let run = result.run.map { " · run \($0)" } ?? ""
        return
            "\(printable(plan.description.dataset)) · \(result.method)\(run) · \(count) \(result.split.rawValue) pictures, "
            + "\(plan.description.classNames.count) classes"
            + (plan.description.split.map { " (\($0.title(of: result.split)))" } ?? "")
    }

    private var figures: String {
        typealias Figure = (DetailedMetrics) -> Double
        var table = TextTable(
            [("", .left), ("zero-shot", .right)] + (isAdapted ? [("adapted", .right), ("gain", .right)] : []))
        func add(_ name: String, _ text: (Double) -> String, gain: (Double) -> String, _ figure: Figure) {
            let (before, after) = (figure(result.zeroShot), figure(result.adapted))
            let difference = after - before
            let sign = difference > 0 ? "+" : ""
            table.add([name, text(before)] + (isAdapted ? [text(after), sign + gain(difference)] : []))
        }
        let percent: (Double) -> String = { NumberFormat.percent($0, decimals: 2) + " %" }
        let points: (Double) -> String = { NumberFormat.fixed($0 * 100, 2) }
        let plain: (Double) -> String = { NumberFormat.fixed($0, 3) }
        add("top-1", percent, gain: points) { $0.summary.top1 }
        add("top-5", percent, gain: points) { $0.summary.top5 }
        add("mean per class", percent, gain: points) { $0.confusion.meanPerClass }
        add("macro F1", plain, gain: plain) { $0.confusion.macroF1 }
        add("loss (NLL)", plain, gain: plain) { $0.summary.loss }
        add("Brier score", plain, gain: plain) { $0.calibration.brier }
        add("calibration error", plain, gain: plain) { $0.calibration.ece }
        return table.text
    }

    private var notes: [String] {
        var notes: [String] = []
        if let (scaling, calibration) = result.scaled {
            notes.append(
                "temperature \(NumberFormat.fixed(scaling.temperature, 3)), searched on \(scaling.count) validation "
                    + "pictures: loss \(NumberFormat.fixed(calibration.nll, 3)), calibration error "
                    + NumberFormat.fixed(calibration.ece, 3))
        }
        if result.split != .test {
            notes.append(
                "\(result.split.rawValue) pictures took part in the training or its choices: the test split is what "
                    + "tells how good it is")
        }
        return notes
    }

    /// Right as often as sure? One row for each bin that has pictures.
    private var reliability: [String] {
        let bins = (result.scaled?.calibration ?? result.adapted.calibration).bins
        let digits = String(bins.map(\.count).max() ?? 0).count
        let scaled = result.scaled == nil ? "" : ", scaled"
        return ["confidence\(scaled): how many, how many right"]
            + bins.filter { $0.count > 0 }.map { bin in
                let range =
                    "\(Self.left("\(Int((bin.lower * 100).rounded()))", 3)) to "
                    + Self.left("\(Int((bin.upper * 100).rounded()))", 3) + " %"
                let bar = PrintedBar.text(bin.accuracy, width: 12, glyphs: style.glyphs)
                return "\(range)  \(Self.left("\(bin.count)", digits))  "
                    + "\(Self.left(NumberFormat.percent(bin.accuracy), 5)) % \(bar)"
            }
    }

    /// The classes with the lowest accuracy.
    private var classes: [String] {
        let matrix = result.adapted.confusion
        let worst = (0..<matrix.classes).compactMap { label in matrix.recall(label).map { (label, $0) } }
            .filter { $0.1 < 1 }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.prefix(6)
        guard !worst.isEmpty else { return ["every picture is right"] }
        let width = worst.map { DisplayWidth.of(name($0.0)) }.max() ?? 0
        return ["worst classes"]
            + worst.map { label, recall in
                "\(padded(name(label), width))  \(Self.left("\(matrix[label, label])/\(matrix.support[label])", 7))  "
                    + "\(Self.left(NumberFormat.percent(recall), 5)) %"
            }
    }

    /// What was most often taken for what.
    private var confusions: [String] {
        let pairs = result.adapted.confusion.confusions(6)
        guard !pairs.isEmpty else { return [] }
        let arrow = style.glyphs.isASCII ? "->" : "→"
        return ["most frequent confusions"]
            + pairs.map { "\(Self.left("\($0.count)", 4))  \(name($0.truth)) \(arrow) \(name($0.answer))" }
    }

    private func name(_ label: Int) -> String {
        let name = printable(plan.description.classNames[label])
        return name.count > 18 ? name.prefix(17) + (style.glyphs.isASCII ? "~" : "…") : name
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - DisplayWidth.of(text), 0))
    }

    private static func left(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(width - text.count, 0)) + text
    }
}
