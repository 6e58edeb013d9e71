/// Draws splits from one data set; what nested ones share is drawn once.
public struct SplitDraw {
    private let pools: SplitPools
    private var nested: [FewShotRules: NestedSplits] = [:]

    /// Draws from these pictures.
    public init(_ pools: SplitPools) { self.pools = pools }

    /// The split that the rules ask for.
    public mutating func split(_ rules: FewShotRules) -> FewShotSplit {
        guard let largest = rules.nestedIn else { return FewShotSplit(pools, rules: rules) }
        var shared = rules
        shared.shots = largest
        let splits = nested[shared] ?? NestedSplits(pools, rules: shared)
        nested[shared] = splits
        return splits.split(shots: rules.shots)
    }
}
