import Foundation

/// Numbers one after the other, small ones in few bytes.
struct PackedWriter {
    private(set) var bytes: [UInt8] = []

    /// Seven bits a byte.
    mutating func unsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// The same for numbers that may be negative: 0, -1, 1, -2, ...
    mutating func signed(_ value: Int64) { unsigned(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    /// All bits of a number, whatever it is: NaN stays the NaN it was.
    mutating func double(_ value: Double) {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// The same in four bytes.
    mutating func float(_ value: Float) {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

/// Reads what a ``PackedWriter`` has written. Bytes that are not of that kind are an error, never a trap.
struct PackedReader {
    /// The bytes end too early, or are not what they should be.
    struct Damaged: Error {}

    private var bytes: ArraySlice<UInt8>

    init(_ data: Data) { bytes = Array(data)[...] }

    var isAtEnd: Bool { bytes.isEmpty }

    mutating func unsigned() throws(Damaged) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = bytes.popFirst() {
            guard shift < 64 else { throw Damaged() }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        throw Damaged()
    }

    mutating func signed() throws(Damaged) -> Int64 {
        let value = try unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func double() throws(Damaged) -> Double {
        var bits: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bits |= UInt64(try byte()) << shift }
        return Double(bitPattern: bits)
    }

    mutating func float() throws(Damaged) -> Float {
        var bits: UInt32 = 0
        for shift in stride(from: UInt32(0), to: 32, by: 8) { bits |= UInt32(try byte()) << shift }
        return Float(bitPattern: bits)
    }

    private mutating func byte() throws(Damaged) -> UInt8 {
        guard let byte = bytes.popFirst() else { throw Damaged() }
        return byte
    }
}
