import ArgumentParser
import Dashboard
import FewShot
import Foundation
import Pictures
import Training

/// `cliptop evaluate`: everything there is to measure about a run, or about zero-shot, on one part of a data set.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Accuracy, calibration and confusions of a run, or of zero-shot, on one part of a data set.",
        discussion: """
            With --run the pictures are drawn as the run drew them, so that its test pictures are its test pictures; \
            --data, --shots, --seed and the like draw others.
            """)

    @Option(name: .customLong("run"), help: TrainedRun.help)
    var trainedRun: String?

    @Flag(help: "Evaluate the model without any adaptation.")
    var zeroShot = false

    @Option(help: ArgumentHelp("train, validation or test (default: test).", valueName: "part"))
    var split: Split?

    @Flag(help: "Also search a temperature for honest confidences, on the validation pictures.")
    var calibrate = false

    @OptionGroup var draw: RunDrawOptions

    @Option(help: ArgumentHelp("Write the evaluation to a file, as JSON.", valueName: "file"))
    var json: String?

    @Option(
        help: ArgumentHelp("Write the confusion matrix, comma-separated; rows are true classes.", valueName: "file"))
    var confusion: String?

    @Option(help: ArgumentHelp("Write the figures of every class, comma-separated.", valueName: "file"))
    var perClass: String?

    @Flag(help: "Exit with status 1 if any picture could not be read.")
    var strict = false

    func run() throws {
        guard zeroShot != (trainedRun != nil) else {
            throw UsageError("what is to be evaluated? give either --run ID or --zero-shot")
        }
        for (name, path) in [("json", json), ("confusion", confusion), ("per-class", perClass)] {
            guard let path else { continue }
            do { try OutputFile(path).check() } catch { throw UsageError("--\(name): \(error.localizedDescription)") }
        }
        let run = try trainedRun.map(TrainedRun.init)
        let configuration = try draw.configuration(run?.file, Resources())
        let plan = try draw.read(configuration)
        try run?.check(plan.model)
        let split = self.split ?? .test
        let result = EvaluationResult(
            plan, split: split, predictor: try run.map { try plan.predictor($0.file) },
            method: run?.file.kind.rawValue ?? MethodRegistry.baseline.rawValue, run: run?.file.training["run"],
            calibrating: calibrate)
        guard let result else { throw NoPictures(dataset: plan.description.dataset, split: split) }
        Output.line(
            EvaluationReport(result, plan, TextStyle.standardOutput).text)
        let files = EvaluationFiles(result, plan)
        if let json { try OutputFile(json).write(try files.json()) }
        if let confusion { try OutputFile(confusion).write(Data(files.confusion.utf8)) }
        if let perClass { try OutputFile(perClass).write(Data(files.perClass.utf8)) }
        plan.unreadable.reportLines.forEach { Output.line($0) }
        if strict, !plan.unreadable.isEmpty {
            printError("\(plan.unreadable.count) pictures could not be read (--strict)")
            throw ExitCode(1)
        }
    }

    struct NoPictures: Error, LocalizedError {
        let dataset: String
        let split: Split
        var errorDescription: String? {
            "the \(split.rawValue) split of \(printable(dataset)) has no pictures to evaluate on"
        }
    }
}

extension Split: ExpressibleByArgument {}
