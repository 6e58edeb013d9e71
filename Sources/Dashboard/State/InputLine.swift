import Foundation
import Training

/// A line of text the user is typing, for one value.
struct InputLine: Sendable, Equatable {
    /// What the value is for.
    enum Purpose: Sendable, Equatable {
        case learningRate, moreEpochs, runEpochs, residualRatio, dropout
        /// The rate to go on with from the last good checkpoint.
        case restoringRate
    }

    /// What is asked.
    let purpose: Purpose
    /// What was typed so far.
    private(set) var text = ""
    /// Why it was not taken, in one line.
    private(set) var complaint: String?

    /// An empty line.
    init(_ purpose: Purpose) { self.purpose = purpose }

    /// What stands before the text.
    var prompt: String {
        switch purpose {
        case .learningRate: "learning rate"
        case .moreEpochs: "more epochs"
        case .runEpochs: "run epochs"
        case .residualRatio: "residual ratio"
        case .dropout: "dropout"
        case .restoringRate: "restore, learning rate"
        }
    }

    /// What the value is now, and what one looks like.
    func hint(_ run: RunModel) -> String {
        func now(_ value: Double?, _ setting: RunSettings.Setting) -> String {
            value.map { "now \(setting.text($0)); " } ?? ""
        }
        return switch purpose {
        case .learningRate: now(run.currentLearningRate, .learningRate) + "0.003 or 3e-3"
        case .restoringRate: now(run.currentLearningRate, .learningRate) + "0.003 or 3e-3"
        case .moreEpochs: "10, or -5 for fewer"
        case .runEpochs: "5: five more, then it pauses"
        case .residualRatio: now(run.settings.residualRatio, .residualRatio) + "0 to 1, 0 is zero-shot"
        case .dropout: now(run.settings.dropout, .dropout) + "from 0 to below 1"
        }
    }

    /// What the text asks of the session, or why it asks nothing.
    var commands: Result<[TrainingCommand], Refusal> {
        switch purpose {
        case .learningRate: Self.learningRate(text).map { [.setLearningRate($0)] }
        case .restoringRate:
            Self.learningRate(text).map { [.setLearningRate($0), .restoreCheckpoint(scalingLearningRateBy: 1)] }
        case .moreEpochs: Self.moreEpochs(text).map { [.addEpochs($0)] }
        case .runEpochs: Self.runEpochs(text).map { [.runEpochs($0)] }
        case .residualRatio: Self.residualRatio(text).map { [.setResidualRatio($0)] }
        case .dropout: Self.dropout(text).map { [.setDropout($0)] }
        }
    }

    /// Adds a character; the line has room for 24.
    mutating func insert(_ character: Character) {
        complaint = nil
        if text.count < 24 { text.append(character) }
    }

    /// Takes the last character away.
    mutating func deleteBackward() {
        complaint = nil
        if !text.isEmpty { text.removeLast() }
    }

    /// Takes all characters away.
    mutating func clear() {
        complaint = nil
        text = ""
    }

    /// Keeps the line open and says why.
    mutating func refuse(_ complaint: String) { self.complaint = complaint }

    /// The text as a learning rate, or why it is none.
    static func learningRate(_ text: String) -> Result<Double, Refusal> {
        number(text, examples: "0.003 or 3e-3").flatMap { value in
            value > 0 ? .success(value) : .failure(Refusal("a learning rate is greater than 0"))
        }
    }

    /// The text as a residual ratio, or why it is none.
    static func residualRatio(_ text: String) -> Result<Double, Refusal> {
        number(text, examples: "0.4").flatMap { value in
            (0...1).contains(value) ? .success(value) : .failure(Refusal("a residual ratio is from 0 to 1"))
        }
    }

    /// The text as a dropout, or why it is none.
    static func dropout(_ text: String) -> Result<Double, Refusal> {
        number(text, examples: "0.2").flatMap { value in
            value >= 0 && value < 1 ? .success(value) : .failure(Refusal("a dropout is from 0 to below 1"))
        }
    }

    private static func number(_ text: String, examples: String) -> Result<Double, Refusal> {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        guard !trimmed.isEmpty else { return .failure(Refusal("type a number, e.g. \(examples)")) }
        if trimmed.contains(",") { return .failure(Refusal("write the decimals with a point: \(examples)")) }
        // `Double` would also take "nan", "infinity" and hexadecimal.
        guard trimmed.allSatisfy({ "0123456789.eE+-".contains($0) }), let value = Double(trimmed) else {
            return .failure(Refusal("'\(trimmed)' is not a number; write \(examples)"))
        }
        return value.isFinite ? .success(value) : .failure(Refusal("'\(trimmed)' is too large"))
    }

    /// The text as a number of epochs to train, or why it is none.
    static func runEpochs(_ text: String) -> Result<Int, Refusal> {
        moreEpochs(text).flatMap { $0 > 0 ? .success($0) : .failure(Refusal("write 1 or more epochs")) }
    }

    /// The text as a number of epochs to add, or why it is none.
    static func moreEpochs(_ text: String) -> Result<Int, Refusal> {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        guard !trimmed.isEmpty else { return .failure(Refusal("type a whole number, e.g. 10 or -5")) }
        guard let value = Int(trimmed), value != 0 else {
            return .failure(Refusal("'\(trimmed)' is not a whole number of epochs; write 10 or -5"))
        }
        guard abs(value) <= 1_000_000 else { return .failure(Refusal("at most a million epochs at a time")) }
        return .success(value)
    }
}

/// Why an input was not taken.
struct Refusal: Error, Equatable {
    /// One line.
    let reason: String
    /// A refusal.
    init(_ reason: String) { self.reason = reason }
}
