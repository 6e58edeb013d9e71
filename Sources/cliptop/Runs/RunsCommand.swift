import ArgumentParser
import Store
import Training

/// `cliptop runs`: what has been trained.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Look at the runs there are, compare them, look after them.",
        subcommands: [
            RunsListCommand.self, RunsShowCommand.self, RunsCompareCommand.self, RunsTagCommand.self,
            RunsNoteCommand.self, RunsExportCommand.self, RunsRemoveCommand.self,
        ],
        defaultSubcommand: RunsListCommand.self)

    /// How a run is named on the command line.
    static let runHelp = ArgumentHelp("An ID or the start of one, a name, or 'latest'.", valueName: "run")

    /// The runs of the state directory.
    static func history() throws -> RunHistory { RunHistory(try StateDatabase.reading(StateDirectory())) }
}
