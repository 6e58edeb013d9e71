import ArgumentParser
import Foundation
import Store
import Training

/// `cliptop resume RUN`: a run goes on from its newest checkpoint, as if it had never stopped.
struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a run that was stopped or killed, from its newest checkpoint.",
        discussion: """
            The run keeps its ID, its settings and its past: it ends with the weights it would have had without the break. \
            Model and pictures have to be what they were.
            """)

    @Argument(help: ArgumentHelp("The run: an ID or the start of one, a name, or 'latest'.", valueName: "run"))
    var query: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Epochs the run is to have in the end (default: as planned).", valueName: "n"))
    var epochs: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Another learning rate from here on (default: as it was).", valueName: "x"))
    var lr: Double?

    @OptionGroup(title: "Dashboard") var screen: ScreenOptions

    @Flag(help: "Plain lines instead of the dashboard.")
    var plain = false

    @Flag(help: "Go on in the background as soon as the run has begun; 'cliptop attach' shows it.")
    var detach = false

    @Option(help: ArgumentHelp("Write the results to a file, as JSON.", valueName: "file"))
    var json: String?

    @Flag(help: "Exit with status 1 if any picture could not be read.")
    var strict = false

    func run() throws {
        let resources = Resources()
        if let lr, !TrainingConfiguration.isUsable(learningRate: lr) {
            throw UsageError("--lr \(lr): wants a positive number, e.g. 0.001")
        }
        try TrainingOutput.check(json: json, theme: screen.theme, resources)
        let place = SessionRunner.Place(isPlain: plain, isDetached: detach, screen: screen)
        // The lock that says which process trains the run belongs to the process that does.
        try place.prepare()
        let state = StateDirectory()
        let resumable: ResumableRun
        do {
            resumable = try ResumableRun(query, state: state, epochs: epochs, learningRate: lr)
        } catch let error as ResumeError {
            if case .tooFewEpochs = error { throw UsageError(error.localizedDescription) }
            throw error
        }
        let isWatched = if case .dashboard = place { true } else { false }
        let session = TrainingSession(
            resuming: resumable, state: state, pace: isWatched ? resumable.configuration.pace : nil,
            recallingHistory: isWatched)
        let output = TrainingOutput(session: session, json: json, strict: strict)
        try output.conclude(SessionRunner(session, RunServer(session), place, resources).run())
    }
}
