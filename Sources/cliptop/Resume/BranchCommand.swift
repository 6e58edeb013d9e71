import ArgumentParser
import Foundation
import Store
import Training

/// `cliptop branch RUN`: a new run from a checkpoint of another, with changed settings.
struct BranchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "branch", abstract: "Begin a new run at a checkpoint of another, with changed settings.",
        discussion: """
            The new run has the weights of the checkpoint, the same model and pictures, and the settings as they stood there \
            except what is given here. The first run stays as it is; it may still be training.
            """)

    @Argument(help: ArgumentHelp("The run: an ID or the start of one, a name, or 'latest'.", valueName: "run"))
    var query: String

    @Option(
        help: ArgumentHelp(
            "The checkpoint: the number of its step, or best (default: the newest).", valueName: "step"))
    var at: String?

    @OptionGroup(title: "Optimisation") var optimisation: OptimisationOptions<DefaultsOfTheRun>

    @OptionGroup(title: "Settings of the method") var settings: MethodOptions<LiveSettings, DefaultsOfTheRun>

    @Option(help: ArgumentHelp("A name for the run.", valueName: "text"))
    var name: String?

    @Flag(help: "Go on in the background as soon as the run has begun; 'cliptop attach' shows it.")
    var detach = false

    @OptionGroup(title: "Dashboard") var screen: ScreenOptions

    @Flag(help: "Plain lines instead of the dashboard.")
    var plain = false

    @Option(help: ArgumentHelp("Write the results to a file, as JSON.", valueName: "file"))
    var json: String?

    func run() throws {
        let resources = Resources()
        guard let moment = at.map(BranchPoint.Moment.init) ?? .newest else {
            throw UsageError("--at '\(at ?? "")': wants the number of a step, or best")
        }
        try TrainingOutput.check(json: json, theme: screen.theme, resources)
        let place = SessionRunner.Place(isPlain: plain, isDetached: detach, screen: screen)
        try place.prepare()
        let state = StateDirectory()
        let branch = try BranchPoint(query, at: moment, state: state)
        let session = TrainingSession(
            branch: branch, configuration: try changed(branch.configuration, place), state: state)
        let output = TrainingOutput(session: session, json: json, strict: false)
        try output.conclude(SessionRunner(session, RunServer(session), place, resources).run())
    }

    /// The settings of the new run.
    private func changed(
        _ before: TrainingConfiguration, _ place: SessionRunner.Place
    ) throws -> TrainingConfiguration {
        var configuration = before
        try optimisation.apply(to: &configuration)
        try settings.apply(to: &configuration, keeping: true)
        if case .dashboard = place {} else { configuration.pace = nil }
        if let name { try TrainOptions.check(name: name) }
        configuration.name = name
        do { try configuration.validate() } catch { throw UsageError(error.localizedDescription) }
        return configuration
    }
}
