/// Which part of a data set a folder, a list or the value of a column stands for, by the words of its name.
struct PartName: Equatable {
    /// What the words say.
    enum Word: Equatable {
        case train, validation, test
        /// `eval`: the part to test on, unless another one is.
        case evaluation
    }

    let word: Word
    /// The other words, without those that any folder could have, such as `set` or `images`: `seg` in `seg_train`.
    let rest: [String]

    private static let words: [(Word, Set<String>)] = [
        (.train, ["train", "training", "trn", "tr", "trainval", "learn", "learning"]),
        (
            .validation,
            ["val", "valid", "validation", "validate", "validating", "dev", "devel", "development", "tune", "tuning"]
        ),
        (.test, ["test", "tests", "testing", "tst", "ts", "te", "holdout"]),
        (.evaluation, ["eval", "evaluation", "evaluate", "evaluating"]),
    ]

    /// Words that say nothing.
    private static let neutral: Set<String> = [
        "set", "sets", "data", "dataset", "split", "splits", "part", "subset", "images", "image", "imgs", "img",
        "pictures",
        "pics", "photos", "folder", "dir", "samples", "files", "the", "for", "only", "out",
    ]

    private static func word(_ text: String) -> Word? { words.first { $0.1.contains(text) }?.0 }

    /// Nil for a name that has no such word, or several that contradict each other.
    init?(_ name: String) {
        var found: [Word] = []
        var rest: [String] = []
        for text in Self.split(name) {
            if let word = Self.word(text) {
                found.append(word)
            } else if let (head, _) = Self.glued(text), let word = Self.word(head) {
                found.append(word)
            } else if !Self.neutral.contains(text) {
                rest.append(text)
            }
        }
        guard let word = found.first, found.allSatisfy({ $0 == word }) else { return nil }
        self.word = word
        self.rest = rest
    }

    /// The part a single value names: nothing but a part's word, and words that say nothing.
    static func split(ofValue value: String) -> SourceSplit? {
        guard let name = PartName(value), name.rest.isEmpty else { return nil }
        switch name.word {
        case .train: return .train
        case .validation: return .validation
        case .test, .evaluation: return .test
        }
    }

    /// `trainset` as `train` and `set`.
    private static func glued(_ text: String) -> (head: String, tail: String)? {
        guard let tail = neutral.first(where: { text.hasSuffix($0) && text.count > $0.count }) else { return nil }
        return (String(text.dropLast(tail.count)), tail)
    }

    /// The words of a name, in lower case: separated by what is no letter, between letters and digits, and before capitals
    /// within a word.
    static func split(_ name: String) -> [String] {
        var words: [String] = []
        var previous: Character?
        for character in name {
            let isWordPart = character.isLetter || character.isNumber
            let isBoundary =
                previous.map { previous in
                    !(previous.isLetter || previous.isNumber) || previous.isNumber != character.isNumber
                        || previous.isLowercase && character.isUppercase
                } ?? true
            if isWordPart {
                if isBoundary { words.append("") }
                words[words.count - 1] += character.lowercased()
            }
            previous = character
        }
        return words
    }

    /// The part of each of several names that go together; nil where two have the same, or none trains.
    static func splits(_ names: [PartName]) -> [SourceSplit]? {
        let hasTest = names.contains { $0.word == .test }
        let splits = names.map { name in
            switch name.word {
            case .train: SourceSplit.train
            case .validation: SourceSplit.validation
            case .test: SourceSplit.test
            case .evaluation: hasTest ? SourceSplit.validation : .test
            }
        }
        return Set(splits).count == splits.count && splits.contains(.train) ? splits : nil
    }
}
