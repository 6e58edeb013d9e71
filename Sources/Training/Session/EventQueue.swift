import Synchronization

/// Events on their way from the session to its viewer. Pushing never blocks on the viewer.
///
/// Batches are the only events that come in floods; when the viewer lags (a terminal that stopped reading), predictions
/// that a newer one of the same picture replaces are dropped, and nothing else.
final class EventQueue: Sendable {
    private struct State {
        var events: [TrainingEvent] = []
        var wake: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    func push(_ event: TrainingEvent) { push([event]) }

    func push(_ events: [TrainingEvent]) {
        let wake: (@Sendable () -> Void)? = state.withLock { state in
            let wasEmpty = state.events.isEmpty
            for event in events {
                if case .prediction(let new) = event, case .prediction(let last) = state.events.last,
                    new.picture == last.picture
                {
                    state.events.removeLast()
                }
                state.events.append(event)
            }
            return wasEmpty ? state.wake : nil
        }
        wake?()
    }

    func drain() -> [TrainingEvent] {
        state.withLock { state in
            defer { state.events.removeAll(keepingCapacity: true) }
            return state.events
        }
    }

    func onEvents(_ wake: @escaping @Sendable () -> Void) {
        let isWaiting = state.withLock { state in
            state.wake = wake
            return !state.events.isEmpty
        }
        if isWaiting { wake() }
    }
}
