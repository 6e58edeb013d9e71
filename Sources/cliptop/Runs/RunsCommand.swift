import ArgumentParser

/// `cliptop runs`: what has been trained.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Write the courses of runs for other programs.",
        subcommands: [RunsExportCommand.self])
}
