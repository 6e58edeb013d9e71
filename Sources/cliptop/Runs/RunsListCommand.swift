import ArgumentParser
import Dashboard
import Foundation
import Pictures
import Training

/// `cliptop runs list`.
struct RunsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The runs, newest first (the default of 'cliptop runs').",
        discussion: """
            A filter chooses, e.g. 'top1>0.8 method:clip-adapter -tag:old'; quote it, as > means something to a shell. \
            \(RunFilter.help)
            """)

    @Argument(parsing: .remaining, help: ArgumentHelp("Which runs; all unless given.", valueName: "filter"))
    var terms: [String] = []

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        // A flag behind the first term is a flag all the same.
        let filter = try Self.filter(terms.filter { $0 != "--json" }.joined(separator: " "))
        let all = try RunsCommand.history().summaries()
        let shown = all.filter(filter.takes)
        if json || terms.contains("--json") {
            Output.line(try JSONText.of(shown.map(RunListing.init)))
            return
        }
        guard !shown.isEmpty else {
            Output.line(all.isEmpty ? "there are no runs yet" : "none of \(all.count) runs")
            return
        }
        let width = TerminalReport(environment: ProcessInfo.processInfo.environment).columns
        Output.line(RunTableText(shown).text(width: width))
        if shown.count < all.count { Output.line("\(shown.count) of \(all.count) runs") }
    }

    /// - Throws: `UsageError` that names the bad term.
    static func filter(_ text: String) throws -> RunFilter {
        do throws(RunFilter.Mistake) { return try RunFilter(text) } catch {
            throw UsageError("filter term \(error.localizedDescription)")
        }
    }
}

/// A run as `--json` has it. What is not known is left out; fractions are 0...1.
struct RunListing: Encodable {
    struct Accuracy: Encodable {
        var top1: Double
        var loss: Double?
    }

    var run, state: String
    var name, model, modelChecksum, data, dataChecksum, method, note: String?
    var tags: [String]
    var startedAt: String
    var endedAt: String?
    var process: Int32?
    var shots, seed, epochsPlanned, bestEpoch: Int?
    var steps, epochs: Int
    var lr: Double?
    /// Which weights `final` and `final_validation` are of.
    var weights: String?
    var zeroShotValidation, bestValidation, finalValidation, zeroShot, final: Accuracy?
    var folder: String

    init(_ summary: RunSummary) {
        let record = summary.record
        run = record.id
        state = summary.state
        name = record.name
        (model, modelChecksum) = (record.model, record.modelChecksum)
        (data, dataChecksum) = (record.dataset, record.dataChecksum)
        (method, note, tags) = (record.method, record.note, record.tags)
        startedAt = Date(timeIntervalSince1970: record.startedAt).formatted(.iso8601)
        endedAt = record.endedAt.map { Date(timeIntervalSince1970: $0).formatted(.iso8601) }
        process = summary.process
        (shots, seed, epochsPlanned, bestEpoch) = (record.shots, record.seed, record.plannedEpochs, record.bestEpoch)
        (steps, epochs, lr) = (record.steps, record.epochs, record.learningRate)
        func accuracy(_ top1: Double?, _ loss: Double? = nil) -> Accuracy? {
            top1.map { Accuracy(top1: $0, loss: loss.flatMap { $0.isFinite ? $0 : nil }) }
        }
        zeroShotValidation = accuracy(record.zeroShotTop1, record.zeroShotLoss)
        bestValidation = accuracy(record.bestTop1, record.bestLoss)
        finalValidation = accuracy(record.finalTop1, record.finalLoss)
        weights = summary.figures.last { ![.zeroShot, .lowestLoss].contains($0.weights.choice) }?.weights.words
        zeroShot = accuracy(record.zeroShotTestTop1)
        final = accuracy(record.testTop1)
        folder = summary.folder.path
    }
}

/// Runs as a table that fits a width: the least important columns go first.
struct RunTableText {
    private struct Column {
        var title: String
        var alignment: TextTable.Alignment
        /// The higher, the sooner it goes.
        var rank: Int
        var cells: [String]
        var width: Int { ([title] + cells).map(DisplayWidth.of).max() ?? 0 }
    }

    private let columns: [Column]

    init(_ runs: [RunSummary]) {
        func column(
            _ title: String, _ alignment: TextTable.Alignment, _ rank: Int, _ cell: (RunSummary) -> String?
        ) -> Column {
            Column(title: title, alignment: alignment, rank: rank, cells: runs.map { cell($0) ?? "–" })
        }
        func percent(_ value: Double?) -> String? { value.map(NumberFormat.percent) }
        let all = [
            column("run", .left, 0) { $0.id },
            column("state", .left, 1) { $0.state },
            column("started", .left, 6) { Self.date($0.record.startedAt) },
            column("name", .left, 4) { $0.record.name.map(printable) },
            column("data", .left, 8) { $0.record.dataset.map(printable) },
            column("method", .left, 3) { $0.record.methodTitle },
            column("shots", .right, 5) { $0.record.shots.map(String.init) },
            column("seed", .right, 9) { $0.record.seed.map(String.init) },
            column("epochs", .right, 7) { $0.record.plannedEpochs == nil ? nil : "\($0.record.epochs)" },
            column("val top-1 %", .right, 2) { percent($0.record.finalTop1) },
            column("test top-1 %", .right, 3) { percent($0.record.testTop1) },
            column("tags", .left, 10) {
                $0.record.tags.isEmpty ? nil : $0.record.tags.map(printable).joined(separator: " ")
            },
            column("note", .left, 11) { $0.record.note.map(printable) },
        ]
        columns = all.filter { $0.rank == 0 || $0.cells.contains { $0 != "–" } }
    }

    /// What people wrote, such as a name, takes at most so many columns where room is short.
    private static let longestText = 24

    /// The table in at most `width` columns; nil for as wide as it is.
    func text(width: Int?) -> String {
        var shown = columns
        if width != nil {
            for column in shown.indices where shown[column].alignment == .left {
                shown[column].cells = shown[column].cells.map { cell in
                    DisplayWidth.of(cell) <= Self.longestText
                        ? cell : ProgressLine.clipped(cell, to: Self.longestText - 1) + "…"
                }
            }
        }
        func needed() -> Int { shown.reduce(-2) { $0 + $1.width + 2 } }
        while let width, shown.count > 1, needed() > width,
            let last = shown.indices.max(by: { shown[$0].rank < shown[$1].rank })
        { shown.remove(at: last) }
        var table = TextTable(shown.map { ($0.title, $0.alignment) })
        for row in shown[0].cells.indices { table.add(shown.map { $0.cells[row] }) }
        return table.text
    }

    /// A moment in local time: `2026-11-21 13:05`.
    static func date(_ seconds: Double) -> String {
        var time = time_t(exactly: seconds.rounded(.down)) ?? 0
        var parts = tm()
        localtime_r(&time, &parts)
        return String(
            format: "%04d-%02d-%02d %02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
            parts.tm_min)
    }
}
