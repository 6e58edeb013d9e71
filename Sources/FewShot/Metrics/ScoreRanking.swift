/// The order of classes by their scores, the same everywhere: larger first, of equal scores the lower class index first
/// (docs/methods.md#losses-and-metrics). A NaN comes after everything.
public enum ScoreRanking {
    /// How many classes stand before `label`: those with a larger score, and earlier ones with an equal score.
    /// A NaN ranks last.
    public static func rank(of label: Int, in scores: ArraySlice<Float>) -> Int {
        let own = scores[scores.startIndex + label]
        guard !own.isNaN else { return scores.count }
        var rank = 0
        for (index, score) in scores.enumerated() where score > own || (score == own && index < label) { rank += 1 }
        return rank
    }

    /// The predicted class; nil if every score is NaN.
    public static func best(in scores: ArraySlice<Float>) -> Int? {
        var best: (index: Int, score: Float)?
        for (index, score) in scores.enumerated() where !score.isNaN {
            // Strictly larger: of equal scores the first one stays.
            if score > best?.score ?? -.infinity || best == nil { best = (index, score) }
        }
        return best?.index
    }

    /// The first `count` classes (all, if there are fewer), best first.
    public static func top(_ count: Int, in scores: ArraySlice<Float>) -> [Int] {
        let values = Array(scores)
        let order = values.indices.sorted { a, b in
            let (first, second) = (values[a], values[b])
            if first.isNaN || second.isNaN { return !first.isNaN || (second.isNaN && a < b) }
            return first != second ? first > second : a < b
        }
        return Array(order.prefix(count))
    }
}
