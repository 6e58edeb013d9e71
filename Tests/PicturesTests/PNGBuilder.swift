/// Writes PNG files of every kind byte by byte, so that what the decoder has to find is known without a decoder.
struct PNGBuilder {
    enum Colour: UInt8 { case grey = 0, rgb = 2, palette = 3, greyAlpha = 4, rgba = 6 }

    var width: Int
    var height: Int
    var depth: Int
    var colour: Colour
    /// The samples, row by row, as numbers of `depth` bits.
    var samples: [Int]
    /// Chunks between the header and the pixels: a name and data.
    var chunks: [(String, [UInt8])] = []

    private var channels: Int {
        switch colour {
        case .grey, .palette: 1
        case .greyAlpha: 2
        case .rgb: 3
        case .rgba: 4
        }
    }

    /// The file.
    var bytes: [UInt8] {
        let header = Self.number(width) + Self.number(height) + [UInt8(depth), colour.rawValue, 0, 0, 0]
        return Self.signature + Self.chunk("IHDR", header) + chunks.flatMap { Self.chunk($0.0, $0.1) }
            + Self.chunk("IDAT", Self.stored(rows)) + Self.chunk("IEND", [])
    }

    /// The rows, each after its filter type (none), samples packed from the highest bit down.
    private var rows: [UInt8] {
        var result: [UInt8] = []
        let perRow = width * channels
        for row in 0..<height {
            result.append(0)
            var bits = 0
            var filled = 0
            for sample in samples[(row * perRow)..<((row + 1) * perRow)] {
                bits = bits << depth | sample
                filled += depth
                while filled >= 8 {
                    filled -= 8
                    result.append(UInt8(bits >> filled & 0xFF))
                }
            }
            if filled > 0 { result.append(UInt8(bits << (8 - filled) & 0xFF)) }
        }
        return result
    }

    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func number(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return number(data.count) + body + number(Int(checksum(body)))
    }

    /// A zlib stream of one stored block, so at most 65,535 bytes.
    private static func stored(_ data: [UInt8]) -> [UInt8] {
        let low = UInt8(data.count & 0xFF)
        let high = UInt8(data.count >> 8)
        var a = 1
        var b = 0
        for byte in data {
            a = (a + Int(byte)) % 65521
            b = (b + a) % 65521
        }
        return [0x78, 0x01, 1, low, high, ~low, ~high] + data + number(b << 16 | a)
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var result: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            result ^= UInt32(byte)
            for _ in 0..<8 { result = result & 1 == 1 ? result >> 1 ^ 0xEDB8_8320 : result >> 1 }
        }
        return ~result
    }
}
