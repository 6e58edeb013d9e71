import Dispatch
import Foundation
import Training

/// Follows a session in plain lines, for pipes, logs and batch systems: one line an epoch.
final class PlainPrinter {
    private let session: TrainingSession
    private var description: RunDescription?
    private var lastProgress = ContinuousClock.now
    private var hasPrintedProgress = false

    init(_ session: TrainingSession) { self.session = session }

    /// Runs the session to its end.
    func run() -> Ending {
        let hasEvents = DispatchSemaphore(value: 0)
        session.onEvents { hasEvents.signal() }
        // An interrupted run keeps what it has learned.
        let signals = SignalWatcher([SIGINT, SIGTERM, SIGHUP]) { [session] _ in
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
        case .encoding(let progress): showProgress(progress)
        case .prepared(let description, _):
            self.description = description
            Output.line(
                "\(description.dataset) · \(description.method) · \(description.shots) shots · seed \(description.seed)"
                    + " · run \(description.runID)")
            Output.line(
                "\(description.classNames.count) classes; \(description.trainCount) pictures train, "
                    + "\(description.validationCount) validate, \(description.testCount) test")
        case .zeroShot(let validation):
            if let validation { Output.line("zero-shot    \(Self.figures(validation))") }
        case .epoch(let record): showEpoch(record)
        case .log(let entry):
            switch entry.level {
            case .info: Output.line(entry.text)
            case .warning: printError("warning: \(entry.text)")
            case .error: printError(entry.text)
            }
        case .phase, .batch, .intervention, .prediction, .answers, .classified, .state, .finished: break
        }
    }

    private func showProgress(_ progress: EncodingProgress) {
        let now = ContinuousClock.now
        let isEnd = progress.done == progress.total
        // A line every two seconds; none at all for what is over at once.
        guard isEnd ? hasPrintedProgress : now - lastProgress > .seconds(2) else { return }
        lastProgress = now
        hasPrintedProgress = true
        let speed = progress.picturesPerSecond.map { ", \(NumberFormat.fixed($0, 0)) pictures/s" } ?? ""
        let left = progress.secondsLeft.map { ", \(NumberFormat.duration($0)) left" } ?? ""
        let bad = progress.unreadable > 0 ? ", \(progress.unreadable) unreadable" : ""
        Output.line("encoding \(progress.done)/\(progress.total)\(speed)\(left)\(bad)")
    }

    private func showEpoch(_ record: EpochRecord) {
        let epochs = description?.epochs ?? record.epoch
        let digits = String(epochs).count
        let number = String(repeating: " ", count: max(digits - String(record.epoch).count, 0)) + "\(record.epoch)"
        let validation = record.validation.map { "  \(Self.figures($0))" } ?? ""
        Output.line(
            "epoch \(number)/\(epochs)  train loss \(NumberFormat.fixed(record.trainLoss, 3))\(validation)"
                + "  lr \(NumberFormat.rate(record.learningRate))  \(NumberFormat.fixed(record.seconds, 2)) s")
    }

    private static func figures(_ evaluation: Evaluation) -> String {
        "validation loss \(NumberFormat.fixed(evaluation.loss, 3))  top-1 \(NumberFormat.percent(evaluation.top1)) %"
            + "  top-5 \(NumberFormat.percent(evaluation.top5)) %"
    }
}
