import Foundation
import Training

/// The batch script of an array job whose tasks train a comparison part by part.
struct SlurmScript {
    /// The program, by its full path.
    var program: String
    /// What the user gave to `compare`.
    var arguments: [String]
    /// Tasks of the array.
    var tasks: Int
    /// Runs at a time in each task; nil for one per processor that Slurm gives it.
    var workers: Int?
    /// Where the shards' files and the logs go.
    var folder: URL
    /// The folder the command was given in: relative paths are relative to it.
    var directory: String
    /// Further options of sbatch.
    var options: [String]
    /// Variables the tasks need even where the cluster does not hand on the environment.
    var environment: [(name: String, value: String)]

    /// The variables that say where things are.
    static let variables = ["CLIPTOP_HOME", "XDG_STATE_HOME", "CLIPTOP_SAMPLES"]

    /// The file it is kept in.
    var file: URL { folder.appending(path: "compare.sbatch") }

    /// The log of a task.
    func log(_ task: Int) -> URL { folder.appending(path: "task-\(task).log") }

    var text: String {
        var lines = [
            "#!/bin/bash",
            "#SBATCH --job-name=cliptop-compare",
            "#SBATCH --array=0-\(tasks - 1)",
            "#SBATCH --output=\"\(folder.path)/task-%a.log\"",
            "#SBATCH --open-mode=append",
        ]
        lines += options.map { "#SBATCH \($0)" }
        lines += [
            "",
            "# Written by 'cliptop compare --slurm'. Each task trains its part of the grid into a file of its own and may",
            "# be started again at any time: what it has finished is not trained again.",
            "",
        ]
        lines += environment.map { "export \($0.name)=\(Self.quoted($0.value))" }
        let runs = workers.map(String.init) ?? "\"${SLURM_CPUS_PER_TASK:-1}\""
        lines += [
            "cd \(Self.quoted(directory)) || exit 1",
            "exec \(([program] + arguments).map(Self.quoted).joined(separator: " ")) \\",
            "    --shard \"$SLURM_ARRAY_TASK_ID/\(tasks)\" --shard-folder \(Self.quoted(folder.path)) --workers \(runs)",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// A word as the shell takes it, whatever is in it.
    static func quoted(_ word: String) -> String {
        let plain = word.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                || "-_./=,:+@%".unicodeScalars.contains($0)
        }
        return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
