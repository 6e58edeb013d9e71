import Foundation

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
    /// - Returns: the job's number.
    /// - Throws: ``Failure``.
    func submit(_ script: URL, tasks: [Int]? = nil) throws -> String {
        let array = tasks.map { ["--array=" + $0.map(String.init).joined(separator: ",")] } ?? []
        let result = try Self.run([sbatch, "--parsable"] + array + [script.path])
        // `123`, or `123;cluster`.
        let job = result.output.split(whereSeparator: { $0 == ";" || $0.isNewline }).first.map(String.init) ?? ""
        guard result.status == 0, !job.isEmpty, job.allSatisfy(\.isNumber) else {
            throw Failure("sbatch refused the job: \(Self.firstLine(result.errors) ?? "it gave no job number")")
        }
        return job
    }

    /// The tasks of an array job that have not left the queue, with their states, such as `RUNNING`.
    /// - Returns: nil if Slurm does not answer.
    func queue(_ job: String) -> [Int: String]? {
        guard let squeue,
            let result = try? Self.run([squeue, "--noheader", "--array", "--jobs=\(job)", "--format=%K %T"])
        else { return nil }
        // A job that has left the queue is soon forgotten, and asking for it an error.
        if result.status != 0 { return result.errors.contains("Invalid job id") ? [:] : nil }
        var states: [Int: String] = [:]
        for line in result.output.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ")
            guard words.count == 2, let task = Int(words[0]) else { continue }
            states[task] = String(words[1])
        }
        return states
    }

    /// How a task ended, such as `OUT_OF_MEMORY`; nil where no accounts are kept.
    func ending(_ job: String, task: Int) -> String? {
        guard let sacct,
            let result = try? Self.run([
                sacct, "--noheader", "--allocations", "--parsable2", "--jobs=\(job)_\(task)", "--format=State",
            ]), result.status == 0
        else { return nil }
        return result.output.split(whereSeparator: { $0.isWhitespace }).first.map(String.init)
    }

    private static func firstLine(_ text: String) -> String? {
        text.split(whereSeparator: \.isNewline).first.map(String.init)
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
