import Training

/// A question and its answers over the screen; one line where there is no room for a box.
enum QuestionDialog {
    /// Draws the question.
    static func draw(_ question: Question, _ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let area = canvas.bounds
        let width = min(question.topic == .quit ? 50 : 64, area.width)
        let facts = facts(question.topic, state).flatMap { LogPane.wrap($0, width: width - 4, most: 3, glyphs) }
        let needed = facts.count + question.answers.count + 2
        guard area.height >= needed, area.width >= 30 else {
            return drawLine(question, glyphs, into: &canvas)
        }
        // Above and below the answers, while there is room.
        let hasBlanks = area.height >= needed + 2
        let style: Style = .role(question.topic == .notANumber ? .bad : .warning)
        canvas.dialog(
            width: width, height: needed + (hasBlanks ? 2 : 0), title: title(question.topic),
            foot: glyphs.isASCII ? "up/down, enter, esc" : "↑↓ enter esc", glyphs
        ) { inner in
            for (row, fact) in facts.enumerated() { inner.text(fact, x: 0, y: row, style) }
            for (index, answer) in question.answers.enumerated() {
                draw(
                    answer, of: question, state, y: facts.count + (hasBlanks ? 1 : 0) + index, glyphs, into: &inner)
            }
        }
    }

    private static func draw(
        _ answer: Answer, of question: Question, _ state: DashboardState, y: Int, _ glyphs: Glyphs,
        into canvas: inout Canvas
    ) {
        let width = canvas.bounds.width
        let isChosen = answer == question.chosen
        let style = isChosen ? Style(.role(.title), on: .role(.selection), .bold) : Style(.role(.text))
        canvas.text(glyphs.pad("", width), x: 0, y: y, style)
        if isChosen { canvas.put(glyphs.winner, x: 0, y: y, style) }
        let title = answer.title(question.topic, state)
        let shown = DisplayWidth.of(title) > width - 5 ? answer.shortTitle(question.topic) : title
        canvas.text(glyphs.fit(shown, width - 5), x: 2, y: y, style)
        var keyStyle = style
        if !isChosen { keyStyle.foreground = .role(.accent) }
        canvas.text(answer.key.label(glyphs), endingAt: width - 1, y: y, keyStyle)
        canvas.hotSpot(Rect(x: 0, y: y, width: width, height: 1), answer.command)
    }

    private static func drawLine(_ question: Question, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let area = canvas.bounds
        let y = area.height - 1
        canvas.cover()
        canvas.fill(Rect(x: 0, y: y, width: area.width, height: 1))
        let answers = question.answers.map { "\($0.key.label(glyphs)) \($0.shortTitle(question.topic))" }
        let text = title(question.topic) + " " + answers.joined(separator: ", ")
        canvas.text(
            glyphs.fit(text, area.width), x: 0, y: y,
            .role(question.topic == .notANumber ? .bad : .warning, .bold))
    }

    private static func title(_ topic: Question.Topic) -> String {
        switch topic {
        case .quit: "quit?"
        case .notANumber: "loss is NaN: what now?"
        case .restore: "restore?"
        case .discard: "discard for good?"
        }
    }

    /// What the answer depends on.
    private static func facts(_ topic: Question.Topic, _ state: DashboardState) -> [String] {
        let run = state.run
        switch topic {
        case .quit:
            let word = run.isHalted ? "the loss is not a number" : run.state == .paused ? "paused" : "training"
            let saved =
                run.lastCheckpoint.flatMap { $0.file == nil ? nil : "last checkpoint: step \($0.step)" }
                ?? "nothing is saved yet"
            return ["\(word), epoch \(run.epoch) of \(run.plannedEpochs); \(saved)"]
        case .notANumber:
            let good = run.epochsDone == 0 ? "those of the start" : "those of epoch \(Format.count(run.epochsDone))"
            return run.haltText.map { [$0, "the last good weights are \(good)"] } ?? []
        case .discard:
            return ["what \(Format.count(run.epochsDone)) epochs have trained is not saved, and cannot be brought back"]
        case .restore:
            let place = run.epochsDone == 0 ? "the start" : "the end of epoch \(Format.count(run.epochsDone))"
            return ["weights and optimiser go back to \(place); all settings stay, steps and epochs count on"]
        }
    }
}

extension RunModel {
    /// Whether it waits for an answer because its loss is no number.
    var isHalted: Bool { if case .halted = state { true } else { false } }

    /// What there is to know about a loss that is no number; nil while it is one.
    var haltText: String? {
        guard case .halted(_, let rate, let lastFinite, _, _) = state, let loss = state.divergedLoss else { return nil }
        let last = lastFinite.map { "last finite loss " + Format.loss($0) } ?? "no loss was finite"
        return
            "\(loss) is not a number, learning rate \(NumberFormat.rate(rate)); \(last)"
    }
}
