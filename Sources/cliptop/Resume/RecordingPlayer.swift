import ArgumentParser
import Dashboard
import Foundation
import Store
import Training

/// How many times as fast as it came a recording is played: `10x`, `0.5x`.
struct PlayingSpeed: ExpressibleByArgument {
    let factor: Double

    init?(argument: String) {
        let digits = argument.hasSuffix("x") ? String(argument.dropLast()) : argument
        guard let factor = Double(digits), factor > 0, factor.isFinite else { return nil }
        self.factor = factor
    }
}

/// Shows the recorded curves of a run in the dashboard.
struct RecordingPlayer {
    private let session: RecordedSession
    private let screen: ScreenOptions

    /// Reads the recording.
    /// - Throws: `StoreError`, `RunHistoryError`, `NothingRecorded`.
    init(_ query: String, speed: PlayingSpeed, screen: ScreenOptions) throws {
        let database = try StateDatabase.reading(StateDirectory())
        let run = try RunTable(database).find(query)
        session = try RecordedSession(RunHistory(database).course(of: run.id), run: run.id, speed: speed.factor)
        self.screen = screen
    }

    /// Plays until the user leaves.
    /// - Throws: `UsageError` where there is no terminal, or no such theme.
    func run() throws {
        guard isatty(STDOUT_FILENO) != 0, isatty(STDIN_FILENO) != 0 else {
            throw UsageError("--watch needs a terminal; without it the run is computed once more")
        }
        let application = try DashboardRunner.application(session, screen: screen, Resources()) { options in
            (options.isAttached, options.isReadOnly) = (true, true)
        }
        let outcome: DashboardOutcome
        do {
            outcome = try application.run { session.start() }
        } catch let error as TerminalError { throw UsageError(error.localizedDescription) }
        outcome.standardError.forEach(Output.errorLine)
        if case .signal(let number) = outcome.ending { throw ExitCode(128 + number) }
    }
}
