import Training

/// How the dashboard was left.
public struct DashboardOutcome: Sendable {
    /// Why it was left.
    public enum Ending: Sendable, Equatable {
        /// The run had ended by itself, and the user left.
        case finished
        /// The user ended the run; what was trained was saved, or there was nothing to save.
        case stopped
        /// The user threw the run away.
        case discarded
        /// The user left, and the run goes on without this dashboard.
        case detached
        /// The process that trains the run went away, or let go of this viewer; the text says why.
        case lost(String)
        /// A signal ended it (2 for a second Ctrl-C); what was trained was saved.
        case signal(Int32)
    }

    /// Why it was left.
    public var ending: Ending
    /// The run; nil if it left before the data had been read.
    public var run: RunDescription?
    /// What the session said last; nil if it did not answer in time.
    public var result: RunResult?
    /// The state of the run.
    public var state: RunState
    /// The last lines that were written to standard error meanwhile; they belong on the normal screen now.
    public var standardError: [String]

    /// The exit status that belongs to it: 0 done, 1 the work failed, 128 and the signal's number.
    public var exitStatus: Int32 {
        if case .signal(let number) = ending { return 128 + number }
        if case .lost = ending { return 1 }
        switch state {
        case .failed, .diverged, .halted: return 1
        case .running, .paused, .done, .stopped: return 0
        }
    }
}
