import Testing

@testable import Pictures

@Suite("Resizing")
struct ResizeTests {
    /// Expected values from Pillow 13.
    @Test(arguments: [
        (
            7, 5, 4, 3, Interpolation.bicubic,
            [
                137, 81, 147, 153, 179, 163, 136, 56, 202, 142, 104, 124, 112, 81, 64, 176, 111, 152, 91, 158, 157, 137,
                117, 121, 89, 177, 59, 202, 159, 86, 177, 124, 130, 100, 139, 129,
            ] as [UInt8]
        ),
        (
            7, 5, 4, 3, .bilinear,
            [
                138, 89, 146, 155, 171, 159, 136, 65, 194, 140, 106, 130, 116, 88, 75, 173, 113, 145, 100, 147, 154,
                133,
                120, 123, 96, 174, 65, 190, 158, 90, 171, 123, 125, 109, 138, 128,
            ]
        ),
        (
            9, 2, 3, 2, .bicubic, [183, 152, 171, 159, 103, 190, 90, 88, 103, 91, 98, 173, 167, 69, 96, 173, 88, 133]
        ),
        (
            2, 9, 2, 3, .bilinear,
            [171, 160, 131, 167, 92, 203, 96, 121, 159, 113, 71, 119, 146, 63, 120, 168, 106, 127]
        ),
    ])
    func equalsPillow(
        width: Int, height: Int, newWidth: Int, newHeight: Int, interpolation: Interpolation, expected: [UInt8]
    ) {
        let resized = Picture.noise(width: width, height: height)
            .resized(width: newWidth, height: newHeight, interpolation: interpolation)
        #expect(resized.pixels == expected)
    }

    @Test(
        "Larger pictures equal Pillow's, by checksum",
        arguments: [
            (57, 91, Interpolation.bicubic, 413_328_285 as UInt32), (333, 20, .bilinear, 3_848_645_993),
        ])
    func equalsPillowByChecksum(width: Int, height: Int, interpolation: Interpolation, expected: UInt32) {
        let resized = Picture.noise(width: 200, height: 131)
            .resized(width: width, height: height, interpolation: interpolation)
        #expect(resized.checksum == expected)
    }

    @Test(
        "Pictures whose height shrinks much more than their width are resized vertically first, as in Pillow 13",
        arguments: [
            (56, 149, 1_143_612_180 as UInt32), (56, 200, 3_887_868_526), (130, 330, 3_913_903_202),
        ])
    func tall(width: Int, height: Int, expected: UInt32) {
        #expect(Picture.noise(width: 150, height: 400).resized(width: width, height: height).checksum == expected)
    }

    @Test("A window is the same part of the whole result")
    func window() {
        let picture = Picture.noise(width: 90, height: 61)
        let region = PixelRegion(top: 0, left: 0, height: 61, width: 90)
        for (width, height) in [(40, 33), (150, 120), (90, 33), (40, 61), (90, 61), (85, 30)] {
            let whole = picture.resized(width: width, height: height)
            let columns = (width / 4)..<(width / 4 + 17)
            let rows = (height / 3)..<(height / 3 + 11)
            let window = picture.resized(
                Resize(
                    region: region, width: width, height: height, columns: columns, rows: rows, interpolation: .bicubic)
            )
            #expect(window == whole.part(columns: columns, rows: rows), "\(width)x\(height)")
        }
    }

    @Test("A region is resized as if it were a picture of its own")
    func region() {
        let picture = Picture.noise(width: 50, height: 40)
        let region = PixelRegion(top: 7, left: 5, height: 21, width: 33)
        let part = picture.part(columns: 5..<38, rows: 7..<28)
        for (width, height) in [(16, 16), (33, 16), (16, 21), (60, 70), (40, 12)] {
            let fromRegion = picture.resized(
                Resize(
                    region: region, width: width, height: height, columns: 0..<width, rows: 0..<height,
                    interpolation: .bicubic))
            #expect(fromRegion == part.resized(width: width, height: height))
        }
    }

    @Test("Strips, for pictures too tall to be half-resized at once, change nothing")
    func strips() {
        let picture = Picture.noise(width: 64, height: 300)
        var resize = Resize(
            region: PixelRegion(top: 0, left: 0, height: 300, width: 64), width: 31, height: 20, columns: 0..<31,
            rows: 0..<20, interpolation: .bicubic)
        let whole = picture.resized(resize)
        for limit in [1, 300 * 3 * 7] {
            resize.intermediateLimit = limit
            #expect(picture.resized(resize) == whole)
        }
    }

    @Test("A plain picture stays plain at every size", arguments: [(1, 1), (3, 200), (224, 224)])
    func plain(width: Int, height: Int) {
        let color = RGB(red: 255, green: 0, blue: 93)
        let resized = Picture.plain(width: 37, height: 23, color).resized(width: width, height: height)
        #expect(resized == .plain(width: width, height: height, color))
    }
}

@Suite("Weights of the resize")
struct ResampleWeightsTests {
    @Test("Weights of each output pixel add up to one, and lie inside the source", arguments: Interpolation.allCases)
    func sums(interpolation: Interpolation) {
        for (input, output) in [(1, 5), (5, 1), (640, 224), (224, 640), (1000, 999), (100_000, 3)] {
            let weights = ResampleWeights(
                input: input, output: output, window: 0..<output, interpolation: interpolation)
            for index in 0..<output {
                let own = weights.values[(index * weights.stride)..<((index + 1) * weights.stride)]
                let sum = own.reduce(0) { $0 + Int($1) }
                #expect(abs(sum - 1 << 22) <= weights.counts[index])
                #expect(own.dropFirst(weights.counts[index]).allSatisfy { $0 == 0 })
                #expect(weights.starts[index] >= 0 && weights.starts[index] + weights.counts[index] <= input)
            }
            #expect(weights.sourceRange == 0..<input)
        }
    }

    @Test("Half the size in bilinear: 1 3 3 1")
    func halving() {
        let weights = ResampleWeights(input: 8, output: 4, window: 1..<2, interpolation: .bilinear)
        let eighth: Int32 = 1 << 19
        #expect(weights.starts == [1])
        #expect(weights.values.prefix(weights.counts[0]) == [eighth, 3 * eighth, 3 * eighth, eighth])
    }

    @Test("The bicubic filter passes through its known points")
    func kernel() {
        #expect(Interpolation.bicubic.weight(at: 0) == 1)
        #expect(Interpolation.bicubic.weight(at: 1) == 0)
        #expect(Interpolation.bicubic.weight(at: -0.5) == 0.5625)
        #expect(Interpolation.bicubic.weight(at: 1.5) == -0.0625)
        #expect(Interpolation.bicubic.weight(at: 2) == 0)
    }
}

extension Picture {
    /// A part of the picture, cut out pixel by pixel.
    func part(columns: Range<Int>, rows: Range<Int>) -> Picture {
        let bytes = rows.flatMap { row in
            pixels[((row * width + columns.lowerBound) * 3)..<((row * width + columns.upperBound) * 3)]
        }
        return Picture(width: columns.count, height: rows.count, pixels: bytes)
    }
}
