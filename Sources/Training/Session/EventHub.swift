import Synchronization

/// Takes events in, from any thread, without ever waiting.
protocol EventSink: AnyObject, Sendable {
    func push(_ event: TrainingEvent)
    /// Several at once: whoever takes events out finds all of them, or none.
    func push(_ events: [TrainingEvent])
}

extension EventSink {
    func push(_ events: [TrainingEvent]) { events.forEach(push) }
}

extension EventQueue: EventSink {}

/// Every event to every listener: the dashboard, the run store, viewers from other terminals.
final class EventHub: Sendable {
    private let sinks = Mutex<[any EventSink]>([])

    /// Hands an event to everybody who listens now.
    func push(_ event: TrainingEvent) {
        for sink in sinks.withLock({ $0 }) { sink.push(event) }
    }

    /// Hands events that belong together to everybody who listens now.
    func push(_ events: [TrainingEvent]) {
        for sink in sinks.withLock({ $0 }) { sink.push(events) }
    }

    /// A new listener's queue, which gets every event from now on.
    func subscribe() -> EventQueue {
        let queue = EventQueue()
        add(queue)
        return queue
    }

    /// Lets `sink` have every event from now on.
    func add(_ sink: any EventSink) {
        sinks.withLock { $0.append(sink) }
    }

    /// Forgets a listener.
    func remove(_ sink: any EventSink) {
        sinks.withLock { $0.removeAll { $0 === sink } }
    }
}

/// One more viewer of a session, with events and subscriptions of its own and the session's inbox.
final class SessionViewer: TrainingControl {
    private let session: TrainingSession
    private let hub: EventHub
    private let events: EventQueue
    private let number: Subscriptions.Viewer
    private let sender = Sender(.viewer(terminal: nil))

    init(_ session: TrainingSession, _ hub: EventHub) {
        self.session = session
        self.hub = hub
        number = session.newViewer()
        events = hub.subscribe()
    }

    deinit {
        hub.remove(events)
        session.leave(number)
    }

    func send(_ command: TrainingCommand) { session.send(command, from: number, by: sender) }

    var readerID: Int? { sender.id }

    func drainEvents() -> [TrainingEvent] { session.view(events.drain(), of: number) }

    func onEvents(_ wake: @escaping @Sendable () -> Void) { events.onEvents(wake) }
}
