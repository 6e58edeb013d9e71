import ArgumentParser
import Training

/// Where the course of a live run is written for other programs.
struct LogOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write every step and epoch to a file as they happen, a JSON object a line; adds to a file that is there.",
            valueName: "file"))
    var logJsonl: String?

    @Option(
        help: ArgumentHelp(
            "Write TensorBoard event files as the run goes on, into a folder of the run's own in this one.",
            valueName: "dir"))
    var tensorboard: String?

    /// Begins to listen to a session that has not started.
    /// - Returns: nil if nothing is to be written.
    /// - Throws: `UsageError` for what cannot be written.
    func begin(_ session: TrainingSession, _ configuration: TrainingConfiguration) throws -> LiveLog? {
        guard logJsonl != nil || tensorboard != nil else { return nil }
        do {
            return try LiveLog(
                session.makeViewer(), configuration, jsonLines: logJsonl, tensorBoard: tensorboard)
        } catch let error as OutputFileError {
            let option = error.path == logJsonl ? "log-jsonl" : "tensorboard"
            throw UsageError("--\(option): \(error.localizedDescription)")
        }
    }
}
