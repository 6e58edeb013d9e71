import ArgumentParser
import Foundation
import Pictures
import Store
import Training

/// `cliptop runs export`: the courses of runs for TensorBoard, for spreadsheets and for programs.
struct RunsExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the courses of runs as TensorBoard event files, CSV or JSON lines.",
        discussion: """
            tensorboard: a folder for each run below --output, for tensorboard --logdir. \
            csv: a row for every step, with a column for every figure; with --long a row for every figure. \
            jsonl: a JSON object a line, as train --log-jsonl writes it; steps and epochs count from 0 there, and from 1 \
            everywhere else. A run that is being trained is written as far as it has come.
            """)

    @Argument(
        help: ArgumentHelp("The runs: IDs or the starts of some, names, or 'latest'.", valueName: "run"))
    var runs: [String]

    @Option(
        help: ArgumentHelp(
            "tensorboard, csv or jsonl (default: what the name of the output says).", valueName: "format"))
    var format: RunExport.Format?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            """
            The file to write, or a folder that gets a file for each run. tensorboard wants a folder; the others go to \
            standard output without it.
            """, valueName: "path"))
    var output: String?

    @Flag(help: "csv: a row for every figure, with its name and value.")
    var long = false

    func run() throws {
        let format = try chosenFormat()
        let export = RunExport(format, isLong: long)
        let history = RunHistory(try StateDatabase.reading(StateDirectory()))
        // All are looked up first: a mistyped one should not be found out half-way.
        var seen: Set<String> = []
        let courses = try runs.map { try ExportedRun($0, in: history) }
            .filter { seen.insert($0.description.runID).inserted }
        guard let output else { return try Self.print(courses, export) }
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: output, isDirectory: &isFolder)
        if format == .tensorboard || output.hasSuffix("/") || (exists && isFolder.boolValue) {
            let folder = URL(filePath: output, directoryHint: .isDirectory)
            for course in courses {
                Output.line(printable(try export.write(course, below: folder).path))
            }
            if format == .tensorboard { Output.line("tensorboard --logdir \(printable(output)) shows them") }
        } else {
            do { try OutputFile(output).check() } catch { throw UsageError("--output: \(error.localizedDescription)") }
            try export.write(courses, to: OutputFile(output))
            Output.line("\(courses.count == 1 ? "1 run" : "\(courses.count) runs") in \(printable(output))")
        }
    }

    private func chosenFormat() throws -> RunExport.Format {
        let ending = output.map { URL(filePath: $0).pathExtension.lowercased() }
        guard let format = format ?? ending.flatMap(RunExport.Format.init) else {
            throw UsageError(
                "what is to be written? give --format tensorboard, csv or jsonl, or an --output that ends in .csv or "
                    + ".jsonl")
        }
        guard format != .tensorboard || output != nil else {
            throw UsageError("--format tensorboard writes a folder of event files; say where with --output DIR")
        }
        guard !long || format == .csv else { throw UsageError("--long is for --format csv") }
        return format
    }

    /// A reader of standard output that has seen enough (`| head`) is no mistake.
    private static func print(_ courses: [ExportedRun], _ export: RunExport) throws {
        signal(SIGPIPE, SIG_DFL)
        try export.write(courses, to: .standardOutput)
    }
}

extension RunExport.Format: ExpressibleByArgument {}
