import Foundation

/// A line of text the user is typing, for one value.
struct InputLine: Sendable, Equatable {
    /// What the value is for.
    enum Purpose: Sendable, Equatable { case learningRate, moreEpochs }

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
        }
    }

    /// What the value looks like.
    var example: String {
        switch purpose {
        case .learningRate: "0.003 or 3e-3"
        case .moreEpochs: "10, or -5 for fewer"
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
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        guard !trimmed.isEmpty else { return .failure(Refusal("type a number, e.g. 0.003 or 3e-3")) }
        if trimmed.contains(",") { return .failure(Refusal("write the decimals with a point: 0.003")) }
        // `Double` would also take "nan", "infinity" and hexadecimal.
        guard trimmed.allSatisfy({ "0123456789.eE+-".contains($0) }), let value = Double(trimmed) else {
            return .failure(Refusal("'\(trimmed)' is not a number; write 0.003 or 3e-3"))
        }
        guard value.isFinite, value > 0 else {
            return .failure(Refusal("a learning rate is greater than 0"))
        }
        return .success(value)
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
