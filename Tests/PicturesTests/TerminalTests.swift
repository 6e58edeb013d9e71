import TestSupport
import Testing

@testable import Pictures

@Suite("Pictures in terminal cells")
struct HalfBlockImageTests {
    @Test(
        "The aspect is kept and the picture stands in the middle",
        arguments: [
            (100, 100, 20, 10, 0, 0, 20, 20), (100, 50, 20, 10, 5, 0, 10, 20), (50, 100, 20, 10, 0, 5, 20, 10),
            (1, 1000, 20, 10, 0, 9, 20, 1), (1000, 1, 20, 10, 9, 0, 1, 20), (2, 2, 7, 9, 5, 0, 7, 7),
        ])
    func region(width: Int, height: Int, columns: Int, rows: Int, top: Int, left: Int, high: Int, wide: Int) {
        let picture = Picture.plain(width: width, height: height, RGB(red: 9, green: 8, blue: 7))
        let image = HalfBlockImage(picture: picture, columns: columns, rows: rows)
        #expect(image.region == PixelRegion(top: top, left: left, height: high, width: wide))
    }

    @Test("Upper and lower halves are the picture's rows, nil outside")
    func cells() {
        let picture = Picture(reds: [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]])
        let image = HalfBlockImage(picture: picture, columns: 4, rows: 2)
        #expect(image.region == PixelRegion(top: 0, left: 0, height: 3, width: 4))
        #expect(image.cell(0, 0).top?.red == 1 && image.cell(0, 0).bottom?.red == 5)
        #expect(image.cell(3, 1).top?.red == 12 && image.cell(3, 1).bottom == nil)
        for (column, row) in [(-1, 0), (4, 0), (0, 2), (0, -1)] {
            let cell = image.cell(column, row)
            #expect(cell.top == nil && cell.bottom == nil)
        }
    }

    @Test("No room gives no cells")
    func noRoom() {
        let picture = Picture.noise(width: 5, height: 5)
        for (columns, rows) in [(0, 3), (3, 0), (-2, -2)] {
            let image = HalfBlockImage(picture: picture, columns: columns, rows: rows)
            let cell = image.cell(0, 0)
            #expect(cell.top == nil && cell.bottom == nil)
        }
    }

    @Test("Reducing averages: a fine chessboard becomes grey")
    func averages() {
        let reds = (0..<64).map { row in (0..<64).map { ($0 + row).isMultiple(of: 2) ? UInt8(200) : 0 } }
        let image = HalfBlockImage(picture: Picture(reds: reds), columns: 8, rows: 4)
        for column in 0..<8 {
            for row in 0..<4 {
                let red = image.cell(column, row).top.map { Int($0.red) } ?? 0
                #expect(abs(red - 100) <= 2)
            }
        }
    }
}

@Suite("Palettes")
struct TerminalPaletteTests {
    private static let samples: [RGB] = {
        var generator = SplitMix(5)
        return (0..<200).map { _ in
            RGB(
                red: .random(in: 0...255, using: &generator), green: .random(in: 0...255, using: &generator),
                blue: .random(in: 0...255, using: &generator))
        }
    }()

    @Test("Every number has a colour of its own palette", arguments: TerminalPalette.allCases)
    func range(palette: TerminalPalette) {
        for color in Self.samples {
            for place in 0..<16 {
                #expect(palette.color(at: palette.index(of: color, x: place % 4, y: place / 4)) != nil)
            }
        }
        #expect(palette.color(at: -1) == nil && palette.color(at: 256) == nil)
    }

    @Test("Dots mix to the colour asked for", arguments: [(TerminalPalette.cube256, 8.0), (.ansi8, 9.0)])
    func mean(palette: TerminalPalette, tolerance: Double) throws {
        for color in Self.samples {
            var sum = (red: 0.0, green: 0.0, blue: 0.0)
            for place in 0..<16 {
                let dot = try #require(palette.color(at: palette.index(of: color, x: place % 4, y: place / 4)))
                sum.red += Double(dot.red) / 16
                sum.green += Double(dot.green) / 16
                sum.blue += Double(dot.blue) / 16
            }
            #expect(abs(sum.red - Double(color.red)) <= tolerance)
            #expect(abs(sum.green - Double(color.green)) <= tolerance)
            #expect(abs(sum.blue - Double(color.blue)) <= tolerance)
        }
    }

    @Test("Colours of the cube and the grey ramp are shown as they are")
    func exact() throws {
        for index in 16...255 {
            let color = try #require(TerminalPalette.cube256.color(at: index))
            for place in 0..<16 {
                let found = TerminalPalette.cube256.index(of: color, x: place % 4, y: place / 4)
                #expect(TerminalPalette.cube256.color(at: found) == color)
            }
        }
        #expect(TerminalPalette.cube256.color(at: 16) == RGB(red: 0, green: 0, blue: 0))
        #expect(TerminalPalette.cube256.color(at: 196) == RGB(red: 255, green: 0, blue: 0))
        #expect(TerminalPalette.cube256.color(at: 232) == RGB(red: 8, green: 8, blue: 8))
        #expect(TerminalPalette.cube256.color(at: 255) == RGB(red: 238, green: 238, blue: 238))
    }

    @Test("A picture in 256 colours is as bright as it was, and its colours are those of the palette")
    func diffusion() throws {
        for color in Self.samples.prefix(40) {
            let picture = Picture(
                width: 24, height: 24,
                pixels: Array(repeating: [color.red, color.green, color.blue], count: 576).flatMap { $0 })
            let halves = HalfBlockImage(picture: picture, columns: 24, rows: 12).indices256()
            #expect(halves == HalfBlockImage(picture: picture, columns: 24, rows: 12).indices256())
            let dots = halves.compactMap { $0.flatMap { TerminalPalette.cube256.color(at: Int($0)) } }
            try #require(dots.count == halves.count)
            let mean = dots.reduce(0) { $0 + $1.luminance } / Double(dots.count)
            #expect(abs(mean - color.luminance) < 12, "\(color)")
        }
    }

    @Test("Colours that the palette has stay as they are, and what is not picture stays free")
    func diffusionOfExactColors() throws {
        for index in [16, 21, 196, 226, 231, 232, 244, 255] {
            let color = try #require(TerminalPalette.cube256.color(at: index))
            let picture = Picture(
                width: 6, height: 6,
                pixels: Array(repeating: [color.red, color.green, color.blue], count: 36).flatMap { $0 })
            let image = HalfBlockImage(picture: picture, columns: 8, rows: 3)
            let halves = image.indices256()
            #expect(halves.count == 48 && halves[0] == nil && halves[7] == nil)
            #expect(Set(halves.compactMap { $0 }.map { TerminalPalette.cube256.color(at: Int($0)) }) == [color])
        }
    }

    @Test("The sixteen colours are shown as they are")
    func exactSixteen() throws {
        for index in 0..<16 {
            let color = try #require(TerminalPalette.ansi16.color(at: index))
            for place in 0..<16 {
                #expect(TerminalPalette.ansi16.index(of: color, x: place % 4, y: place / 4) == index)
            }
        }
    }

    @Test("Eight colours: black, white and the pure ones are pure")
    func eight() {
        for x in 0..<4 {
            #expect(TerminalPalette.ansi8.index(of: RGB(red: 0, green: 0, blue: 0), x: x, y: x) == 0)
            #expect(TerminalPalette.ansi8.index(of: RGB(red: 255, green: 255, blue: 255), x: x, y: x) == 7)
            #expect(TerminalPalette.ansi8.index(of: RGB(red: 255, green: 0, blue: 0), x: x, y: x) == 1)
            #expect(TerminalPalette.ansi8.index(of: RGB(red: 0, green: 0, blue: 255), x: x, y: x) == 4)
        }
    }

    @Test("Sixteen colours: a grey wedge grows brighter, white is white")
    func sixteen() throws {
        var last = -1.0
        for level in stride(from: UInt8(0), through: 255, by: 51) {
            var sum = 0.0
            for place in 0..<16 {
                let color = RGB(red: level, green: level, blue: level)
                let index = TerminalPalette.ansi16.index(of: color, x: place % 4, y: place / 4)
                sum += try #require(TerminalPalette.ansi16.color(at: index)).luminance
            }
            #expect(sum > last)
            last = sum
        }
        #expect(last / 16 > 240)
    }
}

@Suite("Shades without colour")
struct ShadeRampTests {
    @Test("Dark is empty, light is full", arguments: [ShadeRamp.ascii, .blocks])
    func ends(ramp: ShadeRamp) {
        let white = RGB(red: 255, green: 255, blue: 255)
        let black = RGB(red: 0, green: 0, blue: 0)
        #expect(ramp.glyph(for: (white, white), x: 1, y: 2) == ramp.glyphs.last)
        #expect(ramp.glyph(for: (black, black), x: 1, y: 2) == " ")
        #expect(ramp.glyph(for: (nil, nil), x: 3, y: 3) == " ")
    }

    @Test("Shades follow the luminance and are dithered between two", arguments: [ShadeRamp.ascii, .blocks])
    func middle(ramp: ShadeRamp) throws {
        var last = -1
        for level in stride(from: UInt8(0), through: 255, by: 15) {
            let color = RGB(red: level, green: level, blue: level)
            var sum = 0
            var used: Set<Int> = []
            for place in 0..<16 {
                let glyph = ramp.glyph(for: (color, color), x: place % 4, y: place / 4)
                let index = try #require(ramp.glyphs.firstIndex(of: glyph))
                sum += index
                used.insert(index)
            }
            #expect(sum > last)
            #expect(used.count <= 2)
            last = sum
        }
    }

    @Test("ASCII is ASCII")
    func ascii() {
        #expect(ShadeRamp.ascii.glyphs.allSatisfy { $0.isASCII })
        #expect(ShadeRamp.ascii.glyphs.count == 10 && ShadeRamp.blocks.glyphs.count == 5)
    }
}
