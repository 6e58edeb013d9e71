/// What a search on the validation pictures looked for and found. Whoever shows it says that it was such a search.
public struct SearchOutcome: Sendable, Equatable, Codable {
    /// What was searched for, for people: `residual ratio`, `alpha and beta`.
    public var searched: String
    /// How many settings were tried.
    public var tried: Int
    /// The settings that were adopted, by name.
    public var found: [String: Double]
    /// The epoch whose weights were adopted; nil where the weights stayed those they were.
    public var epoch: Int?
    /// Whether the weights were fitted anew with what was found, and are those of no epoch.
    public var isFittedAnew: Bool
    /// Top-1 on the validation pictures with what was found, 0...1.
    public var validationTop1: Double
    /// How many pictures that was measured on.
    public var validationCount: Int

    /// What a search found.
    public init(
        searched: String, tried: Int, found: [String: Double], epoch: Int? = nil, isFittedAnew: Bool = false,
        validationTop1: Double, validationCount: Int
    ) {
        self.searched = searched
        self.tried = tried
        self.found = found
        self.epoch = epoch
        self.isFittedAnew = isFittedAnew
        self.validationTop1 = validationTop1
        self.validationCount = validationCount
    }

    /// One line: `residual ratio searched on 64 validation pictures (6 tried): ratio 0.4, top-1 71.9 %`.
    public var text: String {
        let top1 = "top-1 \(Self.short((validationTop1 * 1000).rounded() / 10)) %"
        if let epoch { return "epoch \(epoch) of \(tried) chosen on \(validationCount) validation pictures (\(top1))" }
        return "\(searched) searched on \(validationCount) validation pictures (\(tried) tried): \(settings), \(top1)"
    }

    /// The settings that were adopted: `alpha 2.5, beta 1.1`.
    public var settings: String {
        found.sorted { $0.key < $1.key }.map { "\($0.key) \(Self.short($0.value))" }.joined(separator: ", ")
    }

    /// At most four decimals, none that are zero.
    private static func short(_ value: Double) -> String {
        let rounded = abs(value) < 1e9 && abs(value) >= 1e-3 ? (value * 1e4).rounded() / 1e4 : value
        return rounded == rounded.rounded() && abs(rounded) < 1e9 ? "\(Int(rounded))" : "\(rounded)"
    }
}
