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
        let place = SessionRunner.Place(isPlain: options.plain, isDetached: detach, screen: options.screen)
        // Pacing is for watching; where nobody watches, it only wastes time.
        switch place {
        case .dashboard: break
        case .lines: configuration.pace = nil
        case .background: configuration.pace = self.options.pace == 0 ? nil : self.options.pace
        }
        try TrainingOutput.check(json: options.json, theme: options.screen.theme, resources)
        try place.prepare()
        let session = TrainingSession(configuration, state: StateDirectory())
        let log = try options.logs.begin(session, configuration)
        let output = TrainingOutput(session: session, json: options.json, strict: options.strict)
        let ending = try SessionRunner(session, RunServer(session), place, resources).run()
        log?.finish(hasEnded: ending.result != nil).forEach { printError("warning: \($0.localizedDescription)") }
        try output.conclude(ending)
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
}
