import Training

/// What the commands do where it takes more than a line.
extension DashboardState {
    /// Leaves at once where nothing can be lost, else asks.
    mutating func askBeforeLeaving() -> [Effect] {
        guard !run.isEnded else { return [.leave] }
        guard run.hasUnsavedWork else {
            pendingStop = .leaving(saving: false, afterEpoch: false)
            return [.send(.stop(.now, save: false)), .leave]
        }
        overlay = .quit(.cancel)
        return []
    }

    /// Moves the highlight of the quit dialog, around its ends.
    mutating func moveChoice(by offset: Int) -> [Effect] {
        guard case .quit(let choice) = overlay else { return [] }
        let all = QuitChoice.allCases
        overlay = .quit(all[(choice.rawValue + offset + all.count) % all.count])
        return []
    }

    /// Closes the quit dialog with an answer.
    mutating func take(_ choice: QuitChoice) -> [Effect] {
        overlay = nil
        switch choice {
        case .cancel: return []
        case .stopAfterEpoch:
            pendingStop = .leaving(saving: true, afterEpoch: true)
            // A paused run would never reach the end of its epoch.
            let resume: [Effect] = run.state == .paused ? [.send(.resume)] : []
            return [.send(.stop(.afterEpoch, save: true))] + resume
        case .stopNow:
            pendingStop = .leaving(saving: true, afterEpoch: false)
            return [.send(.stop(.now, save: true))]
        case .discard:
            pendingStop = .leaving(saving: false, afterEpoch: false)
            return [.send(.stop(.now, save: false))]
        }
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
        let command: Result<TrainingCommand, Refusal> =
            switch line.purpose {
            case .learningRate: InputLine.learningRate(line.text).map { .setLearningRate($0) }
            case .moreEpochs: InputLine.moreEpochs(line.text).map { .addEpochs($0) }
            }
        switch command {
        case .success(let command):
            overlay = nil
            return [.send(command)]
        case .failure(let refusal):
            line.refuse(refusal.reason)
            overlay = .input(line)
            return []
        }
    }

    /// Scrolls the key list.
    mutating func scrollHelp(by lines: Int) -> [Effect] {
        if case .help(let first) = overlay { overlay = .help(firstLine: max(0, first + lines)) }
        return []
    }
}
