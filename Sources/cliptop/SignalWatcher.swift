import Dispatch
import Foundation
import Synchronization

/// Turns signals into calls while it lives; remembers the first one.
final class SignalWatcher {
    /// What the handlers share with the watcher.
    private final class First: Sendable {
        let number = Mutex<Int32?>(nil)
    }

    private let first = First()
    private let sources: [any DispatchSourceSignal]

    /// Calls `handler`, on a background queue, for each of `signals`.
    init(_ signals: [Int32], handler: @escaping @Sendable (Int32) -> Void) {
        let first = first
        sources = signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
            source.setEventHandler {
                first.number.withLock { $0 = $0 ?? number }
                handler(number)
            }
            source.resume()
            return source
        }
    }

    deinit { sources.forEach { $0.cancel() } }

    /// The first signal that came.
    var received: Int32? { first.number.withLock { $0 } }
}
