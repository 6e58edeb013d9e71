import Foundation

/// A zip archive with one file in it, stored without compression and with a fixed date, so that equal contents give equal
/// archives (docs/data.md#the-jittor-challenge).
public enum StoredZip {
    /// The first of January 1980, midnight: the format's earliest date.
    private static let date: UInt16 = 0x0021
    private static let time: UInt16 = 0
    private static let version: UInt16 = 20

    /// An archive that holds `content` under `name`.
    /// - Precondition: `content` is shorter than 4 GiB and `name` than 64 KiB.
    public static func archive(_ content: Data, name: String) -> Data {
        let (nameBytes, size) = (Data(name.utf8), UInt32(content.count))
        var common = Data()
        common.append(little: version)
        common.append(little: UInt16(0))  // flags
        common.append(little: UInt16(0))  // method: stored
        common.append(little: time)
        common.append(little: date)
        common.append(little: CRC32.checksum(content))
        common.append(little: size)  // compressed
        common.append(little: size)
        common.append(little: UInt16(nameBytes.count))
        common.append(little: UInt16(0))  // extra field

        var file = Data("PK\u{3}\u{4}".utf8) + common + nameBytes + content
        var directory = Data("PK\u{1}\u{2}".utf8)
        directory.append(little: version)  // made by
        directory += common
        directory.append(little: UInt16(0))  // comment
        directory.append(little: UInt16(0))  // disk
        directory.append(little: UInt16(0))  // internal attributes
        directory.append(little: UInt32(0))  // external attributes
        directory.append(little: UInt32(0))  // offset of the local header
        directory += nameBytes

        var end = Data("PK\u{5}\u{6}".utf8)
        end.append(little: UInt16(0))  // this disk
        end.append(little: UInt16(0))  // disk of the directory
        end.append(little: UInt16(1))  // entries on this disk
        end.append(little: UInt16(1))  // entries
        end.append(little: UInt32(directory.count))
        end.append(little: UInt32(file.count))
        end.append(little: UInt16(0))  // comment
        file += directory + end
        return file
    }

    /// The content of the stored file `name` that an archive begins with.
    /// - Parameter path: what messages call the archive.
    /// - Throws: ``PredictionError/unsuitableArchive(path:reason:)``.
    public static func content(of name: String, in archive: Data, path: String) throws -> Data {
        func unsuitable(_ reason: String) -> PredictionError { .unsuitableArchive(path: path, reason: reason) }
        let bytes = [UInt8](archive)
        func number(_ offset: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        guard bytes.count >= 30, bytes.starts(with: Array("PK\u{3}\u{4}".utf8)) else {
            throw unsuitable("not a zip archive")
        }
        let (flags, method, checksum, size) = (number(6, 2), number(8, 2), number(14, 4), number(18, 4))
        let start = 30 + number(26, 2) + number(28, 2)
        guard start <= bytes.count, String(decoding: bytes[30..<30 + number(26, 2)], as: UTF8.self) == name else {
            throw unsuitable("the archive does not begin with \(name)")
        }
        guard method == 0, flags & 8 == 0 else {
            throw unsuitable("\(name) is compressed in the archive; unpack it and check the text file")
        }
        guard size <= bytes.count - start else { throw unsuitable("the archive is truncated") }
        let content = Data(bytes[start..<start + size])
        guard CRC32.checksum(content) == UInt32(checksum) else { throw unsuitable("the archive's checksum is wrong") }
        return content
    }

    /// Whether a file's first bytes are those of a zip archive.
    public static func isArchive(_ content: Data) -> Bool { content.starts(with: Data("PK\u{3}\u{4}".utf8)) }
}

/// CRC-32 as zip archives have it: reflected polynomial 0xEDB88320.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    static func checksum(_ bytes: Data) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { $0 >> 8 ^ table[Int(($0 ^ UInt32($1)) & 0xFF)] }
    }
}

extension Data {
    fileprivate mutating func append(little value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
