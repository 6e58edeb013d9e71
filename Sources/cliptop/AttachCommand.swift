import ArgumentParser
import Dashboard
import Foundation
import Store
import Training

/// `cliptop attach`: the dashboard on a run that another process trains.
struct AttachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach", abstract: "Watch and steer a run that another process trains.",
        discussion: "Leaving leaves the run as it is, unless you say that it shall stop.")

    @Argument(
        help: ArgumentHelp(
            "The run: an ID or the start of one, or a name. Without it, the newest that is live.", valueName: "run"))
    var query: String?

    @Flag(help: "Only look: keys that would steer the run are refused.")
    var readOnly = false

    @OptionGroup(title: "Dashboard") var screen: ScreenOptions

    func run() throws {
        let resources = Resources()
        let isPlain = isatty(STDOUT_FILENO) == 0 || isatty(STDIN_FILENO) == 0
        let terminal = isPlain ? nil : ttyname(STDIN_FILENO).map { String(cString: $0).replacing("/dev/", with: "") }
        let folder = try LiveRuns().folder(of: query)
        let session = try RemoteSession(folder: folder, isReadOnly: readOnly || isPlain, terminal: terminal)
        if isPlain { return try follow(session) }
        let application = try DashboardRunner.application(session, screen: screen, resources) { options in
            (options.isAttached, options.isReadOnly) = (true, readOnly)
        }
        let outcome: DashboardOutcome
        do {
            outcome = try application.run()
        } catch let error as TerminalError {
            printError("\(error.localizedDescription); going on in plain lines")
            return try follow(session)
        }
        outcome.standardError.forEach(Output.errorLine)
        if case .lost(let reason) = outcome.ending { throw RemoteError.lost(run: session.run, reason: reason) }
        if let result = outcome.result {
            if let run = outcome.run { Output.line(Self.summary(run, result)) }
        } else {
            Output.line("run \(session.run) goes on; 'cliptop attach \(session.run)' comes back to it")
        }
        if outcome.exitStatus != 0 { throw ExitCode(outcome.exitStatus) }
    }

    /// Plain lines, where there is no terminal to draw on.
    private func follow(_ session: RemoteSession) throws {
        let ending = PlainPrinter(following: session).run()
        if let loss = ending.loss { throw RemoteError.lost(run: session.run, reason: loss) }
        if let signal = ending.signal { throw ExitCode(128 + signal) }
        switch ending.result?.state {
        case .failed, .diverged: throw ExitCode(1)
        default: break
        }
    }

    /// How a run came to its end, in a few lines.
    private static func summary(_ run: RunDescription, _ result: RunResult) -> String {
        var lines: [String] = []
        if let zeroShot = result.zeroShotTest, let final = result.finalTest {
            lines.append(
                "top-1 \(NumberFormat.percent(zeroShot.top1)) % zero-shot, \(NumberFormat.percent(final.top1)) % adapted, "
                    + "on \(final.count) test pictures" + (result.weights.map { "; adapted: \($0.words)" } ?? ""))
        }
        let saved =
            result.adapterFile.map { ", saved in \($0.deletingLastPathComponent().path)" } ?? ", no adapter saved"
        lines.append("run \(run.runID): \(result.state.word)\(saved)")
        return lines.joined(separator: "\n")
    }
}

/// Finds runs that a process trains now.
struct LiveRuns {
    private let database: StateDatabase
    private let runs: [RunRow]

    /// - Throws: `StoreError`.
    init(_ directory: StateDirectory = StateDirectory()) throws {
        database = try StateDatabase.reading(directory)
        runs = try RunTable(database).all()
    }

    /// The folder of the live run that `query` means; of the newest where it means none.
    /// - Throws: `StoreError`, ``NotLive``.
    func folder(of query: String?) throws -> URL {
        if let query {
            let run = try RunTable(database).find(query)
            guard isLive(run) else { throw NotLive(run: run) }
            return database.directory.run(run.id)
        }
        guard let run = runs.first(where: isLive) else { throw NoneLive(newest: Array(runs.prefix(5))) }
        return database.directory.run(run.id)
    }

    private func isLive(_ run: RunRow) -> Bool {
        RemoteSession.isLive(folder: database.directory.run(run.id))
    }

    /// A run that nobody trains.
    struct NotLive: Error, LocalizedError {
        var run: RunRow

        var errorDescription: String? { "run \(run.id) is not live: \(Self.advice(run))" }

        /// What has become of it, and what can be done.
        static func advice(_ run: RunRow) -> String {
            ["running", "paused", "halted"].contains(run.state)
                ? "its process has gone before the end; 'cliptop resume \(run.id)' goes on from its last checkpoint"
                : "it has ended (\(run.state)); 'cliptop runs show \(run.id)' shows it"
        }
    }

    /// No run is live.
    struct NoneLive: Error, LocalizedError {
        var newest: [RunRow]

        var errorDescription: String? {
            if newest.isEmpty { return "no run is live, and there is none yet; 'cliptop train --detach' starts one" }
            return (["no run is live; the newest:"] + newest.map { "  \($0.id): \(NotLive.advice($0))" })
                .joined(separator: "\n")
        }
    }
}
