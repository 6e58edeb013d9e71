/// The two places where a session and its viewer meet: events flow out, commands flow in.
public protocol TrainingControl: AnyObject, Sendable {
    /// Puts a command into the session's inbox and returns at once. Callable from any thread.
    func send(_ command: TrainingCommand)
    /// All events since the last call, oldest first.
    func drainEvents() -> [TrainingEvent]
    /// Names a function to be called, on any thread, when the first event arrives in an empty queue.
    func onEvents(_ wake: @escaping @Sendable () -> Void)
    /// Why the session would not take a command, in one line; nil if it would.
    func refusal(of command: TrainingCommand) -> String?
    /// What the session knows this viewer by in ``Sender/id``; nil where nothing can be sent.
    var readerID: Int? { get }
    /// Why no further event can come although the run has not ended, in one line; nil while they can.
    var loss: String? { get }
}

extension TrainingControl {
    /// Changes the run.
    public func send(_ control: RunControl) { send(.control(control)) }
    /// Asks once.
    public func send(_ query: ViewerQuery) { send(.query(query)) }
    /// Follows something, or no longer.
    public func send(_ subscription: ViewerSubscription) { send(.subscription(subscription)) }
    /// Nothing can be sent.
    public var readerID: Int? { nil }
    /// A session takes everything.
    public func refusal(of command: TrainingCommand) -> String? { nil }
    /// A session in this process cannot be lost.
    public var loss: String? { nil }
}
