import ArgumentParser
import FewShot
import Foundation
import Pictures
import Training

/// A comparison as an array job of Slurm: script, submission, watch, merge.
struct SlurmComparison {
    private let script: SlurmScript
    private let grid: ComparisonGrid
    private let isScriptOnly: Bool
    private let output: CompareOutput

    /// - Throws: `UsageError`.
    init(
        _ plan: ComparisonPlan, arguments: [String], workers: Int?, folder: String?, options: SlurmOptions,
        output: CompareOutput
    ) throws {
        grid = plan.grid
        let tasks = options.slurmTasks ?? min(4, grid.cells.count)
        guard (1...grid.cells.count).contains(tasks) else {
            throw UsageError(
                "--slurm-tasks \(tasks): wants a whole number from 1 to \(grid.cells.count), the number of runs")
        }
        // The same comparison finds its folder again, and in it what it has finished.
        let name = FeatureDigests.joined([try plan.fingerprint, "\(tasks)"].map { Data($0.utf8) })
        let variables = ProcessInfo.processInfo.environment
        script = SlurmScript(
            program: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path, arguments: arguments,
            tasks: tasks, workers: workers,
            folder: ShardFolder(folder ?? "cliptop-slurm-\(name.prefix(8))").url,
            directory: FileManager.default.currentDirectoryPath, options: options.slurmOption,
            environment: SlurmScript.variables.compactMap { name in
                variables[name].flatMap { $0.isEmpty ? nil : (name, $0) }
            })
        isScriptOnly = options.slurmScriptOnly
        self.output = output
    }

    /// - Throws: `Slurm.Failure`, `UsageError`, what merging throws, `ExitCode`.
    func run() throws {
        let slurm = isScriptOnly ? nil : try Slurm()
        try ShardFolder(script.folder.path).create()
        try OutputFile(script.file.path).write(Data(script.text.utf8))
        guard let slurm else {
            let folder = printable(script.folder.path)
            Output.line("written: \(printable(script.file.path))")
            Output.line("submit it with: sbatch \(SlurmScript.quoted(script.file.path))")
            Output.line("and when it has ended: cliptop compare merge \(folder)/cliptop-compare-*.sqlite")
            return
        }
        let interrupt = CommandInterrupt()
        let watch = SlurmWatch(slurm, script: script, grid: grid, interrupt: interrupt.request)
        let given = try watch.run()
        try interrupt.check()
        // What there is, is shown, whatever became of the rest.
        let files = (0..<script.tasks).map(watch.file).filter { FileManager.default.fileExists(atPath: $0.path) }
        guard !files.isEmpty else { throw Slurm.Failure("no task left a result; see \(script.folder.path)/task-*.log") }
        try CompareMerge(files: files, output: output).run()
        if !given.isEmpty { throw ExitCode(1) }
    }
}
