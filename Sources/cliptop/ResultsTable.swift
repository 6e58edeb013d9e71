import FewShot
import Foundation
import Pictures
import Training

/// The results of a run as a table for the normal screen: zero-shot, adapted, gain.
struct ResultsTable {
    private let report: RunReport

    init(_ report: RunReport) { self.report = report }

    /// The table, several lines, without a line feed at the end.
    var text: String {
        var lines: [String] = []
        if let zeroShot = report.zeroShotTest, let final = report.finalTest {
            lines += ["", Self.row("", "zero-shot", "adapted", "gain")]
            lines.append(Self.percentages("top-1", zeroShot.top1, final.top1))
            lines.append(Self.percentages("top-5", zeroShot.top5, final.top5))
            lines.append(
                Self.row(
                    "loss", NumberFormat.fixed(zeroShot.loss, 3), NumberFormat.fixed(final.loss, 3),
                    Self.signed(final.loss - zeroShot.loss, 3)))
            lines.append("on \(final.count) test pictures; adapted: \(report.weights.words)")
        }
        if let best = report.best, let loss = best.record.validation?.loss {
            let test = best.test.map { "; top-1 on test \(NumberFormat.percent($0.top1, decimals: 2)) %" } ?? ""
            lines.append("\(best.weights.words) (\(NumberFormat.fixed(loss, 3)))\(test)")
        }
        let unreadable = report.unreadable.count
        if unreadable > 0 {
            lines.append(
                "\(unreadable) \(unreadable == 1 ? "picture" : "pictures") could not be read"
                    + (report.isKept ? "; results.json names \(unreadable == 1 ? "it" : "them")" : ""))
        }
        if let split = report.description.split { lines.append("split: \(split.title(of: .test))") }
        lines.append(
            "run \(report.description.runID): \(ending)"
                + (report.isKept ? ", saved in \(report.description.folder.path)" : ", not saved")
                + (report.isKept && !report.isSaved ? " (results only: there is no adapter)" : ""))
        return lines.joined(separator: "\n")
    }

    private var ending: String {
        switch report.state {
        case .diverged(let step, let rate, _, _):
            "stopped at step \(step), where the loss became NaN or infinite at learning rate \(NumberFormat.rate(rate))"
        case .stopped: "stopped after epoch \(report.epochs.count) of \(report.plannedEpochs)"
        default: report.state.word
        }
    }

    private static func row(_ cells: String...) -> String {
        let widths = [7, 11, 11, 9]
        return zip(cells, widths).enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(cell.1 - cell.0.count, 0))
            return index == 0 ? cell.0 + padding : padding + cell.0
        }.joined()
    }

    private static func percentages(_ name: String, _ before: Double, _ after: Double) -> String {
        row(
            name, "\(NumberFormat.percent(before, decimals: 2)) %", "\(NumberFormat.percent(after, decimals: 2)) %",
            signed((after - before) * 100, 2))
    }

    private static func signed(_ value: Double, _ decimals: Int) -> String {
        (value > 0 ? "+" : "") + NumberFormat.fixed(value, decimals)
    }
}
