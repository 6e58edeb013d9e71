import Foundation
import Synchronization
import Training

/// A session's stand-in: it plays a scripted run on a thread of its own and obeys commands as a session does.
final class ScriptedControl: TrainingControl {
    struct Inbox {
        var commands: [TrainingCommand] = []
        var events: [TrainingEvent] = []
        var wake: (@Sendable () -> Void)?
        var hasBegun = false
    }

    let inbox = Mutex(Inbox())
    private let received = Mutex<[TrainingCommand]>([])
    private let run: ScriptedRun
    private let isQuick: Bool
    private let refuses: String?
    let loss: String?

    /// - Parameters:
    ///   - isQuick: Whether to leave out the waiting that a real session's work is.
    ///   - refuses: Why it takes no steering; nil if it does.
    ///   - loss: Why nothing more comes from it; nil if it does.
    init(_ run: ScriptedRun, isQuick: Bool, refuses: String? = nil, loss: String? = nil) {
        (self.refuses, self.loss) = (refuses, loss)
        self.run = run
        self.isQuick = isQuick
    }

    /// Every command that was sent.
    var commands: [TrainingCommand] { received.withLock { $0 } }

    func send(_ command: TrainingCommand) {
        received.withLock { $0.append(command) }
        let hasBegun = inbox.withLock { inbox in
            inbox.commands.append(command)
            return inbox.hasBegun
        }
        // A session that has not begun has nothing to finish.
        if !hasBegun, case .control(.stop) = command { emit(.finished(RunResult(state: .stopped(saved: false)))) }
    }

    func refusal(of command: TrainingCommand) -> String? { if case .control = command { refuses } else { nil } }

    func drainEvents() -> [TrainingEvent] {
        inbox.withLock { inbox in
            defer { inbox.events = [] }
            return inbox.events
        }
    }

    func onEvents(_ wake: @escaping @Sendable () -> Void) { inbox.withLock { $0.wake = wake } }

    func emit(_ events: TrainingEvent...) {
        let wake = inbox.withLock { inbox -> (@Sendable () -> Void)? in
            let wasEmpty = inbox.events.isEmpty
            inbox.events += events
            return wasEmpty ? inbox.wake : nil
        }
        wake?()
    }

    /// Begins to play.
    func start() {
        inbox.withLock { $0.hasBegun = true }
        Thread.detachNewThread { [self] in play() }
    }

    func sleep(_ seconds: Double) { Thread.sleep(forTimeInterval: isQuick ? 0.001 : seconds) }

    private func play() {
        emit(.phase(.loadingModel), .log(LogEntry("demo-clip: EfficientNet-Lite0, 512 dimensions, 13.2 M parameters")))
        sleep(0.6)
        emit(.phase(.readingData))
        sleep(0.2)
        emit(.prepared(run.description, pictures: run.pictures), .phase(.encoding))
        let total = run.pictures.count
        for done in stride(from: 0, through: total, by: 16) {
            emit(
                .encoding(
                    EncodingProgress(
                        done: done, total: total, picturesPerSecond: done > 0 ? 164 : nil,
                        secondsLeft: done > 0 ? Double(total - done) / 164 : nil)))
            sleep(0.1)
        }
        emit(
            .encoding(EncodingProgress(done: total, total: total, picturesPerSecond: 164, secondsLeft: 0)),
            .log(LogEntry("encoded \(total) pictures in 2.1 s, 164/s; 0 from the cache, 0 unreadable")),
            .phase(.zeroShot))
        sleep(0.2)
        emit(
            .zeroShot(validation: run.zeroShot),
            .log(LogEntry("zero-shot on 64 validation pictures: top-1 70.3 %, top-5 95.3 %, loss 0.98")),
            .phase(.training))
        var player = ScriptedPlayer(control: self, run: run)
        player.train()
    }
}
