import Training

/// A question laid over the screen, with a few answers to choose from.
struct Question: Sendable, Equatable {
    /// What is asked.
    enum Topic: Sendable, Equatable {
        /// How to leave: stop, discard, or keep the run going.
        case quit
        /// The loss is no number any more: how to go on?
        case notANumber
        /// Shall weights and optimiser really go back?
        case restore
    }

    /// What is asked.
    let topic: Topic
    /// What can be answered, from top to bottom.
    let answers: [Answer]
    /// The answer that Enter gives.
    private(set) var chosen: Answer

    private init(_ topic: Topic, _ answers: [Answer], chosen: Answer) {
        (self.topic, self.answers, self.chosen) = (topic, answers, chosen)
    }

    /// The answers to "what shall become of the run?" as things stand; the harmless one comes first.
    static func quit(_ state: DashboardState) -> Question {
        var answers: [Answer] = [.cancel, .stopAfterEpoch, .stopNow, .discard]
        // An epoch with a loss that is no number has no end to wait for.
        if state.run.isHalted { answers.removeAll { $0 == .stopAfterEpoch } }
        if state.isAttached {
            answers.insert(.detach, at: 0)
        } else if state.canDetach {
            answers.insert(.detach, at: answers.count - 1)
        }
        return Question(.quit, answers, chosen: answers[0])
    }

    /// The ways out of a loss that is no number.
    static let notANumber = Question(
        .notANumber, [.restoreLowerRate, .restore, .restoreWithRate, .stopNow, .cancel], chosen: .restoreLowerRate)

    /// The question before weights go back.
    static let restore = Question(.restore, [.cancel, .restore], chosen: .cancel)

    /// Moves the choice, around the ends.
    mutating func move(by offset: Int) {
        let place = answers.firstIndex(of: chosen) ?? 0
        chosen = answers[((place + offset) % answers.count + answers.count) % answers.count]
    }
}

/// What questions can be answered with.
enum Answer: String, Sendable, CaseIterable {
    case cancel, stopAfterEpoch, stopNow, detach, discard, restoreLowerRate, restore, restoreWithRate

    /// The key that gives it at once.
    var key: Key {
        switch self {
        case .cancel: .character("c")
        case .stopAfterEpoch: .character("e")
        case .stopNow: .character("s")
        case .detach: .character("l")
        case .discard: .character("d")
        case .restoreLowerRate: .character("h")
        case .restore: .character("r")
        case .restoreWithRate: .character("t")
        }
    }

    /// The command that gives it.
    var command: DashboardCommand.ID {
        switch self {
        case .cancel: .takeCancel
        case .stopAfterEpoch: .takeStopAfterEpoch
        case .stopNow: .takeStopNow
        case .detach: .takeDetach
        case .discard: .takeDiscard
        case .restoreLowerRate: .takeRestoreLowerRate
        case .restore: .takeRestore
        case .restoreWithRate: .takeRestoreWithRate
        }
    }

    /// What the dialog writes.
    func title(_ topic: Question.Topic, _ state: DashboardState) -> String {
        switch (self, topic) {
        case (.cancel, .quit):
            state.isAttached
                ? "cancel: keep watching" : state.run.state == .paused ? "cancel: stay paused" : "cancel: keep training"
        case (.cancel, .notANumber): "not now: look at the curves first"
        case (.cancel, .restore): "no: leave everything as it is"
        case (.stopAfterEpoch, _): "stop after this epoch and save"
        case (.stopNow, .notANumber): "end the run here; save the last good epoch"
        case (.stopNow, _): "stop now and save"
        case (.detach, _): state.isAttached ? "leave it running" : "detach: keep it running in the background"
        case (.discard, _): "discard what was trained"
        case (.restoreLowerRate, _):
            "restore the last good checkpoint, rate " + (state.run.recoveryRate.map(NumberFormat.rate) ?? "halved")
        case (.restore, .restore): "yes: restore it"
        case (.restore, _): "restore it, keep the rate"
        case (.restoreWithRate, _): "restore it, type a rate"
        }
    }

    /// The same in a word or two, for narrow screens.
    func shortTitle(_ topic: Question.Topic) -> String {
        switch (self, topic) {
        case (.cancel, .notANumber): "look first"
        case (.cancel, _): "cancel"
        case (.stopAfterEpoch, _): "after epoch"
        case (.stopNow, .notANumber): "end, save"
        case (.stopNow, _): "save"
        case (.detach, _): "let it run"
        case (.discard, _): "discard"
        case (.restoreLowerRate, _): "restore, lower rate"
        case (.restore, _): "restore"
        case (.restoreWithRate, _): "restore, type rate"
        }
    }
}

extension DashboardState {
    /// Moves the highlight of the question.
    mutating func moveChoice(by offset: Int) -> [Effect] {
        guard case .question(var question) = overlay else { return [] }
        question.move(by: offset)
        overlay = .question(question)
        return []
    }

    /// Whether the question on the screen can be answered so.
    func canAnswer(_ answer: Answer) -> Bool {
        if case .question(let question) = overlay { question.answers.contains(answer) } else { false }
    }

    /// Closes the question with an answer.
    mutating func take(_ answer: Answer) -> [Effect] {
        guard case .question(let question) = overlay, question.answers.contains(answer) else { return [] }
        overlay = nil
        switch answer {
        case .cancel: return []
        case .stopAfterEpoch:
            pendingStop = .leaving(saving: true, afterEpoch: true)
            // A paused run would never reach the end of its epoch.
            let resume: [Effect] = run.state == .paused ? [.send(.resume)] : []
            return [.send(.stop(.afterEpoch, save: true))] + resume
        case .stopNow:
            // After NaN it is the run that ends, not the dashboard: its results are still to be seen.
            if question.topic == .quit { pendingStop = .leaving(saving: true, afterEpoch: false) }
            return [.send(.stop(.now, save: true))]
        case .detach: return [.detach]
        case .discard:
            pendingStop = .leaving(saving: false, afterEpoch: false)
            return [.send(.stop(.now, save: false))]
        case .restoreLowerRate: return [.send(.restoreCheckpoint(learningRate: run.recoveryRate))]
        case .restore: return [.send(.restoreCheckpoint(learningRate: nil))]
        case .restoreWithRate:
            overlay = .input(InputLine(.restoringRate))
            return []
        }
    }

    /// Ctrl-C at a question: the second one in a row leaves, and keeps what was learned.
    mutating func interruptQuestion() -> [Effect] {
        guard case .question(let question) = overlay else { return [] }
        overlay = nil
        guard question.topic == .quit else { return askBeforeLeaving() }
        // Somebody else's run is not ended by a viewer's haste.
        guard !isAttached else { return [.detach] }
        pendingStop = .leaving(saving: true, afterEpoch: false)
        return [.send(.stop(.now, save: true)), .interrupted]
    }
}
