import Dispatch
import Foundation
import Training

/// Follows a session in plain lines, for pipes, logs and batch systems: one line an epoch.
final class PlainPrinter {
    private let session: TrainingSession
    private var description: RunDescription?
    private let progress = ProgressLine(log: STDOUT_FILENO)

    init(_ session: TrainingSession) { self.session = session }

    /// Runs the session to its end.
    func run() -> Ending {
        let hasEvents = DispatchSemaphore(value: 0)
        session.onEvents { hasEvents.signal() }
        // An interrupted run keeps what it has learned.
        let signals = SignalWatcher([SIGINT, SIGTERM, SIGHUP]) { [session] _ in
            session.keepCheckpointForSignal()
            session.send(.stop(.now, save: true))
        }
        session.start()
        while true {
            hasEvents.wait()
            for event in session.drainEvents() {
                show(event)
                if case .finished(let result) = event {
                    return Ending(result: result, signal: signals.received, isReported: true)
                }
            }
        }
    }

    private func show(_ event: TrainingEvent) {
        switch event {
        case .phase(let phase): show(phase)
        case .encoding(let step): progress.update(step.line)
        case .batch(let record):
            progress.update(
                "epoch \(record.epoch)/\(description?.epochs ?? record.epoch)  batch \(record.batch)/"
                    + "\(description?.batchesPerEpoch ?? record.batch)  loss \(NumberFormat.fixed(record.loss, 3))")
        case .prepared(let description, _):
            self.description = description
            line(
                "\(description.dataset) · \(description.method) · \(description.shots) shots · seed \(description.seed)"
                    + " · run \(description.runID)")
            line(
                "\(description.classNames.count) classes; \(description.trainCount) pictures train, "
                    + "\(description.validationCount) validate, \(description.testCount) test")
        case .zeroShot(let validation):
            if let validation { line("zero-shot    \(Self.figures(validation))") }
        case .epoch(let record): showEpoch(record)
        case .log(let entry):
            progress.interrupt {
                switch entry.level {
                case .info: Output.line(entry.text)
                case .warning: printError("warning: \(entry.text)")
                case .error: printError(entry.text)
                }
            }
        case .intervention, .prediction, .answers, .classified, .ratios, .probes, .checkpoint, .state, .finished: break
        }
    }

    private func show(_ phase: TrainingPhase) {
        switch phase {
        case .readingData: progress.begin("reading the data set")
        case .loadingModel: progress.begin("loading the model")
        case .encoding: progress.begin("looking up the pictures")
        case .zeroShot: progress.begin("measuring zero-shot")
        case .training: progress.begin("training")
        case .finished: progress.end()
        }
    }

    private func line(_ text: String) { progress.interrupt { Output.line(text) } }

    private func showEpoch(_ record: EpochRecord) {
        let epochs = description?.epochs ?? record.epoch
        let digits = String(epochs).count
        let number = String(repeating: " ", count: max(digits - String(record.epoch).count, 0)) + "\(record.epoch)"
        let validation = record.validation.map { "  \(Self.figures($0))" } ?? ""
        line(
            "epoch \(number)/\(epochs)  train loss \(NumberFormat.fixed(record.trainLoss, 3))\(validation)"
                + "  lr \(NumberFormat.rate(record.learningRate))  \(NumberFormat.fixed(record.seconds, 2)) s")
    }

    private static func figures(_ evaluation: Evaluation) -> String {
        "validation loss \(NumberFormat.fixed(evaluation.loss, 3))  top-1 \(NumberFormat.percent(evaluation.top1)) %"
            + "  top-5 \(NumberFormat.percent(evaluation.top5)) %"
    }
}
