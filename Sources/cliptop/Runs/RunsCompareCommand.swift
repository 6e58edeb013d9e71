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
        let settings = try summaries.map { try history.settings(of: $0.id) }
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
        for (title, value) in Self.figures {
            table.add([title] + summaries.map { value($0.record) ?? "–" })
        }
        let curves = try summaries.map { summary in
            (
                name: summary.record.name.map { "\(summary.id) \(printable($0))" } ?? summary.id,
                curves: try history.curves(of: summary.id)
            )
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

    private static let figures: [(String, @Sendable (RunRecord) -> String?)] = [
        ("epochs", { "\($0.epochs)" }),
        ("validation top-1, %", { $0.finalTop1.map(NumberFormat.percent) }),
        ("validation loss", { $0.finalLoss.map { NumberFormat.fixed($0, 3) } }),
        ("lowest validation loss", { $0.bestLoss.map { NumberFormat.fixed($0, 3) } }),
        ("zero-shot validation top-1, %", { $0.zeroShotTop1.map(NumberFormat.percent) }),
        ("test top-1, %", { $0.testTop1.map(NumberFormat.percent) }),
    ]

    private struct Document: Encodable {
        var runs: [RunListing]
        var differences: [RunDifference]
    }
}
