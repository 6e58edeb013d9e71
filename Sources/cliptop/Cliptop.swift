import ArgumentParser
import Files
import Foundation
import Training

/// The command line: reads the arguments, runs a command, and turns every error into one line and an exit status.
@main
struct Cliptop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cliptop",
        abstract: "Few-shot CLIP training in a terminal: watch it learn, steer it, look at its mistakes.",
        discussion: """
            Without arguments it trains a CLIP-Adapter on the bundled sample and shows it live.
            Exit status: 0 done, 1 the work failed, 2 wrong use, 130 interrupted, 143 terminated.
            """,
        version: ProgramVersion.text,
        subcommands: [
            TrainCommand.self, AttachCommand.self, ResumeCommand.self, BranchCommand.self, ReplayCommand.self,
            RunsCommand.self,
            ClassifyCommand.self, PredictCommand.self, EvaluateCommand.self, CompareCommand.self, RatioCommand.self,
            EncodeCommand.self, CacheCommand.self, SplitCommand.self, InspectCommand.self, DoctorCommand.self,
        ],
        defaultSubcommand: TrainCommand.self)

    static func main() {
        // A reader that goes away (`cliptop | head`) is an error of writing, not a reason to die half-way.
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(PathText.commandLineArguments.dropFirst())
        do {
            var command = try parseAsRoot(arguments)
            if let train = command as? TrainCommand { command = try train.completed(arguments) }
            try command.run()
        } catch {
            Foundation.exit(report(error, arguments))
        }
    }

    /// Prints what is to be said about `error` and returns the exit status it means.
    private static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
        if let code = error as? ExitCode { return code.rawValue }
        if error is UsageError {
            printError(WrongUse.oneLine(error.localizedDescription))
            return 2
        }
        switch exitCode(for: error) {
        case .success:
            // Help and version come as errors.
            print(fullMessage(for: error))
            return 0
        case .validationFailure:
            printError(WrongUse.line(message(for: error), arguments))
            return 2
        default:
            printError((error as? any LocalizedError)?.errorDescription ?? message(for: error))
            return 1
        }
    }
}

/// The command was used wrongly; the text says what was wrong and what would be right.
struct UsageError: Error, LocalizedError {
    var errorDescription: String?

    init(_ text: String) { errorDescription = text }
}

/// Writes one line to standard error.
func printError(_ text: String) {
    Output.errorLine("cliptop: \(text)")
}
