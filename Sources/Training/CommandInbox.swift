import Foundation
import Synchronization

/// Commands on their way to the session, and the one place where the session waits: for a command, for a view to be
/// encoded, or for the clock.
final class CommandInbox: Sendable {
    private struct State {
        var commands: [TrainingCommand] = []
        var notes: [Intervention.Change] = []
        var inspected: [Int] = []
        var isSignalled = false
        var wantsStop = false
    }

    private let state = Mutex(State())
    private let condition = NSCondition()

    func send(_ command: TrainingCommand) {
        state.withLock { state in
            state.commands.append(command)
            if case .stop = command { state.wantsStop = true }
        }
        signal()
    }

    /// All commands since the last call, oldest first.
    func take() -> [TrainingCommand] {
        state.withLock { state in
            defer { state.commands.removeAll() }
            return state.commands
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

    /// Makes ``wait(until:)`` return, now or the next time it is called.
    func signal() {
        condition.lock()
        state.withLock { $0.isSignalled = true }
        condition.signal()
        condition.unlock()
    }

    /// Waits for ``signal()`` or the deadline.
    func wait(until deadline: Date? = nil) {
        condition.lock()
        defer { condition.unlock() }
        while !state.withLock(\.isSignalled) {
            if let deadline {
                if !condition.wait(until: deadline) { break }
            } else {
                condition.wait()
            }
        }
        state.withLock { $0.isSignalled = false }
    }
}
