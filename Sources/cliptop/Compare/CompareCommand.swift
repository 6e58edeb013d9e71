import ArgumentParser
import Dashboard
import Dispatch
import FewShot
import Foundation
import Pictures
import Store
import Synchronization
import Training

/// `cliptop compare`: methods against each other, over shots and seeds, from one encoding.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compare methods over numbers of shots and seeds: table, curves, CSV, JSON.",
        discussion: """
            All other options are those of train: --data, --model, --epochs, --lr, --ratio, ... (cliptop train --help).
            Every method is trained for every number of shots with every seed, as many runs at a time as there are cores.
            All shots of a seed share one test split, and fewer shots are nested in more. Finished runs are kept: what was
            interrupted goes on, and a further seed trains only its own runs.
            """)

    @Option(
        help: ArgumentHelp(
            "Methods, separated by commas: \(MethodName.allCases.map(\.rawValue).joined(separator: ", ")) (default: all).",
            valueName: "a,b"))
    var methods: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Training pictures per class (default: 1,2,4,8,16).", valueName: "n,n"))
    var shots: WholeNumbers?

    @Option(parsing: .unconditional, help: ArgumentHelp("Seeds (default: 1,2,3).", valueName: "n,n"))
    var seeds: WholeNumbers?

    @Option(help: ArgumentHelp("TOML file with options; the command line wins.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Write every run as a row of comma-separated values.", valueName: "file"))
    var csv: String?

    @Option(help: ArgumentHelp("Write the comparison to a file, as JSON.", valueName: "file"))
    var json: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Runs at a time (default: one per core); the results do not depend on it.", valueName: "n"))
    var workers: Int?

    @Argument(parsing: .allUnrecognized, help: .hidden)
    var trainArguments: [String] = []

    func run() throws {
        let resources = Resources()
        let options = try CompareOptions(
            methods: methods, shots: shots, seeds: seeds, config: config, rest: trainArguments, resources: resources)
        let workers = workers ?? ProcessInfo.processInfo.activeProcessorCount
        guard workers >= 1 else { throw UsageError("--workers \(workers): wants a whole number from 1") }
        let plan = try options.plan(resources)
        let json = json ?? options.training.json
        for (name, path) in [("json", json), ("csv", csv)] {
            guard let path else { continue }
            do { try OutputFile(path).check() } catch { throw UsageError("--\(name): \(error.localizedDescription)") }
        }
        options.notes.forEach { printError($0) }

        let progress = ProgressLine()
        let runner = ComparisonRunner(plan, state: StateDirectory(), workers: workers) { event in
            Self.show(event, progress)
        }
        let signals = SignalWatcher([SIGINT, SIGTERM, SIGHUP]) { _ in runner.cancel() }
        let comparison = try runner.run()
        progress.end()
        if let comparison { try conclude(comparison, json: json) }
        if let signal = signals.received { throw ExitCode(128 + signal) }
        if let comparison { try Self.judge(comparison, strict: options.training.strict) }
    }

    private static func show(_ event: ComparisonRunner.Event, _ progress: ProgressLine) {
        switch event {
        case .preparation(let event): progress.show(event)
        case .progress(let comparison): progress.update(comparison.line)
        }
    }

    private func conclude(_ comparison: Comparison, json: String?) throws {
        let plan = comparison.plan
        let report = ComparisonReport(comparison)
        let paper = Paper.standardOutput
        if let chart = report.chart(width: paper.width, height: 14, glyphs: paper.glyphs, colors: paper.colors) {
            Output.line(chart + "\n")
        }
        Output.line(report.table)
        let new = comparison.results.count - comparison.reused
        Output.line(
            "\(comparison.dataset), \(comparison.classNames.count) classes, \(comparison.model): \(new) runs in "
                + "\(NumberFormat.fixed(comparison.seconds, 1)) s, \(comparison.reused) found from before"
                + (comparison.isComplete
                    ? "" : "; \(plan.cells.count - comparison.results.count) are still open: the same command goes on"))
        let files = ComparisonFiles(comparison)
        if let csv { try OutputFile(csv).write(Data(files.csv.utf8)) }
        if let json { try OutputFile(json).write(try files.json()) }
    }

    /// The exit status: some results are better than none, but no result at all is a failure.
    private static func judge(_ comparison: Comparison, strict: Bool) throws {
        if !comparison.results.isEmpty, comparison.failures.count == comparison.results.count {
            printError("every run failed")
            throw ExitCode(1)
        }
        if strict, !comparison.unreadable.isEmpty {
            printError("\(comparison.unreadable.count) pictures could not be read (--strict)")
            throw ExitCode(1)
        }
    }
}

extension ComparisonProgress {
    /// `12/90 runs, 0:18 left, 2 failed`.
    var line: String {
        let left = secondsLeft.map { ", \(NumberFormat.duration($0)) left" } ?? ""
        let bad = failed > 0 ? ", \(failed) failed" : ""
        return "\(done)/\(total) runs\(left)\(bad)"
    }
}
