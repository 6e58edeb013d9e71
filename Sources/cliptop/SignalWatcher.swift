import Dispatch
import Foundation
import Synchronization

/// Turns signals into calls while it lives; remembers the first one. A second one, a moment later, ends the process at once,
/// whatever hangs.
final class SignalWatcher {
    /// What batch systems send before the time of a job is up.
    static let checkpointSignals = [SIGUSR1, SIGUSR2]

    /// What the handlers share with the watcher.
    private final class First: Sendable {
        let signal = Mutex<(number: Int32, time: ContinuousClock.Instant)?>(nil)
    }

    /// A signal to the whole process group comes to the worker twice; that is not impatience.
    private static let patience = Duration.milliseconds(500)

    private let first = First()
    private let sources: [any DispatchSourceSignal]

    /// Calls `handler`, on a background queue, for each of `signals`.
    /// - Parameter secondEnds: whether a second signal ends the process.
    init(_ signals: [Int32], secondEnds: Bool = true, handler: @escaping @Sendable (Int32) -> Void) {
        let first = first
        sources = signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
            source.setEventHandler {
                let earlier = first.signal.withLock { signal in
                    defer { signal = signal ?? (number, .now) }
                    return signal?.time
                }
                if secondEnds, let earlier, .now - earlier > Self.patience { _exit(128 + number) }
                handler(number)
            }
            source.resume()
            return source
        }
    }

    deinit { sources.forEach { $0.cancel() } }

    /// The first signal that came.
    var received: Int32? { first.signal.withLock { $0?.number } }
}
