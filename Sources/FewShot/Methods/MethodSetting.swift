import Foundation

/// One setting of a method: its name on the command line, in configuration files and in stored runs, and what it may be.
public struct MethodSetting: Sendable {
    /// The long option's name without dashes.
    public let name: String
    /// What it is, without its default.
    public let help: String
    /// What stands for the value in the help: `x`, `on|off`.
    public let valueName: String
    /// What values it takes.
    public let kind: Kind
    /// The default in words, where it is not a plain value: `searched on validation; 1 without`.
    public let defaultInWords: String?
    /// What giving it says about other settings, as long as they are not given themselves.
    public let implies: MethodSettings

    /// What values a setting takes.
    public enum Kind: Sendable, Equatable {
        /// A number in a range.
        case number(NumberRange)
        /// A whole number in a range.
        case whole(ClosedRange<Int>)
        /// One of these words.
        case choice([String])
        /// `on` or `off`.
        case flag
        /// Different numbers in a range, separated by commas.
        case numbers(NumberRange)
        /// A number in a range, or a word.
        case numberOr(String, NumberRange)
        /// The learning rate of some of the parameters. It is kept as a multiple of the run's learning rate, and follows it.
        case learningRate
    }

    /// Whether it is kept as a multiple of the run's learning rate.
    public var followsLearningRate: Bool { kind == .learningRate }

    /// The value that a text stands for; nil if it stands for none. Ranges are checked by ``validate(_:)``.
    /// - Parameter learningRate: the run's, for a setting that is kept as a multiple of it.
    public func value(_ text: String, learningRate: Double = 1) -> HyperValue? {
        switch kind {
        case .number: return Double(text).map(HyperValue.number)
        case .whole: return Int(text).map { .number(Double($0)) }
        case .choice(let words): return words.contains(text) ? .text(text) : nil
        case .flag: return ["on": .flag(true), "off": .flag(false)][text]
        case .numbers:
            let words = text.split(separator: ",", omittingEmptySubsequences: false)
            let numbers = words.compactMap { Double($0.filter { $0 != " " }) }
            return numbers.count == words.count ? .numbers(numbers) : nil
        case .numberOr(let word, _): return text == word ? .text(word) : Double(text).map(HyperValue.number)
        case .learningRate: return Double(text).map { .number($0 / learningRate) }
        }
    }

    /// A value as the command line writes it.
    /// - Parameter learningRate: the run's, for a setting that is kept as a multiple of it.
    public func text(_ value: HyperValue, learningRate: Double = 1) -> String {
        switch value {
        case .flag(let isOn): isOn ? "on" : "off"
        case .text(let text): text
        case .numbers(let numbers): numbers.map(Self.text).joined(separator: ",")
        case .number(let number): Self.text(kind == .learningRate ? number * learningRate : number)
        }
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e9 ? "\(Int(number))" : "\(number)"
    }

    /// What it takes, for people: `a number from 0 to 1`.
    public var wants: String {
        switch kind {
        case .number(let range): range.text
        case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .choice(let words): words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
        case .flag: "on or off"
        case .numbers(let range): "different numbers \(range.span), separated by commas"
        case .numberOr(let word, let range): "\(range.text), or \(word)"
        case .learningRate: "a positive number"
        }
    }

    /// Looks whether a value makes sense.
    /// - Parameter learningRate: the run's, for a setting that is kept as a multiple of it.
    /// - Throws: ``ConfigurationError``.
    func validate(_ value: HyperValue, learningRate: Double) throws {
        guard accepts(value) else {
            throw ConfigurationError(option: name, value: text(value, learningRate: learningRate), wants: wants)
        }
    }

    private func accepts(_ value: HyperValue) -> Bool {
        switch (kind, value) {
        case (.number(let range), .number(let number)), (.numberOr(_, let range), .number(let number)):
            range.contains(number)
        case (.whole(let range), .number(let number)): Int(exactly: number).map(range.contains) ?? false
        case (.choice(let words), .text(let word)): words.contains(word)
        case (.numberOr(let word, _), .text(let text)): text == word
        case (.flag, .flag): true
        case (.numbers(let range), .numbers(let numbers)):
            !numbers.isEmpty && Set(numbers).count == numbers.count && numbers.allSatisfy(range.contains)
        case (.learningRate, .number(let number)): number > 0 && number.isFinite
        default: false
        }
    }
}

/// Finite numbers between two bounds.
public struct NumberRange: Sendable, Equatable {
    private let lower, upper: Double
    private let hasLower, hasUpper: Bool
    private let example: String

    /// - Parameters:
    ///   - lower: the lower bound.
    ///   - upper: the upper bound; infinite for none.
    ///   - includingLower: whether the lower bound belongs to it.
    ///   - includingUpper: whether the upper bound belongs to it.
    ///   - example: a number that makes sense, for people.
    init(
        _ lower: Double, _ upper: Double = .infinity, includingLower: Bool = true, includingUpper: Bool = true,
        example: String = ""
    ) {
        (self.lower, self.upper) = (lower, upper)
        (hasLower, hasUpper) = (includingLower, includingUpper)
        self.example = example
    }

    /// From 0 to 1.
    static let share = NumberRange(0, 1)
    /// Above 0.
    static func positive(example: String) -> NumberRange { NumberRange(0, includingLower: false, example: example) }

    func contains(_ number: Double) -> Bool {
        number.isFinite && (hasLower ? number >= lower : number > lower)
            && (hasUpper ? number <= upper : number < upper)
    }

    /// `a number from 0 to below 1`
    var text: String {
        let examples = example.isEmpty ? "" : ", e.g. \(example)"
        return (lower == 0 && !hasLower && !upper.isFinite ? "a positive number" : "a number \(span)") + examples
    }

    /// `from 0 to below 1`
    var span: String {
        let start = (hasLower ? "from " : "above ") + Self.text(lower)
        return upper.isFinite ? start + (hasUpper ? " to " : " to below ") + Self.text(upper) : start
    }

    private static func text(_ bound: Double) -> String {
        bound == bound.rounded() ? "\(Int(bound))" : "\(bound)"
    }
}

/// A setting that makes no sense.
public struct ConfigurationError: Error, LocalizedError, Equatable {
    /// The option's long name without dashes.
    public var option: String
    /// What was given.
    public var value: String
    /// What would be right.
    public var wants: String

    /// What is wrong with an option.
    public init(option: String, value: String, wants: String) {
        (self.option, self.value, self.wants) = (option, value, wants)
    }

    /// One readable line.
    public var errorDescription: String? { "--\(option)\(value.isEmpty ? "" : " " + value): wants \(wants)" }
}
