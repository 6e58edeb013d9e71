import Foundation

/// One record of a TensorBoard event file: a serialised `Event` between its length and two checksums
/// (docs/programs.md#tensorboard-and-json-lines).
struct TensorBoardRecord {
    private var event: [UInt8]

    /// The record every file begins with.
    static func fileVersion(at time: Date) -> TensorBoardRecord {
        var record = TensorBoardRecord(time: time)
        Self.append(field: 0x1A, Array("brain.Event:2".utf8), to: &record.event)
        return record
    }

    /// The figures of one step.
    init(time: Date, step: Int, figures: [(tag: String, value: Double)]) {
        self.init(time: time)
        if step != 0 {
            event.append(0x10)
            Self.append(varint: UInt64(step), to: &event)
        }
        var summary: [UInt8] = []
        for (tag, value) in figures {
            var message: [UInt8] = []
            Self.append(field: 0x0A, Array(tag.utf8), to: &message)
            message.append(0x15)
            Self.append(littleEndian: Float(value).bitPattern, to: &message)
            Self.append(field: 0x0A, message, to: &summary)
        }
        Self.append(field: 0x2A, summary, to: &event)
    }

    private init(time: Date) {
        event = [0x09]
        Self.append(littleEndian: time.timeIntervalSince1970.bitPattern, to: &event)
    }

    /// Appends the record as it stands in the file.
    func append(to bytes: inout [UInt8]) {
        var length: [UInt8] = []
        Self.append(littleEndian: UInt64(event.count), to: &length)
        bytes += length
        Self.append(littleEndian: CRC32C.masked(length), to: &bytes)
        bytes += event
        Self.append(littleEndian: CRC32C.masked(event), to: &bytes)
    }

    private static func append(field key: UInt8, _ content: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(key)
        append(varint: UInt64(content.count), to: &bytes)
        bytes += content
    }

    /// Seven bits a byte, the least significant first; the highest bit says that more follow.
    private static func append(varint value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func append(littleEndian value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }
}

/// The checksum of TensorBoard's records: CRC-32C (Castagnoli), masked so that a checksum of checksums is not odd.
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }

    /// The plain checksum.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { crc, byte in crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
    }

    /// The checksum as records have it.
    static func masked(_ bytes: [UInt8]) -> UInt32 {
        let crc = checksum(bytes)
        return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }
}
