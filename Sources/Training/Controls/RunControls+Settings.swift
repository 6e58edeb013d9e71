/// What can be set while a run trains, and set back.
extension RunControls {
    mutating func setLearningRate(_ rate: Double, at position: Position, undoing: Bool = false) {
        guard !isRateFixed else {
            return log("this method works out its own step size: the learning rate cannot be changed", level: .warning)
        }
        guard TrainingConfiguration.isUsable(learningRate: rate) else {
            return log("learning rate \(rate) refused: wants a positive number", level: .warning)
        }
        guard rate != learningRate else { return }
        say(
            "\(isScheduled ? "base " : "")learning rate", NumberFormat.rate(learningRate), NumberFormat.rate(rate),
            .learningRate(from: learningRate, to: rate), at: position,
            undoing: undoing ? nil : .learningRate(learningRate))
        learningRate = rate
    }

    mutating func setResidualRatio(_ ratio: Double, at position: Position, undoing: Bool = false) {
        guard let current = residualRatio else {
            return log(
                "the residual ratio cannot be changed: only a clip-adapter with a given ratio has one to set",
                level: .warning)
        }
        guard (0...1).contains(ratio) else {
            return log("residual ratio \(ratio) refused: wants a number from 0 to 1", level: .warning)
        }
        guard ratio != current else { return }
        say(
            "residual ratio", NumberFormat.fixed(current, 3), NumberFormat.fixed(ratio, 3),
            .residualRatio(from: current, to: ratio), at: position, undoing: undoing ? nil : .residualRatio(current))
        residualRatio = ratio
    }

    mutating func setDropout(_ rate: Double, at position: Position, undoing: Bool = false) {
        guard let current = dropout else {
            return log(
                "the dropout cannot be changed: only a clip-adapter on image features has one", level: .warning)
        }
        guard (0..<1).contains(rate) else {
            return log("dropout \(rate) refused: wants a number from 0 to below 1", level: .warning)
        }
        guard rate != current else { return }
        say(
            "dropout", NumberFormat.fixed(current, 3), NumberFormat.fixed(rate, 3), .dropout(from: current, to: rate),
            at: position, undoing: undoing ? nil : .dropout(current))
        dropout = rate
    }

    /// The setting that was changed last, whichever it was, as a new change.
    mutating func undo(at position: Position) {
        switch earlier.popLast() {
        case .learningRate(let rate): setLearningRate(rate, at: position, undoing: true)
        case .residualRatio(let ratio): setResidualRatio(ratio, at: position, undoing: true)
        case .dropout(let rate): setDropout(rate, at: position, undoing: true)
        case nil: log("nothing to undo: everything is as it was at the start")
        }
    }

    /// Tells of a change, records it, and keeps what would undo it.
    private mutating func say(
        _ name: String, _ from: String, _ to: String, _ change: Intervention.Change, at position: Position,
        undoing earlierSetting: Setting?
    ) {
        if let earlierSetting { earlier.append(earlierSetting) }
        log(
            "\(name) \(from) → \(to) after step \(position.step), by you"
                + (earlierSetting == nil ? " (undone)" : " (u undoes it)"))
        record(change, at: position)
    }
}
