/// Python's `random.Random`: MT19937 with Python's ways of drawing from it.
///
/// Few-shot selections are drawn with it, so that a seed means the same pictures here as in CoOp and in the published
/// index lists (docs/methods.md#random-numbers).
public struct PythonRandom: Sendable {
    private var state = [UInt32](repeating: 0, count: 624)
    private var position = 624

    /// `random.Random(seed)` for `0 <= seed < 2^32`.
    public init(seed: UInt32) {
        // init_by_array with the one-word key [seed].
        state[0] = 19_650_218
        for i in 1..<624 {
            state[i] = 1_812_433_253 &* (state[i - 1] ^ (state[i - 1] >> 30)) &+ UInt32(i)
        }
        var i = 1
        for _ in 0..<624 {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) &* 1_664_525)) &+ seed
            i += 1
            if i >= 624 {
                state[0] = state[623]
                i = 1
            }
        }
        for _ in 0..<623 {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) &* 1_566_083_941)) &- UInt32(i)
            i += 1
            if i >= 624 {
                state[0] = state[623]
                i = 1
            }
        }
        state[0] = 0x8000_0000
    }

    /// The next 32 random bits.
    public mutating func nextUInt32() -> UInt32 {
        if position == 624 { twist() }
        var y = state[position]
        position += 1
        y ^= y >> 11
        y ^= (y << 7) & 0x9d2c_5680
        y ^= (y << 15) & 0xefc6_0000
        y ^= y >> 18
        return y
    }

    private mutating func twist() {
        for i in 0..<624 {
            let y = (state[i] & 0x8000_0000) | (state[(i + 1) % 624] & 0x7fff_ffff)
            state[i] = state[(i + 397) % 624] ^ (y >> 1) ^ (y & 1 == 0 ? 0 : 0x9908_b0df)
        }
        position = 0
    }

    /// `_randbelow(n)`: uniform in `0..<n`.
    /// - Precondition: `0 < n < 2^32`.
    public mutating func below(_ n: Int) -> Int {
        precondition(n > 0 && n < 1 << 32, "below(\(n)) wants 1...2^32-1")
        let bits = Int.bitWidth - n.leadingZeroBitCount
        while true {
            let drawn = Int(nextUInt32() >> (32 - UInt32(bits)))
            if drawn < n { return drawn }
        }
    }

    /// `random()`: uniform in `0..<1` with 53 bits.
    public mutating func uniform() -> Double {
        let high = Double(nextUInt32() >> 5)
        let low = Double(nextUInt32() >> 6)
        return (high * 67_108_864 + low) / 9_007_199_254_740_992
    }

    /// `sample(population, k)`: `k` different elements in drawing order.
    /// - Precondition: `0 <= k <= population.count`.
    public mutating func sample<Element>(_ population: [Element], _ k: Int) -> [Element] {
        precondition(k >= 0 && k <= population.count, "cannot draw \(k) of \(population.count)")
        let n = population.count
        // Python switches from a shrinking pool to rejection where a set is cheaper than a copy; the draws differ.
        var setSize = 21
        if k > 5 {
            var power = 1
            while power < 3 * k { power *= 4 }
            setSize += power
        }
        if n <= setSize {
            var pool = population
            return (0..<k).map { i in
                let j = below(n - i)
                defer { pool[j] = pool[n - i - 1] }
                return pool[j]
            }
        }
        var chosen = Set<Int>()
        return (0..<k).map { _ in
            var j = below(n)
            while !chosen.insert(j).inserted { j = below(n) }
            return population[j]
        }
    }

    /// `shuffle(x)`.
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        for i in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(i, below(i + 1)) }
    }

    /// `choices(population, k=k)`: with replacement.
    /// - Precondition: the population is not empty.
    public mutating func choices<Element>(_ population: [Element], _ k: Int) -> [Element] {
        precondition(!population.isEmpty, "cannot choose from nothing")
        return (0..<k).map { _ in population[Int(uniform() * Double(population.count))] }
    }
}
