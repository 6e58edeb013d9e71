import Dispatch
import Synchronization

/// Commands on their way to the session, and the one place where the session waits: for a command, for a view to be
/// encoded, or for time to go by.
final class CommandInbox: Sendable {
    private struct State {
        var controls: [(RunControl, Sender?)] = []
        var queries: [ViewerQuery] = []
        var subscriptions: [ViewerSubscription] = []
        var notes: [Intervention.Change] = []
        var inspected: [Int] = []
        var isSignalled = false
        var wantsStop = false
        var processIsEnding = false
        var arrival: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let arrived = DispatchSemaphore(value: 0)

    func send(_ control: RunControl, by sender: Sender? = nil) {
        state.withLock { state in
            state.controls.append((control, sender))
            if case .stop = control { state.wantsStop = true }
        }
        signal()
    }

    func send(_ query: ViewerQuery) {
        state.withLock { $0.queries.append(query) }
        signal()
    }

    func send(_ subscription: ViewerSubscription) {
        state.withLock { $0.subscriptions.append(subscription) }
        signal()
    }

    /// All controls since the last call, oldest first, with who sent them.
    func takeControls() -> [(RunControl, Sender?)] {
        state.withLock { state in
            defer { state.controls.removeAll() }
            return state.controls
        }
    }

    /// All queries since the last call, oldest first.
    func takeQueries() -> [ViewerQuery] {
        state.withLock { state in
            defer { state.queries.removeAll() }
            return state.queries
        }
    }

    /// All subscriptions since the last call, oldest first.
    func takeSubscriptions() -> [ViewerSubscription] {
        state.withLock { state in
            defer { state.subscriptions.removeAll() }
            return state.subscriptions
        }
    }

    /// Leaves word of something that happened around the run and changes nothing in it.
    func note(_ change: Intervention.Change) {
        state.withLock { $0.notes.append(change) }
        signal()
    }

    /// All notes since the last call, oldest first.
    func takeNotes() -> [Intervention.Change] {
        state.withLock { state in
            defer { state.notes = [] }
            return state.notes
        }
    }

    /// The pictures whose answers somebody wants after every batch.
    var inspected: [Int] {
        get { state.withLock(\.inspected) }
        set { state.withLock { $0.inspected = newValue } }
    }

    /// Whether anybody has asked for the end; long work before the first batch looks at it.
    var wantsStop: Bool { state.withLock(\.wantsStop) }

    /// Says that the process was told to end, or that its terminal has gone away.
    func noteSignal() {
        state.withLock { $0.processIsEnding = true }
        signal()
    }

    /// Whether that was said since the last call.
    func takeSignal() -> Bool {
        state.withLock { state in
            defer { state.processIsEnding = false }
            return state.processIsEnding
        }
    }

    /// Makes ``wait(upTo:)`` return, now or the next time it is called; calls what ``onArrival(_:)`` has named.
    func signal() {
        let (isNews, arrival) = state.withLock { state in
            defer { state.isSignalled = true }
            return (!state.isSignalled, state.arrival)
        }
        if isNews { arrived.signal() }
        arrival?()
    }

    /// Names a function to be called, on any thread, for everything that arrives when nobody waits any more; it is called
    /// at once for what arrived before.
    func onArrival(_ call: @escaping @Sendable () -> Void) {
        state.withLock { $0.arrival = call }
        call()
    }

    /// Waits for ``signal()``, or until so many seconds have gone by. A clock that somebody sets makes no difference.
    func wait(upTo seconds: Double? = nil) {
        if let seconds {
            guard arrived.wait(timeout: .now() + seconds) == .success else { return }
        } else {
            arrived.wait()
        }
        state.withLock { $0.isSignalled = false }
    }
}
