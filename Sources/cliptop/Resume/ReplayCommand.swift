import ArgumentParser
import Foundation
import Store
import Training

/// `cliptop replay RUN`: computes a run once more and compares the weights.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Compute a run once more, with all that was done to it, and compare the weights.",
        discussion: """
            Exit status 1 if any number differs. A run that has not ended is repeated up to its newest checkpoint. Nothing \
            of the run is changed.
            """)

    @Argument(help: ArgumentHelp("The run: an ID or the start of one, a name, or 'latest'.", valueName: "run"))
    var query: String

    func run() throws {
        let replay = try Replay(query, state: StateDirectory())
        let signals = SignalWatcher([SIGINT, SIGTERM, SIGHUP]) { _ in replay.cancel() }
        let progress = ProgressLine(log: STDOUT_FILENO)
        let outcome = try replay.repeatRun { Self.show($0, progress) }
        progress.end()
        if let signal = signals.received { throw ExitCode(128 + signal) }
        guard let outcome else { throw ExitCode(1) }
        let done =
            "\(outcome.steps) steps in \(outcome.epochs) epochs with \(outcome.interventions) "
            + (outcome.interventions == 1 ? "intervention" : "interventions")
        if let difference = outcome.difference {
            throw ReplayDifference(run: replay.run.id, done: done, difference: difference)
        }
        guard !outcome.compared.isEmpty else {
            return Output.line("replayed run \(replay.run.id): \(done); the method leaves no weights to compare")
        }
        Output.line("replayed run \(replay.run.id): \(done); the weights are identical to those in")
        for file in outcome.compared { Output.line("  \(file.path)") }
    }

    private static func show(_ event: TrainingEvent, _ progress: ProgressLine) {
        switch event {
        case .phase(.readingData): progress.begin("reading the data set")
        case .phase(.loadingModel): progress.begin("loading the model")
        case .phase(.encoding): progress.begin("looking up the pictures")
        case .phase(.training): progress.begin("training once more")
        case .encoding(let step): progress.update(step.line)
        case .batch(let record): progress.update("training once more, epoch \(record.epoch), step \(record.step)")
        default: break
        }
    }
}

/// Other weights came out.
private struct ReplayDifference: Error, LocalizedError {
    let run: String
    let done: String
    let difference: Replay.Difference

    var errorDescription: String? {
        "replayed run \(run): \(done); \(difference.numbers) of \(difference.count) numbers of the tensor "
            + "\(difference.tensor) are not those in \(difference.file.path)"
    }
}
