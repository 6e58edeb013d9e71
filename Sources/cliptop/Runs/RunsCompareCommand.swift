import ArgumentParser
import Dashboard
import Foundation
import Pictures
import Store
import Training

/// `cliptop runs compare A B ...`.
struct RunsCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Runs side by side: in what they differ, their figures, their curves.")

    @Argument(help: RunsCommand.runHelp)
    var queries: [String]

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        guard queries.count > 1 else { throw UsageError("compare what with what? give two runs or more") }
        let history = try RunsCommand.history()
        let summaries = try queries.map { try history.summary($0) }
        let details = try summaries.map { try history.details(of: $0.id) }
        let settings = details.map(\.settings)
        let differences = RunDifference.between(settings)
        if json {
            Output.line(
                try JSONText.of(Document(runs: summaries.map(RunListing.init), differences: differences)))
            return
        }
        var table = TextTable([("", .left)] + summaries.map { ($0.id, .right) })
        if summaries.contains(where: { $0.record.name != nil }) {
            table.add(["name"] + summaries.map { $0.record.name.map(printable) ?? "–" })
        }
        for difference in differences {
            table.add([difference.option] + difference.values.map { printable($0 ?? "–") })
        }
        Self.addIdentity("model weights", summaries.map(\.record.modelChecksum), to: &table)
        Self.addIdentity("pictures", summaries.map(\.record.dataChecksum), to: &table)
        table.add(["epochs"] + summaries.map { "\($0.record.epochs)" })
        let figures = summaries.map(\.figures)
        for (split, title) in [(Split.validation, "validation"), (.test, "test")] {
            func row(_ name: String, _ value: (ResultFigure) -> String?, _ isWanted: (MeasuredWeights.Choice) -> Bool) {
                let cells = figures.map { $0.first { $0.split == split && isWanted($0.weights.choice) }.flatMap(value) }
                if cells.contains(where: { $0 != nil }) { table.add([name] + cells.map { $0 ?? "–" }) }
            }
            let isFinal: (MeasuredWeights.Choice) -> Bool = { $0 != .zeroShot && $0 != .lowestLoss }
            row("zero-shot \(title) top-1, %", { NumberFormat.percent($0.top1) }, { $0 == .zeroShot })
            row("weights measured", { $0.weights.title }, isFinal)
            row("\(title) top-1, %", { NumberFormat.percent($0.top1) }, isFinal)
            row("\(title) loss", { $0.loss.map { NumberFormat.fixed($0, 3) } }, isFinal)
            row("best epoch, by validation loss", { $0.weights.epoch.map(String.init) }, { $0 == .lowestLoss })
            row("\(title) top-1 there, %", { NumberFormat.percent($0.top1) }, { $0 == .lowestLoss })
        }
        let curves = zip(summaries, details).map { summary, details in
            (name: summary.record.name.map { "\(summary.id) \(printable($0))" } ?? summary.id, curves: details.curves)
        }
        let charts = RunCharts(runs: curves, style: .standardOutput).text
        let remark =
            differences.isEmpty && settings.allSatisfy { !$0.isEmpty } ? "the settings are the same" : ""
        Output.line([table.text, remark, charts].filter { !$0.isEmpty }.joined(separator: "\n\n"))
    }

    /// Only what is not the same is worth a line.
    private static func addIdentity(_ title: String, _ checksums: [String?], to table: inout TextTable) {
        guard Set(checksums).count > 1 else { return }
        table.add([title] + checksums.map { $0.map { String($0.prefix(8)) } ?? "–" })
    }

    private struct Document: Encodable {
        var runs: [RunListing]
        var differences: [RunDifference]
    }
}
