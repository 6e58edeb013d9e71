/// One figure over several seeds (spec, few-shot 1).
public struct SeedStatistics: Sendable, Equatable {
    /// How many seeds.
    public let count: Int
    /// Their mean.
    public let mean: Double
    /// Their standard deviation over the population, as NumPy's default.
    public let standardDeviation: Double

    /// Half the width of the 95 % interval: `1.96 · std / √n`. With one seed it is 0 and says nothing.
    public var interval: Double { 1.96 * standardDeviation / Double(count).squareRoot() }

    /// The statistics of `values`; nil for none.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        count = values.count
        let mean = values.reduce(0, +) / Double(values.count)
        self.mean = mean
        standardDeviation =
            (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
    }
}
