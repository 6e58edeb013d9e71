import ArgumentParser
import Dashboard
import FewShot
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

    /// What a configuration file says and the method has no use for.
    private var ignored: [String] = []
    /// Whether the command line itself asks for a pace, which a file does for those who watch.
    private var isPaceGiven = false

    private enum CodingKeys: CodingKey { case config, detach, options }

    func run() throws {
        let resources = Resources()
        for name in ignored { printError("\(config ?? ""): '\(name)' has no say in this run and is ignored") }
        var configuration = try options.trainingConfiguration(resources)
        let place = SessionRunner.Place(isPlain: options.plain, isDetached: detach, screen: options.screen)
        // Pacing is for watching; where nobody watches, it only wastes time.
        switch place {
        case .dashboard: break
        case .lines: configuration.pace = nil
        case .background: if !isPaceGiven { configuration.pace = nil }
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

    /// The command with the options of its configuration file; with the demonstration's, where nothing was given.
    /// - Parameter arguments: the whole command line.
    /// - Throws: `UsageError`, errors of the parser.
    func completed(_ arguments: [String]) throws -> TrainCommand {
        let own = arguments.first == Self.configuration.commandName ? Array(arguments.dropFirst()) : arguments
        let file = try Self.file(config, options, Resources())
        let given = try GivenOptions(own, file: file)
        let method = options.method ?? given.methodOfFile ?? MethodRegistry.standard
        let settled = try given.arguments(for: [method.descriptor])
        var command = file == nil ? self : try TrainCommand.parse(settled.arguments)
        command.isPaceGiven = options.pace ?? 0 > 0
        if config != nil { command.ignored = settled.ignored }
        return command
    }

    /// The configuration file: the one given, or the demonstration's where neither data nor model is.
    /// - Throws: `UsageError`.
    static func file(_ config: String?, _ options: TrainOptions, _ resources: Resources) throws -> ConfigurationFile? {
        if let config { return try ConfigurationFile(config) }
        guard options.dataSource.data == nil, options.model.model == nil else { return nil }
        guard let samples = resources.samples else {
            throw UsageError(
                "the bundled sample was not found; give --data, or set CLIPTOP_SAMPLES to the Samples folder")
        }
        return try ConfigurationFile(samples.appending(path: "demo.toml").path)
    }
}
