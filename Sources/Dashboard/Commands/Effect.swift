import Training

/// What a key or an event asks of the world outside the state.
enum Effect: Sendable, Equatable {
    /// Tell the session.
    case send(TrainingCommand)
    /// Leave the dashboard.
    case leave
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

/// The answers to "what shall become of the run?". The first is the harmless one.
enum QuitChoice: Int, Sendable, CaseIterable {
    case cancel, stopAfterEpoch, stopNow, discard

    /// What the dialog writes.
    var title: String {
        switch self {
        case .cancel: "cancel: go on training"
        case .stopAfterEpoch: "stop after this epoch and save"
        case .stopNow: "stop now and save"
        case .discard: "discard what was trained"
        }
    }

    /// The key that takes it at once.
    var key: Key {
        switch self {
        case .cancel: .character("c")
        case .stopAfterEpoch: .character("e")
        case .stopNow: .character("s")
        case .discard: .character("d")
        }
    }
}
