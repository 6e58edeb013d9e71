import Foundation
import Safetensors

/// CLIP's byte-level byte-pair encoding (docs/models.md#tokenizer), with whatever vocabulary a model brings along.
///
/// Everything works on ids: a piece of text becomes the ids of its bytes, and a merge replaces two ids by one. The names
/// of the tokens are needed only while the vocabulary is being read.
public struct Tokenizer: Sendable {
    /// The number of tokens.
    public let vocabularySize: Int
    /// The id that every sequence starts with.
    public let startID: Int
    /// The id that every sequence ends with.
    public let endID: Int

    /// The id of each byte within a word, and at its end.
    private let byteIDs: [Int32]
    private let finalByteIDs: [Int32]
    private let merges: [TokenPair: Merge]

    struct TokenPair: Hashable {
        let left: Int32
        let right: Int32
    }

    struct Merge {
        let rank: Int32
        let result: Int32
    }

    init(
        vocabularySize: Int, startID: Int, endID: Int, byteIDs: [Int32], finalByteIDs: [Int32],
        merges: [TokenPair: Merge]
    ) {
        self.vocabularySize = vocabularySize
        self.startID = startID
        self.endID = endID
        self.byteIDs = byteIDs
        self.finalByteIDs = finalByteIDs
        self.merges = merges
    }

    /// A text as a model gets it, without the padding.
    public struct Sequence: Sendable, Equatable {
        /// Start, content, end.
        public let ids: [Int]
        /// Content tokens that did not fit the model's context and were left out.
        public let droppedTokens: Int
    }

    /// The token ids of texts, cut to `contextLength` ids with the end token kept (docs/models.md#sequences).
    public func sequences(_ texts: [String], contextLength: Int) -> [Sequence] {
        // Prompts made from templates consist of the same words over and over.
        var known: [String: [Int32]] = [:]
        return texts.map { text in
            let content = contentIDs(cleaned: TextCleaning.clean(text), known: &known)
            let kept = content.prefix(max(contextLength - 2, 0))
            return Sequence(ids: [startID] + kept + [endID], droppedTokens: content.count - kept.count)
        }
    }

    /// The token ids of a cleaned text, without start and end.
    public func contentIDs(cleaned text: String) -> [Int] {
        var known: [String: [Int32]] = [:]
        return contentIDs(cleaned: text, known: &known)
    }

    private func contentIDs(cleaned text: String, known: inout [String: [Int32]]) -> [Int] {
        var ids: [Int] = []
        for piece in TextPieces.split(text) {
            switch piece {
            case TextPieces.start: ids.append(startID)
            case TextPieces.end: ids.append(endID)
            default:
                let encoded = known[piece] ?? encode(piece)
                known[piece] = encoded
                ids.append(contentsOf: encoded.lazy.map(Int.init))
            }
        }
        return ids
    }

    /// Merges the pair of lowest rank, everywhere it occurs, until no pair is left that has a rank
    /// (docs/models.md#merging).
    private func encode(_ piece: String) -> [Int32] {
        let bytes = Array(piece.utf8)
        guard let last = bytes.last else { return [] }
        var ids = bytes.dropLast().map { byteIDs[Int($0)] }
        ids.append(finalByteIDs[Int(last)])
        while ids.count > 1 {
            var best: (pair: TokenPair, merge: Merge)?
            for index in 1..<ids.count {
                let pair = TokenPair(left: ids[index - 1], right: ids[index])
                if let merge = merges[pair], merge.rank < best?.merge.rank ?? .max { best = (pair, merge) }
            }
            guard let (pair, merge) = best else { break }
            var merged: [Int32] = []
            var index = 0
            while index < ids.count {
                if index + 1 < ids.count, ids[index] == pair.left, ids[index + 1] == pair.right {
                    merged.append(merge.result)
                    index += 2
                } else {
                    merged.append(ids[index])
                    index += 1
                }
            }
            ids = merged
        }
        return ids
    }
}
