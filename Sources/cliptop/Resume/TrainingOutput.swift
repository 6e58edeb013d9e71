import ArgumentParser
import Dashboard
import Foundation
import Training

/// What a command that trains leaves on the normal screen and in files.
struct TrainingOutput {
    let session: TrainingSession
    let json: String?
    let strict: Bool

    /// Looks for what would only be found wrong at the end; a theme that does not exist is wrong even where no dashboard is
    /// going to use it.
    /// - Throws: `UsageError`.
    static func check(json: String?, theme: String?, _ resources: Resources) throws {
        if let json {
            do { try OutputFile(json).check() } catch { throw UsageError("--json: \(error.localizedDescription)") }
        }
        guard let theme, let themes = resources.themes else { return }
        do { _ = try Theme.load(named: theme, from: themes) } catch { throw UsageError(error.localizedDescription) }
    }

    /// Prints the results on the normal screen, writes the file, and ends with the status that is due.
    func conclude(_ ending: Ending) throws {
        if let report = session.report {
            Output.line(ResultsTable(report).text)
            if let json { try ResultsFile(report).write(to: json) }
        }
        if let result = ending.result {
            switch result.state {
            case .failed(let reason):
                if !ending.isReported { printError(reason) }
                throw ExitCode(1)
            case .diverged: throw ExitCode(1)
            default: break
            }
        }
        if let signal = ending.signal { throw ExitCode(128 + signal) }
        if strict, let report = session.report, !report.unreadable.isEmpty {
            printError("\(report.unreadable.count) pictures could not be read (--strict)")
            throw ExitCode(1)
        }
    }
}

/// How a viewer came to its end.
struct Ending {
    /// How the run ended, if it did.
    var result: RunResult?
    /// The signal that ended it, if one did.
    var signal: Int32?
    /// Why the run was lost from sight, if it was.
    var loss: String?
    /// Whether what went wrong has been said on the normal screen already.
    var isReported = false
}
