/// Makes small reproducible changes to files, to see what readers make of them.
public struct Fuzzer {
    private var state: UInt64

    /// - Parameter seed: equal seeds give equal changes.
    public init(seed: UInt64) { state = seed }

    /// Changes one to three places: replaces, removes, doubles or inserts bytes, or cuts the end off.
    public mutating func change(_ bytes: inout [UInt8]) {
        for _ in 0..<1 + below(3) where !bytes.isEmpty {
            let place = below(bytes.count)
            switch below(6) {
            case 0: bytes[place] = UInt8(below(256))
            case 1: bytes[place] ^= 1 << UInt8(below(8))
            case 2: bytes.removeSubrange(place..<min(place + 1 + below(8), bytes.count))
            case 3: bytes.insert(contentsOf: bytes[place..<min(place + 1 + below(16), bytes.count)], at: place)
            case 4: bytes.insert(contentsOf: Array(tokens[below(tokens.count)].utf8), at: place)
            default: bytes.removeLast(below(4) == 0 ? bytes.count - place : 1)
            }
        }
    }

    /// What tends to matter in text formats.
    private let tokens = [
        "{", "}", "[", "]", "\"", ",", ":", "\\", "\\u0000", "-1", "1e999", "9223372036854775808", "null", "true", "\n",
        " ", "\u{FEFF}", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    ]

    /// A number from 0 to `limit - 1` (SplitMix64).
    private mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }
}
