import ArgumentParser
import Files
import Foundation
import Pictures
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
        // A reader that goes away (`cliptop | head`) and a file that may not grow are errors of writing, not reasons to die
        // half-way. What batch systems send before the time is up is a request to a run; nothing else dies of it.
        for number in [SIGPIPE, SIGXFSZ] + SignalWatcher.checkpointSignals { signal(number, SIG_IGN) }
        Output.occupyStandardStreams()
        let arguments = PathText.commandLineArguments.dropFirst().map(expandingHome)
        do {
            var command = try parseAsRoot(arguments)
            if let train = command as? TrainCommand { command = try train.completed(arguments) }
            try command.run()
        } catch {
            exit(report(error, arguments))
        }
        exit(0)
    }

    /// An argument with `~/` replaced where the shell leaves it: in quotes, and behind the equals sign of an option.
    private static func expandingHome(_ argument: String) -> String {
        let start = argument.hasPrefix("--") ? argument.firstIndex(of: "=").map(argument.index(after:)) : nil
        let (option, value) = (argument[..<(start ?? argument.startIndex)], argument[(start ?? argument.startIndex)...])
        return value == "~" || value.hasPrefix("~/") ? option + (value as NSString).expandingTildeInPath : argument
    }

    /// Ends with a status; success without all of its output is none.
    private static func exit(_ status: Int32) -> Never {
        if let failure = Output.failure {
            printError("cannot write to standard output: \(failure)")
            Foundation.exit(status == 0 ? 1 : status)
        }
        Foundation.exit(status)
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
            Output.line(fullMessage(for: error))
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

/// Writes a message to standard error; what is not text in it is spelled out.
func printError(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }
    Output.errorLine("cliptop: \(lines.joined(separator: "\n"))")
}
