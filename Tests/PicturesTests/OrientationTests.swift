import Testing

@testable import Pictures

@Suite("Orientation")
struct OrientationTests {
    @Test(
        "Pictures are turned as EXIF defines",
        arguments: [
            (1, [[1, 2, 3], [4, 5, 6]]), (2, [[3, 2, 1], [6, 5, 4]]), (3, [[6, 5, 4], [3, 2, 1]]),
            (4, [[4, 5, 6], [1, 2, 3]]), (5, [[1, 4], [2, 5], [3, 6]]), (6, [[4, 1], [5, 2], [6, 3]]),
            (7, [[6, 3], [5, 2], [4, 1]]), (8, [[3, 6], [2, 5], [1, 4]]),
        ] as [(Int, [[UInt8]])])
    func upright(value: Int, expected: [[UInt8]]) throws {
        let orientation = try #require(Orientation(rawValue: value))
        #expect(Picture(reds: [[1, 2, 3], [4, 5, 6]]).upright(from: orientation).reds == expected)
    }

    @Test("Both byte orders are read", arguments: [false, true], 1...8)
    func reads(isBigEndian: Bool, value: Int) {
        let exif = exif(isBigEndian: isBigEndian, entries: [(0x010F, 2, 4, 0), (0x0112, 3, 1, value)])
        #expect(orientation(exif) == Orientation(rawValue: value))
    }

    @Test("Values that are not defined count as none", arguments: [0, 9, 65535])
    func undefinedValues(value: Int) {
        #expect(orientation(exif(isBigEndian: true, entries: [(0x0112, 3, 1, value)])) == nil)
    }

    @Test("A wrong type, count, header or directory counts as none")
    func nonsense() {
        #expect(orientation(exif(isBigEndian: true, entries: [(0x0112, 2, 1, 6)])) == nil)
        #expect(orientation(exif(isBigEndian: true, entries: [(0x0112, 3, 5, 6)])) == nil)
        #expect(orientation(exif(isBigEndian: true, entries: [(0x0100, 3, 1, 6)])) == nil)
        #expect(orientation([]) == nil)
        #expect(orientation(Array("MM".utf8)) == nil)
        #expect(
            orientation(Array("XX".utf8) + exif(isBigEndian: true, entries: [(0x0112, 3, 1, 6)]).dropFirst(2)) == nil)
        #expect(orientation(Array("MM".utf8) + [0, 42, 255, 255, 255, 255]) == nil)
    }

    @Test("Whatever is cut off, nothing is read beyond the end")
    func cut() {
        let whole = exif(isBigEndian: false, entries: [(0x010F, 2, 4, 0), (0x0112, 3, 1, 6)])
        for count in 0..<whole.count {
            #expect(orientation(Array(whole.prefix(count))) == nil || count >= whole.count - 2)
        }
        #expect(orientation(whole) == .quarterTurn)
    }

    private func orientation(_ bytes: [UInt8]) -> Orientation? {
        bytes.withUnsafeBytes { Orientation(exif: $0) }
    }
}

/// EXIF data with one directory of entries: tag, type, count, value.
func exif(isBigEndian: Bool, entries: [(Int, Int, Int, Int)]) -> [UInt8] {
    func bytes(_ value: Int, _ count: Int) -> [UInt8] {
        let little = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return isBigEndian ? little.reversed() : little
    }
    var result = Array((isBigEndian ? "MM" : "II").utf8) + bytes(42, 2) + bytes(8, 4) + bytes(entries.count, 2)
    for (tag, type, count, value) in entries {
        result += bytes(tag, 2) + bytes(type, 2) + bytes(count, 4)
        result += type == 3 ? bytes(value, 2) + bytes(0, 2) : bytes(value, 4)
    }
    return result
}
