import Safetensors

/// How the model reads the prompts of classes: which do not fit its context, and which classes it cannot tell apart by them.
struct PromptReading {
    private let sentences: [[String]]
    /// The token sequences of each class's prompts.
    private let sequences: [[Tokenizer.Sequence]]
    private let tokenizer: Tokenizer
    private let contextLength: Int

    /// - Parameter sequences: those of all sentences, class by class.
    init(_ sentences: [[String]], sequences: [Tokenizer.Sequence], tokenizer: Tokenizer, contextLength: Int) {
        self.sentences = sentences
        self.tokenizer = tokenizer
        self.contextLength = contextLength
        var rest = sequences[...]
        self.sequences = sentences.map { prompts in
            defer { rest = rest.dropFirst(prompts.count) }
            return Array(rest.prefix(prompts.count))
        }
    }

    /// Pairs of classes whose prompts are the same tokens: each class with the first one that it equals.
    private var equalClasses: [(first: Int, second: Int)] {
        var known: [[[Int]]: Int] = [:]
        return sequences.enumerated().compactMap { label, prompts in
            let ids = prompts.map(\.ids)
            guard let first = known[ids] else {
                known[ids] = label
                return nil
            }
            return (first, label)
        }
    }

    /// What the user should know, one line each.
    /// - Throws: ``CLIPError/indistinguishable(_:_:contextLength:)`` for classes that are equal only because their prompts
    ///   are cut.
    func warnings() throws(CLIPError) -> [String] {
        var warnings: [String] = []
        let equal = equalClasses
        if let pair = equal.first(where: { pair in
            [pair.first, pair.second].contains { sequences[$0].contains { $0.droppedTokens > 0 } }
        }) {
            throw .indistinguishable(cutText(pair.first), cutText(pair.second), contextLength: contextLength)
        }
        let cut = sequences.indices.filter { sequences[$0].contains { $0.droppedTokens > 0 } }
        if let first = cut.first {
            let prompts = cut.reduce(0) { $0 + sequences[$1].count { $0.droppedTokens > 0 } }
            warnings.append(
                "\(prompts) \(prompts == 1 ? "prompt does" : "prompts do") not fit the model's context of \(contextLength) "
                    + "tokens and \(prompts == 1 ? "is" : "are") cut: \(cutText(first))")
        }
        if let pair = equal.first {
            let more = equal.count > 1 ? "; \(equal.count - 1) more pairs are alike" : ""
            warnings.append(
                "\(readable(sentences[pair.first][0])) and \(readable(sentences[pair.second][0])) are the same text to the "
                    + "model: before training it cannot tell their classes apart\(more)")
        }
        return warnings
    }

    /// A class's first prompt that is cut: how it begins, and what of it does not fit.
    private func cutText(_ label: Int) -> String {
        let index = sequences[label].firstIndex { $0.droppedTokens > 0 } ?? 0
        let sentence = sentences[label][index]
        let words = sentence.split(separator: " ")
        func fits(_ count: Int) -> Bool {
            let text = words.prefix(count).joined(separator: " ")
            return tokenizer.sequences([text], contextLength: contextLength)[0].droppedTokens == 0
        }
        let kept = words.indices.last { fits($0) } ?? 0
        let left = words.dropFirst(kept).joined(separator: " ")
        return "\(readable(sentence, limit: 40)) without \(readable(String(left.suffix(60)), limit: 60))"
    }
}
