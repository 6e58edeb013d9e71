import Foundation

/// Which runs are listed: `top1>0.8 method:clip-adapter tag:good name:foo* -state:failed`. All terms have to hold.
public struct RunFilter: Sendable, Equatable {
    /// A term that means nothing.
    public struct Mistake: Error, LocalizedError, Equatable {
        /// The term as it was written.
        public var term: String
        /// What would be right.
        public var wants: String

        /// One readable line.
        public var errorDescription: String? { "'\(term)': \(wants)" }
    }

    enum Comparison: String, Sendable, CaseIterable {
        // The longer ones first, as they begin like the shorter ones.
        case atLeast = ">="
        case atMost = "<="
        case notEqual = "!="
        case above = ">"
        case below = "<"
        case equal = "="
        case colon = ":"
    }

    enum Term: Sendable, Equatable {
        case number(NumberField, Comparison, Double)
        case text(TextField, String)
        /// Anywhere in ID, name, data set, method, or as a tag.
        case word(String)
        indirect case not(Term)
    }

    enum NumberField: String, Sendable, CaseIterable {
        case top1, best, loss, gain, zeroShot = "zero-shot", test, shots, seed, epochs, steps, lr

        func value(_ run: RunSummary) -> Double? {
            let record = run.record
            switch self {
            case .top1: return record.finalTop1
            case .best: return record.bestTop1
            case .loss: return record.finalLoss
            case .gain: return zip(record.finalTop1, record.zeroShotTop1).map { $0 - $1 }
            case .zeroShot: return record.zeroShotTop1
            case .test: return record.testTop1
            case .shots: return record.shots.map(Double.init)
            case .seed: return record.seed.map(Double.init)
            case .epochs: return Double(record.epochs)
            case .steps: return Double(record.steps)
            case .lr: return record.learningRate
            }
        }

        private func zip(_ left: Double?, _ right: Double?) -> (Double, Double)? {
            guard let left, let right else { return nil }
            return (left, right)
        }
    }

    enum TextField: String, Sendable, CaseIterable {
        case id, name, method, model, data, state, tag, note

        func values(_ run: RunSummary) -> [String] {
            let record = run.record
            switch self {
            case .id: return [record.id]
            case .name: return [record.name].compactMap { $0 }
            case .method: return [record.method].compactMap { $0 }
            case .model: return [record.model].compactMap { $0 }
            case .data: return [record.dataset].compactMap { $0 }
            case .state: return [run.state]
            case .tag: return record.tags
            case .note: return [record.note].compactMap { $0 }
            }
        }
    }

    private(set) var terms: [Term]

    /// Whether it takes every run.
    public var isEmpty: Bool { terms.isEmpty }

    /// What can be asked for, for help texts.
    public static let help = """
        Terms: \(NumberField.allCases.map(\.rawValue).joined(separator: ", ")) with > >= < <= = and a number \
        (top1>0.8, gain>=5%), \(TextField.allCases.map(\.rawValue).joined(separator: ", ")) with a colon and a text in \
        which * stands for anything (method:clip-adapter, name:foo*), or a bare word. All have to hold; a minus before a \
        term turns it round. top1, best, loss, gain and zero-shot are on the validation pictures, test on the test pictures.
        """

    /// Reads a filter; terms are separated by blanks, and double quotes keep blanks together.
    public init(_ text: String) throws(Mistake) {
        terms = []
        for word in Self.words(text) { terms.append(try Self.term(word)) }
    }

    /// Whether a run is listed.
    public func takes(_ run: RunSummary) -> Bool { terms.allSatisfy { Self.holds($0, run) } }

    private static func words(_ text: String) -> [String] {
        var words = [""]
        var isQuoted = false
        for character in text {
            if character == "\"" {
                isQuoted.toggle()
            } else if character.isWhitespace, !isQuoted {
                words.append("")
            } else {
                words[words.count - 1].append(character)
            }
        }
        return words.filter { !$0.isEmpty }
    }

    private static func term(_ word: String) throws(Mistake) -> Term {
        if word.hasPrefix("-"), word.count > 1 { return .not(try term(String(word.dropFirst()))) }
        let ranges = Comparison.allCases.compactMap { comparison in
            word.range(of: comparison.rawValue).map { (comparison, $0) }
        }
        // The first sign counts; of two at one place the longer.
        guard let (comparison, range) = ranges.min(by: { $0.1.lowerBound < $1.1.lowerBound }) else {
            return .word(word)
        }
        let name = word[..<range.lowerBound].lowercased()
        let value = String(word[range.upperBound...])
        if let field = NumberField(rawValue: name) {
            let isPercent = value.hasSuffix("%")
            guard let number = Double(isPercent ? String(value.dropLast()) : value), number.isFinite else {
                throw Mistake(term: word, wants: "after \(name)\(comparison.rawValue) comes a number, e.g. 0.8 or 80%")
            }
            return .number(field, comparison, isPercent ? number / 100 : number)
        }
        if let field = TextField(rawValue: name) {
            guard !value.isEmpty else {
                throw Mistake(term: word, wants: "after \(name): comes a text, e.g. \(name):a*")
            }
            switch comparison {
            case .colon, .equal: return .text(field, value)
            case .notEqual: return .not(.text(field, value))
            case .above, .below, .atLeast, .atMost:
                throw Mistake(term: word, wants: "\(name) is a text: write \(name):\(value)")
            }
        }
        let fields = NumberField.allCases.map(\.rawValue) + TextField.allCases.map(\.rawValue)
        throw Mistake(
            term: word,
            wants: (name.isEmpty ? "something has to stand before \(comparison.rawValue)" : "there is no '\(name)'")
                + "; there are \(fields.joined(separator: ", "))")
    }

    private static func holds(_ term: Term, _ run: RunSummary) -> Bool {
        switch term {
        case .not(let term): return !holds(term, run)
        case .number(let field, let comparison, let wanted):
            guard let value = field.value(run) else { return false }
            switch comparison {
            case .above: return value > wanted
            case .atLeast: return value >= wanted
            case .below: return value < wanted
            case .atMost: return value <= wanted
            case .notEqual: return abs(value - wanted) > 1e-9
            case .equal, .colon: return abs(value - wanted) <= 1e-9
            }
        case .text(let field, let pattern):
            // An ID is known by its beginning.
            let pattern = field == .id ? pattern + "*" : pattern
            return field.values(run).contains { matches($0.lowercased()[...], pattern.lowercased()[...]) }
        case .word(let word):
            let record = run.record
            let texts = [record.id, record.name, record.dataset, record.methodTitle ?? record.method, run.state]
            return texts.compactMap { $0?.lowercased() }.contains { $0.contains(word.lowercased()) }
                || record.tags.contains { $0.lowercased() == word.lowercased() }
        }
    }

    /// Whether a text is what a pattern says, in which `*` stands for anything.
    private static func matches(_ text: Substring, _ pattern: Substring) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return text == pattern }
        guard text.hasPrefix(first) else { return false }
        var rest = text.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.range(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
