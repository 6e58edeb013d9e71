import Dispatch
import Foundation
import Synchronization
import Training

/// Follows a session in plain lines, for pipes, logs and batch systems: one line an epoch.
final class PlainPrinter {
    /// What happens to the session around its lines.
    private enum Role {
        /// It is this process's: begun here, or before its terminal went away.
        case own(TrainingSession, isBegun: Bool)
        /// It is another process's, and goes on whatever becomes of the lines.
        case other
    }

    private let control: any TrainingControl
    private let role: Role
    private var description: RunDescription?
    private var progress = ProgressLine(log: STDOUT_FILENO)
    /// Called with the run as soon as it has begun, once it is known to.
    private var hasBegun: ((RunDescription) -> Void)?
    /// Whether the terminal has gone, or was let go.
    private var isHeadless = false

    /// A printer for a session that has not begun.
    /// - Parameter begun: called when the run has begun, to let it go on in the background.
    init(_ session: TrainingSession, lettingGoWhenBegun begun: ((RunDescription) -> Void)? = nil) {
        (control, role, hasBegun) = (session, .own(session, isBegun: false), begun)
    }

    /// A printer for a session that had a dashboard until its terminal was let go.
    init(_ session: TrainingSession, goingOnWith run: RunDescription?) {
        (control, role, description) = (session, .own(session, isBegun: true), run)
        isHeadless = true
    }

    /// A printer for a session of another process.
    init(following control: any TrainingControl) { (self.control, role) = (control, .other) }

    /// What a terminal is told that is let go.
    static func farewell(_ run: RunDescription) -> String {
        "run \(run.runID) goes on without this terminal; 'cliptop attach \(run.runID)' shows it"
    }

    /// Follows the session to its end, or to that of the connection.
    func run() -> Ending {
        let hasEvents = DispatchSemaphore(value: 0)
        control.onEvents { hasEvents.signal() }
        let hangUp = Flag()
        let signals = watchSignals {
            hangUp.raise(); hasEvents.signal()
        }
        if case .own(let session, false) = role { session.start() }
        while true {
            hasEvents.wait()
            if hangUp.take() { letGo() }
            for event in control.drainEvents() {
                show(event)
                if case .finished(let result) = event {
                    return Ending(result: result, signal: signals.received, isReported: true)
                }
            }
            if let loss = control.loss { return Ending(loss: loss) }
            if case .other = role, let signal = signals.received { return Ending(signal: signal) }
        }
    }

    /// An interrupted run keeps what it has learned; one whose terminal goes away goes on.
    private func watchSignals(onHangUp: @escaping @Sendable () -> Void) -> SignalWatcher {
        guard case .own(let session, _) = role else {
            return SignalWatcher([SIGINT, SIGTERM, SIGHUP]) { _ in onHangUp() }
        }
        if !isHeadless, !Foreground.ignoresHangUp {
            hangUps = SignalWatcher([SIGHUP], secondEnds: false) { _ in onHangUp() }
        }
        checkpointRequests = SignalWatcher(SignalWatcher.checkpointSignals, secondEnds: false) { _ in
            session.send(.checkpoint)
        }
        return SignalWatcher([SIGINT, SIGTERM]) { _ in
            session.keepCheckpointForSignal()
            session.send(.stop(.now, save: true))
        }
    }

    private var hangUps, checkpointRequests: SignalWatcher?

    /// The terminal has gone.
    private func letGo() {
        guard case .own(let session, _) = role, !isHeadless else { return }
        isHeadless = true
        Foreground.letGo(folder: description?.folder)
        progress = ProgressLine(log: STDOUT_FILENO)
        session.noteDetached()
    }

    private func begin(_ run: RunDescription) {
        description = run
        // What was let go before there was a folder has written nowhere so far.
        if isHeadless { Foreground.letGo(folder: run.folder) }
        guard let hasBegun, !isHeadless else { return }
        isHeadless = true
        progress.end()
        hasBegun(run)
        progress = ProgressLine(log: STDOUT_FILENO)
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
            begin(description)
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
                case .info: Output.line(entry.text(readBy: control.readerID))
                case .warning: printError("warning: \(entry.text(readBy: control.readerID))")
                case .error: printError(entry.text(readBy: control.readerID))
                }
            }
        case .intervention(let intervention):
            if case .epochs(_, let epochs) = intervention.change { description?.epochs = epochs }
        case .prediction, .answers, .classified, .ratios, .probes, .checkpoint, .state, .finished: break
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

/// Something that a signal's handler says and the main thread hears.
private final class Flag: Sendable {
    private let isRaised = Mutex(false)

    func raise() { isRaised.withLock { $0 = true } }

    /// Whether it was raised since the last call.
    func take() -> Bool {
        isRaised.withLock { isRaised in
            defer { isRaised = false }
            return isRaised
        }
    }
}
