import Training

/// What the commands do where it takes more than a line.
extension DashboardState {
    /// Leaves at once where nothing can be lost, else asks.
    mutating func askBeforeLeaving() -> [Effect] {
        guard !run.isEnded else { return [.leave] }
        // Who only looks leaves nothing behind.
        guard !isReadOnly else { return [.detach] }
        guard run.hasUnsavedWork || isAttached else {
            pendingStop = .leaving(saving: false, afterEpoch: false)
            return [.send(.stop(.now, save: false)), .leave]
        }
        overlay = .question(.quit(self))
        return []
    }

    /// Ctrl-C: closes what is open and asks what shall become of the run, so that a second one saves and leaves. Where nothing
    /// can be lost it ends the program at once, interrupted.
    mutating func interrupt() -> [Effect] {
        overlay = nil
        classify.cancel()
        runs.cancelLine()
        _ = runs.answerRemoval(false)
        guard !run.isEnded, !isReadOnly, !isAttached, !run.hasUnsavedWork else { return askBeforeLeaving() }
        pendingStop = .leaving(saving: false, afterEpoch: false)
        return [.send(.stop(.now, save: false)), .interrupted]
    }

    /// Changes the line that is being typed.
    mutating func edit(_ change: (inout InputLine) -> Void) -> [Effect] {
        guard case .input(var line) = overlay else { return [] }
        change(&line)
        overlay = .input(line)
        return []
    }

    /// Sends the typed value, or says why not and keeps the line open.
    mutating func acceptInput() -> [Effect] {
        guard case .input(var line) = overlay else { return [] }
        switch line.commands(run) {
        case .success(let commands):
            overlay = nil
            return commands.map { .send($0) }
        case .failure(let refusal):
            line.refuse(refusal.reason)
            overlay = .input(line)
            return []
        }
    }

    /// Scrolls the key list.
    mutating func scrollHelp(by lines: Int) -> [Effect] {
        if case .help(let first) = overlay {
            // Not far beyond the end, from where the way back would be as long.
            let last = max(0, HelpOverlay.lines(for: self, .full).count - 8)
            overlay = .help(firstLine: min(last, max(0, first + lines)))
        }
        return []
    }
}
