import FewShot
import Foundation
import Training

/// A line of text the user is typing, for one value.
struct InputLine: Sendable, Equatable {
    /// What the value is for.
    enum Purpose: Sendable, Equatable {
        /// The live setting of this name.
        case setting(String)
        /// A live setting whose name is typed before its value.
        case anySetting
        case moreEpochs, runEpochs
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
        case .setting(let name): LiveSetting.named(name).title
        case .anySetting: "set"
        case .moreEpochs: "more epochs"
        case .runEpochs: "run epochs"
        case .restoringRate: "restore, learning rate"
        }
    }

    /// What the value is now, and what one looks like.
    func hint(_ run: RunModel) -> String {
        switch purpose {
        case .setting(let name): Self.hint(.named(name), run)
        case .restoringRate: Self.hint(.learningRate, run)
        case .anySetting:
            run.liveSettings.map { "\($0.name) \($0.text(run.settings[$0.name] ?? 0))" }.joined(separator: ", ")
        case .moreEpochs: "10, or -5 for fewer"
        case .runEpochs: "5: five more, then it pauses"
        }
    }

    private static func hint(_ setting: LiveSetting, _ run: RunModel) -> String {
        let value = setting == .learningRate ? run.currentLearningRate : run.settings[setting.name]
        return (value.map { "now \(setting.text($0)); " } ?? "") + "\(setting.bounds.text), e.g. \(example(setting))"
    }

    private static func example(_ setting: LiveSetting) -> String {
        switch setting.format {
        case .scientific: "0.003 or 3e-3"
        case .share: "0.4"
        }
    }

    /// What the text asks of the session, or why it asks nothing.
    func commands(_ run: RunModel) -> Result<[RunControl], Refusal> {
        switch purpose {
        case .setting(let name): Self.value(text, of: .named(name)).map { [.set(name, $0)] }
        case .anySetting: Self.assignment(text, run)
        case .restoringRate: Self.value(text, of: .learningRate).map { [.restoreCheckpoint(learningRate: $0)] }
        case .moreEpochs: Self.moreEpochs(text).map { [.addEpochs($0)] }
        case .runEpochs: Self.runEpochs(text).map { [.runEpochs($0)] }
        }
    }

    /// Adds a character; the line has room for 40.
    mutating func insert(_ character: Character) {
        complaint = nil
        if text.count < 40 { text.append(character) }
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

    /// The text as a value of a live setting, or why it is none.
    static func value(_ text: String, of setting: LiveSetting) -> Result<Double, Refusal> {
        number(text, examples: example(setting)).flatMap { value in
            setting.refusal(of: value).map { .failure(Refusal($0)) } ?? .success(value)
        }
    }

    /// `ratio 0.4` or `ratio=0.4`, for the settings that the run has.
    private static func assignment(_ text: String, _ run: RunModel) -> Result<[RunControl], Refusal> {
        let words = text.split(maxSplits: 1) { $0 == " " || $0 == "=" }.map(String.init)
        guard let setting = run.liveSettings.first(where: { $0.name == words.first }) else {
            let names = run.liveSettings.map(\.name).joined(separator: ", ")
            return .failure(Refusal("write a name and a value; this run has \(names)"))
        }
        return value(words.count > 1 ? words[1] : "", of: setting).map { [.set(setting.name, $0)] }
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
