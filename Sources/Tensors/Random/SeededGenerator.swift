/// A random generator that is a pure function of a seed, a purpose and a few indices.
///
/// One generator per purpose (initialisation, shuffling, dropout, a picture's view in an epoch), so that what is drawn
/// never depends on who else draws, on thread order or on whether the dashboard is open
/// (docs/methods.md#random-numbers). The stream is SplitMix64 started from an FNV-1a hash.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The generator of `purpose` under `seed`; `indices` tell e.g. epoch and picture apart.
    public init(seed: Int, purpose: String, _ indices: Int...) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        func mix(_ value: Int) {
            withUnsafeBytes(of: UInt64(bitPattern: Int64(value)).littleEndian) { $0.forEach(mix) }
        }
        mix(seed)
        purpose.utf8.forEach(mix)
        mix(indices.count)
        indices.forEach(mix)
        state = hash
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// Uniform in `0..<1`, 53 bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A uniformly random order of `0..<count`.
    public mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        order.shuffle(using: &self)
        return order
    }
}
