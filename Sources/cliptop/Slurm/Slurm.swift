import Foundation
import Pictures

/// The commands of Slurm, as far as they are needed here.
struct Slurm {
    /// What went wrong with one of them.
    struct Failure: Error, LocalizedError {
        var errorDescription: String?

        init(_ text: String) { errorDescription = text }
    }

    private let sbatch: String
    private let squeue: String?
    private let sacct: String?

    /// Finds the commands.
    /// - Throws: ``Failure`` where there is no sbatch.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        func find(_ name: String) -> String? {
            (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
                .first { access($0, X_OK) == 0 }
        }
        guard let sbatch = find("sbatch") else {
            throw Failure(
                "--slurm: there is no sbatch on the PATH; run it where Slurm jobs are submitted, or write the script with "
                    + "--slurm-script-only")
        }
        self.sbatch = sbatch
        squeue = find("squeue")
        sacct = find("sacct")
    }

    /// Submits a script.
    /// - Parameter tasks: the tasks of the array to run; nil for those that the script names.
    /// - Throws: ``Failure``.
    func submit(_ script: URL, tasks: [Int]? = nil) throws -> SlurmJob {
        let array = tasks.map { ["--array=" + $0.map(String.init).joined(separator: ",")] } ?? []
        let result = try Self.run([sbatch, "--parsable"] + array + [script.path])
        guard result.status == 0 else {
            let reason = printable(Self.reason(result.errors) ?? "it ended with status \(result.status)")
            throw Failure("sbatch refused the job: \(reason)\(Self.advice(on: result.errors))")
        }
        guard let job = SlurmJob(answer: result.output) else {
            let answer = printable(Self.reason(result.output) ?? "nothing")
            throw Failure(
                "sbatch took the job, but its answer names no job number (it says: \(answer)); 'squeue --me' shows the "
                    + "job, and 'cliptop compare merge' reads its results from the script's folder")
        }
        return job
    }

    /// The tasks of an array job that have not left the queue, with their states, such as `RUNNING`.
    /// - Returns: nil if Slurm does not answer.
    func queue(_ job: SlurmJob) -> [Int: String]? {
        guard let squeue,
            let result = try? Self.run(
                [squeue, "--noheader", "--array", "--jobs=\(job.number)", "--format=%K %T"] + job.clusterOption)
        else { return nil }
        // A job that has left the queue is soon forgotten, and asking for it an error.
        if result.status != 0 { return result.errors.contains("Invalid job id") ? [:] : nil }
        var states: [Int: String] = [:]
        for line in result.output.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ")
            guard words.count == 2, let task = Int(words[0]), Self.isState(words[1]) else { continue }
            states[task] = String(words[1])
        }
        return states
    }

    /// How a task ended, such as `OUT_OF_MEMORY`; nil where no accounts are kept.
    func ending(_ job: SlurmJob, task: Int) -> String? {
        guard let sacct,
            let result = try? Self.run(
                [sacct, "--noheader", "--allocations", "--parsable2", "--jobs=\(job.number)_\(task)", "--format=State"]
                    + job.clusterOption), result.status == 0
        else { return nil }
        let words = result.output.split(whereSeparator: \.isNewline).compactMap { $0.split(separator: " ").first }
        return words.first(where: Self.isState).map(String.init)
    }

    /// Whether a word is the name of a state, and not one of a site's banner.
    private static func isState(_ word: Substring) -> Bool {
        word.count > 1 && word.allSatisfy { ("A"..."Z").contains($0) || $0 == "_" || $0 == "+" }
    }

    /// The line that says why: one that says "error", else the last.
    private static func reason(_ text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
        return (lines.first { $0.localizedCaseInsensitiveContains("error") } ?? lines.last).map(String.init)
    }

    /// What can be done about the refusals that sites give most.
    private static func advice(on errors: String) -> String {
        let known = [
            (
                "array specification",
                "arrays may be smaller here ('scontrol show config' shows MaxArraySize): give a smaller --slurm-tasks"
            ),
            ("QOS", "fewer tasks may be allowed at a time: give a smaller --slurm-tasks"),
            ("partition", "name one with --slurm-option=--partition=NAME ('sinfo' lists them)"),
            ("account", "name one with --slurm-option=--account=NAME"),
            ("time limit", "set one with --slurm-option=--time=1:00:00"),
        ]
        return known.first { errors.localizedCaseInsensitiveContains($0.0) }.map { "; \($0.1)" } ?? ""
    }

    private static func run(_ words: [String]) throws -> (status: Int32, output: String, errors: String) {
        let process = Process()
        process.executableURL = URL(filePath: words[0])
        process.arguments = Array(words.dropFirst())
        process.standardInput = FileHandle.nullDevice
        let (output, errors) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, errors)
        do { try process.run() } catch {
            throw Failure("cannot run \(words[0]): \(error.localizedDescription)")
        }
        // Both are a few lines; neither fills a pipe while the other is read.
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complained = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, said, complained)
    }
}
