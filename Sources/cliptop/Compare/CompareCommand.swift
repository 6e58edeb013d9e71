import ArgumentParser
import Dashboard
import Dispatch
import FewShot
import Foundation
import Pictures
import Store
import Training

/// `cliptop compare`: methods against each other, over shots and seeds, from one encoding.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compare methods over numbers of shots and seeds: table, curves, CSV, JSON.",
        discussion: """
            All other options are those of train: --data, --model, --epochs, --lr, --ratio, ... (cliptop train --help).
            Every method is trained for every number of shots with every seed, as many runs at a time as there are cores.
            All shots of a seed share one test split and one validation split, and fewer shots are nested in more. Finished
            runs are kept: what was interrupted goes on, and a further seed trains only its own runs.

            On several machines each trains one --shard i/n of the grid into a file of its own, and
            'cliptop compare merge FILE... [--csv FILE] [--json FILE]' joins the files and prints the whole. On a Slurm
            cluster --slurm does all that: it submits an array job, follows it, submits tasks that died again, and merges.
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

    @Option(
        help: ArgumentHelp(
            "Train one part of the grid into cliptop-compare-i-of-n.sqlite: \(Shard.form).", valueName: "i/n"))
    var shard: Shard?

    @Option(
        help: ArgumentHelp(
            "Where shards leave their files, and find those of encode --shard (default: the current folder).",
            valueName: "folder"))
    var shardFolder: String?

    @OptionGroup(title: "Slurm") var slurm: SlurmOptions

    @Argument(parsing: .allUnrecognized, help: .hidden)
    var trainArguments: [String] = []

    func run() throws {
        if trainArguments.first == "merge" { return try merge() }
        let resources = Resources()
        let options = try CompareOptions(
            methods: methods, shots: shots, seeds: seeds, config: config, rest: trainArguments, resources: resources)
        let workers = workers ?? ProcessInfo.processInfo.activeProcessorCount
        guard workers >= 1 else { throw UsageError("--workers \(workers): wants a whole number from 1") }
        let plan = try options.plan(resources)
        let output = CompareOutput(csv: csv, json: json ?? options.training.json)
        try output.check()
        try slurm.check()
        options.notes.forEach { printError($0) }
        if slurm.isWanted { return try submit(plan, output) }
        let part = try part(output)

        let progress = ProgressLine()
        let runner = ComparisonRunner(plan, state: StateDirectory(), part: part, workers: workers) { event in
            Self.show(event, progress)
        }
        let signals = SignalWatcher([SIGINT, SIGTERM, SIGHUP]) { _ in runner.cancel() }
        let comparison = try runner.run()
        progress.end()
        if let comparison { try conclude(comparison, part, output) }
        if let signal = signals.received { throw ExitCode(128 + signal) }
        if let comparison { try Self.judge(comparison, strict: options.training.strict) }
    }

    private static func show(_ event: ComparisonRunner.Event, _ progress: ProgressLine) {
        switch event {
        case .preparation(let event): progress.show(event)
        case .progress(let comparison): progress.update(comparison.line)
        }
    }

    /// The part of the grid that is to be trained here; nil for all of it.
    private func part(_ output: CompareOutput) throws -> ComparisonPart? {
        guard let shard else {
            if let shardFolder {
                throw UsageError("--shard-folder \(shardFolder): wants a --shard i/n, or --slurm, to go with it")
            }
            return nil
        }
        if let option = output.given {
            throw UsageError("--\(option): a shard has only its part; 'cliptop compare merge' writes the whole")
        }
        let folder = ShardFolder(shardFolder)
        try folder.create()
        return ComparisonPart(
            shard: shard, file: folder.file(shard, of: "compare"), features: folder.files(of: "encode"))
    }

    private func conclude(_ comparison: Comparison, _ part: ComparisonPart?, _ output: CompareOutput) throws {
        let new = comparison.results.count - comparison.reused
        let open = comparison.openCells.count
        let figures =
            "\(new) runs in \(NumberFormat.fixed(comparison.seconds, 1)) s, \(comparison.reused) found from before"
            + (open == 0 ? "" : "; \(open) are still open: the same command goes on")
        if let part {
            Output.line("part \(part.shard.text): \(figures); in \(printable(part.file.path))")
            return
        }
        output.show(comparison, figures: figures)
        try output.write(comparison)
    }

    /// The exit status: some results are better than none, but no result at all is a failure.
    private static func judge(_ comparison: Comparison, strict: Bool) throws {
        if !comparison.results.isEmpty, comparison.failures.count == comparison.results.count {
            printError("every run failed")
            throw ExitCode(1)
        }
        let unreadable = comparison.description.unreadable.count
        if strict, unreadable > 0 {
            printError("\(unreadable) pictures could not be read (--strict)")
            throw ExitCode(1)
        }
    }

    /// `cliptop compare merge FILE...`.
    private func merge() throws {
        let surplus: [(isGiven: Bool, name: String)] = [
            (methods != nil, "methods"), (shots != nil, "shots"), (seeds != nil, "seeds"), (config != nil, "config"),
            (workers != nil, "workers"), (shard != nil, "shard"), (shardFolder != nil, "shard-folder"),
            (slurm.isWanted, "slurm"),
        ]
        if let first = surplus.first(where: \.isGiven) {
            throw UsageError("--\(first.name): compare merge takes files, --csv and --json")
        }
        let files = Array(trainArguments.dropFirst())
        if let option = files.first(where: { $0.hasPrefix("-") && $0 != "-" }) {
            throw UsageError("\(option): compare merge takes files, --csv and --json")
        }
        guard !files.isEmpty else {
            throw UsageError("compare merge: wants the files of shards, such as cliptop-compare-*.sqlite")
        }
        let output = CompareOutput(csv: csv, json: json)
        try output.check()
        try CompareMerge(files: files.map { URL(filePath: $0) }, output: output).run()
    }

    /// `cliptop compare --slurm`.
    private func submit(_ plan: ComparisonPlan, _ output: CompareOutput) throws {
        if let shard { throw UsageError("--shard \(shard.text): --slurm gives every task its own") }
        var arguments = ["compare"]
        for (name, value) in [
            ("methods", methods), ("shots", shots.map(\.text)), ("seeds", seeds.map(\.text)), ("config", config),
        ] {
            if let value { arguments += ["--\(name)", value] }
        }
        try SlurmComparison(
            plan, arguments: arguments + trainArguments, workers: workers, folder: shardFolder, options: slurm,
            output: output
        ).run()
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
