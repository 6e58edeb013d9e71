import ArgumentParser
import Foundation
import Synchronization

/// Lets a command that runs for long end in good order when it is interrupted: what it has done is kept.
final class CommandInterrupt {
    /// What other threads may ask.
    final class Request: Sendable {
        fileprivate let signal = Mutex<Int32?>(nil)

        /// Whether somebody wants the command to end.
        var isMade: Bool { signal.withLock { $0 != nil } }
    }

    /// Whether somebody wants the command to end.
    let request = Request()
    private let watcher: SignalWatcher

    /// Watches for interrupt, termination and hang-up while it lives.
    init() {
        let request = request
        watcher = SignalWatcher([SIGINT, SIGTERM, SIGHUP]) { number in
            request.signal.withLock { $0 = $0 ?? number }
        }
    }

    /// Ends the command with the status that is due, if somebody wants it to end.
    /// - Throws: `ExitCode`.
    func check() throws {
        if let signal = request.signal.withLock({ $0 }) { throw ExitCode(128 + signal) }
    }
}
