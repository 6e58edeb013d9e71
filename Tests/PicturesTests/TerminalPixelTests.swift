import Foundation
import Testing

@testable import Pictures

/// Pictures in a terminal's own pixels, read back by decoders that know nothing of the encoders.
@Suite struct TerminalPixelTests {
    /// Soft colours with an edge, of a size that is no multiple of a band.
    private static func sample(_ width: Int, _ height: Int) -> Picture {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let isInside = (x - width / 2) * (x - width / 2) + (y - height / 2) * (y - height / 2) < width * 3
                pixels += isInside ? [UInt8(x * 255 / width), UInt8(y * 255 / height), 90] : [255, 255, 255]
            }
        }
        return Picture(width: width, height: height, pixels: pixels)
    }

    // MARK: Sixel

    /// Draws Sixel data: the size it announces, and a colour for every dot that was drawn.
    private struct SixelScreen {
        var size: [Int] = []
        var dots: [SIMD2<Int>: [Int]] = [:]

        init(_ bytes: [UInt8]) throws {
            let text = String(decoding: bytes, as: UTF8.self)
            try #require(text.hasPrefix("\u{1B}P0;1;0q") && text.hasSuffix("\u{1B}\\"))
            var rest = text.dropFirst(8).dropLast(2)[...]
            func numbers(_ rest: inout Substring) -> [Int] {
                let digits = rest.prefix { $0.isNumber || $0 == ";" }
                rest = rest.dropFirst(digits.count)
                return digits.split(separator: ";").compactMap { Int($0) }
            }
            var (palette, color, x, top): ([Int: [Int]], Int, Int, Int) = ([:], 0, 0, 0)
            while let first = rest.popFirst() {
                switch first {
                case "\"": size = Array(numbers(&rest).dropFirst(2))
                case "#":
                    let values = numbers(&rest)
                    color = values[0]
                    if values.count == 5 { palette[color] = Array(values[2...]) }
                case "$": x = 0
                case "-": (x, top) = (0, top + 6)
                default:
                    var (count, character) = (1, first)
                    if first == "!" {
                        count = numbers(&rest)[0]
                        let next = rest.popFirst()
                        character = try #require(next)
                    }
                    let bits = try #require(character.asciiValue.map { Int($0) - 63 })
                    try #require((0...63).contains(bits))
                    for _ in 0..<count {
                        for y in 0..<6 where bits >> y & 1 == 1 { dots[SIMD2(x, top + y)] = palette[color] }
                        x += 1
                    }
                }
            }
        }
    }

    @Test(arguments: [(37, 20), (1, 1), (64, 6), (5, 13)])
    func sixelDataDrawEveryDotInAColorNearTheRightOne(_ width: Int, _ height: Int) throws {
        let picture = Self.sample(width, height)
        let screen = try SixelScreen(SixelImage.sequence(picture))
        #expect(screen.size == [width, height])
        #expect(screen.dots.count == width * height)
        let expected = ErrorDiffusion.indices256(of: picture, carriedColor: 0.9)
        for y in 0..<height {
            for x in 0..<width {
                let color = try #require(TerminalPalette.cube256.color(at: Int(expected[y * width + x])))
                let shown = try #require(screen.dots[SIMD2(x, y)])
                for (percent, channel) in zip(shown, [color.red, color.green, color.blue]) {
                    #expect(abs(percent * 255 / 100 - Int(channel)) <= 2)
                }
            }
        }
    }

    @Test func aPlainPictureIsFewBytes() {
        let white = Picture(width: 300, height: 300, pixels: Array(repeating: 255, count: 270_000))
        #expect(SixelImage.sequence(white).count < 800)
    }

    // MARK: Kitty

    /// The sequences of Kitty's protocol in a stream: what stands before the semicolon, and the data.
    private func commands(_ bytes: [UInt8]) throws -> [(keys: [String: String], data: String)] {
        let text = String(decoding: bytes, as: UTF8.self)
        var commands: [(keys: [String: String], data: String)] = []
        for part in text.components(separatedBy: "\u{1B}_G").dropFirst() {
            try #require(part.hasSuffix("\u{1B}\\"))
            let halves = part.dropLast(2).split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
            let keys = halves[0].split(separator: ",").map { $0.split(separator: "=").map(String.init) }
            commands.append(
                (
                    Dictionary(uniqueKeysWithValues: keys.map { ($0[0], $0[1]) }),
                    halves.count > 1 ? String(halves[1]) : ""
                ))
        }
        return commands
    }

    @Test func kittyIsSentAPNGInPieces() throws {
        var picture = Self.sample(80, 60)
        var noise: UInt32 = 1
        for index in picture.pixels.indices {
            noise = noise &* 1_664_525 &+ 1_013_904_223
            picture.pixels[index] ^= UInt8(noise >> 28)
        }
        let sent = try commands(
            KittyImage.sequence(picture, number: 42, columns: 20, rows: 7, insideTmux: false))
        #expect(sent.count > 2)
        #expect(sent[0].keys == ["a": "T", "U": "1", "f": "100", "i": "42", "c": "20", "r": "7", "q": "2", "m": "1"])
        #expect(sent.dropFirst().dropLast().allSatisfy { $0.keys == ["q": "2", "m": "1"] && $0.data.count == 4096 })
        #expect(sent[sent.count - 1].keys == ["q": "2", "m": "0"])
        let png = try #require(Data(base64Encoded: sent.map(\.data).joined()))
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).png")
        defer { try? FileManager.default.removeItem(at: file) }
        try png.write(to: file)
        #expect(try decodePicture(contentsOf: file) == picture)
    }

    @Test func insideTmuxEverySequenceIsWrapped() throws {
        let picture = Self.sample(9, 9)
        let plain = KittyImage.sequence(picture, number: 3, columns: 2, rows: 1, insideTmux: false)
        let wrapped = String(
            decoding: KittyImage.sequence(picture, number: 3, columns: 2, rows: 1, insideTmux: true), as: UTF8.self)
        try #require(wrapped.hasPrefix("\u{1B}Ptmux;") && wrapped.hasSuffix("\u{1B}\\"))
        let inner = wrapped.dropFirst(7).dropLast(2).replacing("\u{1B}\u{1B}", with: "\u{1B}")
        #expect(inner == String(decoding: plain, as: UTF8.self))
    }

    @Test func aRemovalNamesItsPicture() throws {
        let sent = try commands(KittyImage.removal(number: 7, insideTmux: false))
        #expect(sent.count == 1 && sent[0].keys == ["a": "d", "d": "I", "i": "7", "q": "2"])
    }

    @Test func rowMarksAreCombiningAndDifferent() {
        #expect(Set(KittyImage.rowMarks).count == KittyImage.rowMarks.count && KittyImage.rowMarks.count >= 60)
        #expect(KittyImage.rowMarks.allSatisfy { $0.properties.canonicalCombiningClass == .above })
    }
}
