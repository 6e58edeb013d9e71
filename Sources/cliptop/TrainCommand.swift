import ArgumentParser
import Dashboard
import Foundation
import Store
import Training

/// `cliptop train`: the dashboard, or plain lines without a terminal.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train an adapter and watch it learn (the default command).",
        discussion: "Without any option it trains on the bundled sample, as Samples/demo.toml says.")

    @Option(help: ArgumentHelp("TOML file with options; the command line wins.", valueName: "file"))
    var config: String?

    @Flag(help: "Go on in the background as soon as the run has begun; 'cliptop attach' shows it.")
    var detach = false

    @OptionGroup var options: TrainOptions

    func run() throws {
        let resources = Resources()
        let file = try config.map { try ConfigurationFile($0).trainOptions() }
        let options = try Self.completed(options, from: file, resources)
        var configuration = try options.trainingConfiguration(resources)
        let isPlain = options.plain || isatty(STDOUT_FILENO) == 0 || isatty(STDIN_FILENO) == 0
        // Pacing is for watching; where nobody watches, it only wastes time.
        if isPlain || detach { configuration.pace = detach && self.options.pace != 0 ? self.options.pace : nil }
        if let json = options.json {
            do { try OutputFile(json).check() } catch { throw UsageError("--json: \(error.localizedDescription)") }
        }
        try checkTheme(options, resources)
        if detach || !isPlain { try Foreground.divide() }
        let session = TrainingSession(configuration, state: StateDirectory())
        let server = RunServer(session)
        defer { server.close() }
        let ending =
            if detach {
                PlainPrinter(session) { letGo(session, server, $0) }.run()
            } else if isPlain {
                PlainPrinter(session).run()
            } else {
                try DashboardRunner(session, theme: options.theme, resources: resources).run()
            }
        try conclude(session, ending, options)
    }

    /// The run has begun: whoever started it may go, and can come back at once.
    private func letGo(_ session: TrainingSession, _ server: RunServer, _ run: RunDescription) {
        server.waitUntilOpen()
        Output.line(PlainPrinter.farewell(run))
        Foreground.letGo(folder: run.folder, everything: true)
        session.noteDetached()
    }

    /// A theme that does not exist is wrong even where no dashboard is going to use it.
    private func checkTheme(_ options: TrainOptions, _ resources: Resources) throws {
        guard let theme = options.theme, let themes = resources.themes else { return }
        do { _ = try Theme.load(named: theme, from: themes) } catch { throw UsageError(error.localizedDescription) }
    }

    /// The options with those of the configuration file; the demo's, where nothing at all was given.
    static func completed(
        _ options: TrainOptions, from file: TrainOptions?, _ resources: Resources
    ) throws -> TrainOptions {
        if let file { return options.filled(from: file) }
        guard options.dataSource.data == nil, options.model.model == nil else { return options }
        guard let samples = resources.samples else {
            throw UsageError(
                "the bundled sample was not found; give --data, or set CLIPTOP_SAMPLES to the Samples folder")
        }
        return options.filled(from: try ConfigurationFile(samples.appending(path: "demo.toml").path).trainOptions())
    }

    /// Prints the results on the normal screen, writes the file, and ends with the status that is due.
    private func conclude(_ session: TrainingSession, _ ending: Ending, _ options: TrainOptions) throws {
        if let report = session.report {
            print(ResultsTable(report).text)
            if let json = options.json { try ResultsFile(report).write(to: json) }
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
        if options.strict, let report = session.report, !report.unreadable.isEmpty {
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
