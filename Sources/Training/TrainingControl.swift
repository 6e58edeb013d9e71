/// The two places where a session and its viewer meet: events flow out, commands flow in.
public protocol TrainingControl: AnyObject, Sendable {
    /// Puts a command into the session's inbox and returns at once. Callable from any thread.
    func send(_ command: TrainingCommand)
    /// All events since the last call, oldest first.
    func drainEvents() -> [TrainingEvent]
    /// Names a function to be called, on any thread, when the first event arrives in an empty queue.
    func onEvents(_ wake: @escaping @Sendable () -> Void)
}
