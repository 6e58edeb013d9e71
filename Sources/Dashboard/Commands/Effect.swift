import Training

/// What a key or an event asks of the world outside the state.
enum Effect: Sendable, Equatable {
    /// Send something to the session.
    case command(TrainingCommand)
    /// Leave the dashboard.
    case leave
    /// Leave, and let the run go on without this dashboard.
    case detach
    /// Leave because of a second Ctrl-C.
    case interrupted
    /// Stop the process as Ctrl-Z does.
    case suspend
    /// Send the whole screen anew.
    case repaint
    /// Write the list of mistakes into the run's folder.
    case exportMistakes
    /// Change something about stored runs.
    case editRuns(RunsEdit)
    /// Load the next theme.
    case nextTheme
}

extension Effect {
    /// Change the run.
    static func send(_ control: RunControl) -> Effect { .command(.control(control)) }
    /// Ask once.
    static func send(_ query: ViewerQuery) -> Effect { .command(.query(query)) }
    /// Follow something, or no longer.
    static func send(_ subscription: ViewerSubscription) -> Effect { .command(.subscription(subscription)) }
}
