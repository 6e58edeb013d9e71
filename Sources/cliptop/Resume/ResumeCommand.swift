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

    @Option(help: ArgumentHelp("Colours of the dashboard; t switches them live.", valueName: "name"))
    var theme: String?

    @Flag(help: "Plain lines instead of the dashboard.")
    var plain = false

    @Option(help: ArgumentHelp("Write the results to a file, as JSON.", valueName: "file"))
    var json: String?

    @Flag(help: "Exit with status 1 if any picture could not be read.")
    var strict = false

    func run() throws {
        let resources = Resources()
        if let lr, !TrainingConfiguration.isUsable(learningRate: lr) {
            throw UsageError("--lr \(lr): wants a positive number, e.g. 0.001")
        }
        try TrainingOutput.check(json: json, theme: theme, resources)
        let state = StateDirectory()
        let resumable: ResumableRun
        do {
            resumable = try ResumableRun(query, state: state, epochs: epochs, learningRate: lr)
        } catch let error as ResumeError {
            if case .tooFewEpochs = error { throw UsageError(error.localizedDescription) }
            throw error
        }
        let isPlain = TrainingOutput.isPlain(plain)
        let session = TrainingSession(
            resuming: resumable, state: state, pace: isPlain ? nil : resumable.configuration.pace,
            recallingHistory: !isPlain)
        let output = TrainingOutput(session: session, json: json, strict: strict)
        try output.conclude(
            isPlain
                ? PlainPrinter(session).run()
                : DashboardRunner(session, theme: theme, resources: resources).run())
    }
}
