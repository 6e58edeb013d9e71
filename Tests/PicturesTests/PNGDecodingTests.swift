import Testing

@testable import Pictures

@Suite("Decoding PNG")
struct PNGDecodingTests {
    private func decode(_ builder: PNGBuilder, pillowCompatible: Bool = false) throws -> [UInt8] {
        try decodePicture(builder.bytes, name: "test.png", options: DecodingOptions(pillowCompatible: pillowCompatible))
            .pixels
    }

    @Test("Grey of every depth", arguments: [(1, 255), (2, 85), (4, 17), (8, 1)])
    func grey(depth: Int, factor: Int) throws {
        let samples = (0..<15).map { $0 * 7 % (1 << depth) }
        let builder = PNGBuilder(width: 5, height: 3, depth: depth, colour: .grey, samples: samples)
        let expected = samples.flatMap { [UInt8](repeating: UInt8($0 * factor), count: 3) }
        #expect(try decode(builder) == expected)
    }

    @Test("Of sixteen bits the high byte, not rounded")
    func sixteenBits() throws {
        let samples = [0x00FF, 0x80FF, 0xFE80, 0xFFFF, 0x0100, 0x7F81]
        let high = samples.map { UInt8($0 >> 8) }
        let rgb = PNGBuilder(width: 2, height: 1, depth: 16, colour: .rgb, samples: samples)
        #expect(try decode(rgb) == high)
        let grey = PNGBuilder(width: 6, height: 1, depth: 16, colour: .grey, samples: samples)
        #expect(try decode(grey) == high.flatMap { [$0, $0, $0] })
    }

    @Test("Palettes of every depth", arguments: [1, 2, 4, 8])
    func palette(depth: Int) throws {
        let count = min(1 << depth, 200)
        let colours: [[UInt8]] = (0..<count).map { index in
            [index, 255 - index, index * 7 % 256].map { UInt8($0) }
        }
        let samples = (0..<21).map { $0 * 5 % count }
        let builder = PNGBuilder(
            width: 7, height: 3, depth: depth, colour: .palette, samples: samples,
            chunks: [("PLTE", Array(colours.joined()))])
        #expect(try decode(builder) == samples.flatMap { colours[$0] })
    }

    @Test("Alpha is composited on white, rounded to the nearest, or dropped", arguments: [8, 16])
    func alpha(depth: Int) throws {
        var samples: [Int] = []
        var onWhite: [UInt8] = []
        var dropped: [UInt8] = []
        for alpha in 0..<256 {
            for value in [0, 1, 100, 254, 255] {
                let pixel = [value, 255 - value, 37, alpha]
                samples += pixel.map { depth == 16 ? $0 << 8 | 0x80 : $0 }
                for channel in pixel.prefix(3) {
                    let exact = (Double(channel * alpha) + 255 * Double(255 - alpha)) / 255
                    onWhite.append(UInt8(exact.rounded()))
                    dropped.append(UInt8(channel))
                }
            }
        }
        let builder = PNGBuilder(width: 256, height: 5, depth: depth, colour: .rgba, samples: samples)
        #expect(try decode(builder) == onWhite)
        #expect(try decode(builder, pillowCompatible: true) == dropped)
    }

    @Test("Grey with alpha, and transparent colours")
    func transparency() throws {
        let greyAlpha = PNGBuilder(width: 2, height: 1, depth: 8, colour: .greyAlpha, samples: [100, 0, 50, 255])
        #expect(try decode(greyAlpha) == [255, 255, 255, 50, 50, 50])
        #expect(try decode(greyAlpha, pillowCompatible: true) == [100, 100, 100, 50, 50, 50])

        let key = PNGBuilder(
            width: 2, height: 1, depth: 8, colour: .grey, samples: [100, 50], chunks: [("tRNS", [0, 100])])
        #expect(try decode(key) == [255, 255, 255, 50, 50, 50])
        #expect(try decode(key, pillowCompatible: true) == [100, 100, 100, 50, 50, 50])

        let palette = PNGBuilder(
            width: 3, height: 1, depth: 8, colour: .palette, samples: [0, 1, 2],
            chunks: [("PLTE", [10, 20, 30, 40, 50, 60, 70, 80, 90]), ("tRNS", [0, 255])])
        #expect(try decode(palette) == [255, 255, 255, 40, 50, 60, 70, 80, 90])
        #expect(try decode(palette, pillowCompatible: true) == [10, 20, 30, 40, 50, 60, 70, 80, 90])
    }

    @Test("Gamma is not applied")
    func gamma() throws {
        let samples = Array(0..<6).map { $0 * 40 }
        let builder = PNGBuilder(
            width: 2, height: 1, depth: 8, colour: .rgb, samples: samples,
            chunks: [("gAMA", PNGBuilder.number(100_000))])
        #expect(try decode(builder) == samples.map { UInt8($0) })
    }

    @Test("The orientation of the eXIf chunk is applied, and ignored in parity")
    func orientation() throws {
        let builder = PNGBuilder(
            width: 2, height: 1, depth: 8, colour: .rgb, samples: [1, 2, 3, 4, 5, 6],
            chunks: [("eXIf", exif(isBigEndian: true, entries: [(0x0112, 3, 1, 6)]))])
        let upright = try decodePicture(builder.bytes, name: "test.png")
        #expect(upright == Picture(width: 1, height: 2, pixels: [1, 2, 3, 4, 5, 6]))
        let asStored = try decodePicture(
            builder.bytes, name: "test.png", options: DecodingOptions(pillowCompatible: true))
        #expect(asStored == Picture(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6]))
    }
}
