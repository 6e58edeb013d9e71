import ArgumentParser
import Foundation
import Pictures
import Training

/// `cliptop runs show RUN`.
struct RunsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Everything about one run: figures, curves, what was done to it, its settings.")

    @Argument(help: RunsCommand.runHelp)
    var query = "latest"

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Show the log too.")
    var log = false

    func run() throws {
        let history = try RunsCommand.history()
        let summary = try history.summary(query)
        let course = try history.course(of: summary.id, withBatches: false)
        let settings = course.configuration.map(RunSetting.all) ?? []
        if json {
            Output.line(try JSONText.of(Document(summary, course, settings)))
            return
        }
        var lines = Self.facts(summary)
        let curves = RunCurves(epochs: course.epochs.map(\.record), zeroShot: course.zeroShot)
        let charts = RunCharts(runs: [(name: summary.id, curves: curves)], style: .standardOutput).text
        if !charts.isEmpty { lines += ["", charts] }
        if !course.interventions.isEmpty { lines += ["", "what was done to it"] }
        lines += course.interventions.map { "  \($0.sentence)" }
        if !course.checkpoints.isEmpty { lines += ["", "checkpoints"] }
        lines += course.checkpoints.map { "  step \($0.step), epoch \($0.epoch) (\($0.reason.rawValue))" }
        if !settings.isEmpty {
            lines += ["", "settings"]
            var table = TextTable([("", .left), ("", .left)])
            for setting in settings { table.add(["  " + setting.option, printable(setting.value)]) }
            lines += table.text.split(separator: "\n").map(String.init).filter { !$0.isEmpty }
        }
        if log {
            lines += ["", "log"]
            lines += course.log.map {
                "  \(RunTableText.date($0.time.timeIntervalSince1970)) \($0.level == .info ? "" : "\($0.level.rawValue): ")\($0.text)"
            }
        }
        Output.line(lines.joined(separator: "\n"))
    }

    private static func facts(_ summary: RunSummary) -> [String] {
        let record = summary.record
        var lines = ["run \(record.id)" + (record.name.map { " · \(printable($0))" } ?? "")]
        var state = summary.state
        if let process = summary.process { state += ", trained by process \(process)" }
        if summary.isStale { state += ": its process is gone" }
        lines.append(
            "\(state); began \(RunTableText.date(record.startedAt))"
                + (record.endedAt.map { ", ended \(RunTableText.date($0))" } ?? ""))
        if !record.tags.isEmpty { lines.append("tags " + record.tags.map(printable).joined(separator: " ")) }
        if let note = record.note { lines.append("note " + printable(note)) }
        guard let method = record.methodTitle else {
            return lines + ["trained with an older version of cliptop, which kept no more than this"]
        }
        lines.append(
            "\(printable(record.dataset ?? "")) · \(method) · \(record.shots ?? 0) shots · seed \(record.seed ?? 0)")
        lines.append(
            "model \(printable(record.model ?? "")) \(record.modelChecksum?.prefix(8) ?? ""), pictures "
                + "\(record.dataChecksum?.prefix(8) ?? "not identified")")
        lines.append("\(record.steps) steps, \(record.epochs) epochs")
        return lines + summary.figures.map { "\($0.place), \($0.weights.words): \($0.values)" }
    }

    private struct Document: Encodable {
        struct Epoch: Encodable {
            var epoch, step: Int
            var trainLoss, validationLoss, top1, top5: Double?
            var lr, seconds, time: Double
        }

        struct Change: Encodable {
            var afterStep: Int
            var what: String
            var time: String
        }

        struct Checkpoint: Encodable {
            var step, epoch: Int
            var reason: String
            var file: String?
        }

        var run: RunListing
        var settings: [String: String]
        var epochs: [Epoch]
        var interventions: [Change]
        var checkpoints: [Checkpoint]
        var log: [String]

        init(_ summary: RunSummary, _ course: RunLog, _ settings: [RunSetting]) {
            run = RunListing(summary)
            self.settings = Dictionary(settings.map { ($0.option, $0.value) }, uniquingKeysWith: { $1 })
            func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
            epochs = course.epochs.map { timed in
                let record = timed.record
                return Epoch(
                    epoch: record.epoch, step: record.step, trainLoss: finite(record.trainLoss),
                    validationLoss: finite(record.validation?.loss), top1: record.validation?.top1,
                    top5: record.validation?.top5, lr: record.learningRate, seconds: record.seconds, time: timed.time)
            }
            interventions = course.interventions.map {
                Change(afterStep: $0.afterStep, what: $0.sentence, time: $0.time.formatted(.iso8601))
            }
            checkpoints = course.checkpoints.map {
                Checkpoint(step: $0.step, epoch: $0.epoch, reason: $0.reason.rawValue, file: $0.file?.path)
            }
            log = course.log.map(\.text)
        }
    }
}
