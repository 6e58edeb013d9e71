/// One figure over several seeds (docs/methods.md, Figures over seeds).
public struct SeedStatistics: Sendable, Equatable {
    /// How many seeds.
    public let count: Int
    /// Their mean.
    public let mean: Double
    /// The deviation of the sample, `√(Σ(x − mean)² / (n − 1))`; nil for one seed, which has none.
    public let sampleDeviation: Double?
    /// Half the width of the 95 % interval of the mean after Student: `t · s / √n` with the sample's deviation `s` and the
    /// 97.5 % quantile `t` of n − 1 degrees of freedom (12.706 for two seeds, 4.303 for three). Nil for one seed.
    public let interval: Double?

    /// The statistics of `values`; nil for none.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        self.count = values.count
        self.mean = mean
        guard values.count > 1 else {
            (sampleDeviation, interval) = (nil, nil)
            return
        }
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
        sampleDeviation = deviation
        interval = StudentT.quantile(twoSided: 0.95, degrees: values.count - 1) * deviation / count.squareRoot()
    }
}
