import ArgumentParser

/// How a comparison is spread over a Slurm cluster.
struct SlurmOptions: ParsableArguments {
    @Flag(help: "Spread the grid over a Slurm cluster as an array job, follow it, and merge.")
    var slurm = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Tasks of the array (default: 4).", valueName: "n"))
    var slurmTasks: Int?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "An option for sbatch, such as --slurm-option=--partition=cpu; may be given several times.",
            valueName: "option"))
    var slurmOption: [String] = []

    @Flag(help: "Only write the batch script, and say how to go on.")
    var slurmScriptOnly = false

    /// Whether anything of Slurm is asked for.
    var isWanted: Bool { slurm || slurmScriptOnly }

    /// - Throws: `UsageError`.
    func check() throws {
        if !isWanted, let tasks = slurmTasks { throw UsageError("--slurm-tasks \(tasks): wants --slurm to go with it") }
        if !isWanted, let first = slurmOption.first {
            throw UsageError("--slurm-option \(first): wants --slurm to go with it")
        }
        if let bad = slurmOption.first(where: { !$0.hasPrefix("-") || $0.contains(where: \.isNewline) }) {
            throw UsageError("--slurm-option \(bad): wants an option of sbatch, such as --slurm-option=--time=1:00:00")
        }
        if let array = slurmOption.first(where: { $0.hasPrefix("--array") || $0.hasPrefix("-a") }) {
            throw UsageError("--slurm-option \(array): the array is --slurm-tasks's")
        }
    }
}
