import Foundation
import TestSupport
import Testing

@testable import Pictures

@Suite("Preprocessing")
struct PreprocessingTests {
    /// Sizes and offsets as Python computes them: `int(224 * long / short)`, `round((size - 224) / 2)`.
    @Test(arguments: [
        (640, 480, 298, 224, 37, 0), (480, 640, 224, 298, 0, 37), (227, 224, 227, 224, 2, 0),
        (224, 225, 224, 225, 0, 0),
        (224, 229, 224, 229, 0, 2), (224, 224, 224, 224, 0, 0), (1, 300, 224, 67200, 0, 33488),
        (500, 333, 336, 224, 56, 0),
    ])
    func shortest(width: Int, height: Int, newWidth: Int, newHeight: Int, left: Int, top: Int) {
        let expected = Preprocessing.Placement(width: newWidth, height: newHeight, left: left, top: top)
        #expect(Preprocessing.openAI.placement(width: width, height: height) == expected)
    }

    @Test("The longer side fits, the rest is filled evenly")
    func longest() {
        let preprocessing = Preprocessing(size: 8, resizeMode: .longest, fillColor: 77)
        #expect(preprocessing.placement(width: 16, height: 10) == .init(width: 8, height: 5, left: 0, top: -1))
        let color = RGB(red: 10, green: 20, blue: 30)
        let cropped = preprocessing.cropped(.plain(width: 16, height: 10, color))
        let fill: [UInt8] = [77, 0, 0]
        #expect(cropped.reds.map { $0[0] } == [fill[0], 10, 10, 10, 10, 10, fill[0], fill[0]])
        #expect(cropped.width == 8 && cropped.height == 8)
        let sliver = preprocessing.placement(width: 1000, height: 1)
        #expect(sliver == .init(width: 8, height: 1, left: 0, top: -3))
    }

    @Test("Squashing is a plain resize")
    func squash() {
        let picture = Picture.noise(width: 50, height: 20)
        let preprocessing = Preprocessing(size: 16, interpolation: .bilinear, resizeMode: .squash)
        #expect(preprocessing.cropped(picture) == picture.resized(width: 16, height: 16, interpolation: .bilinear))
    }

    @Test("Shortest is a resize and a cut")
    func crop() {
        let picture = Picture.noise(width: 61, height: 40)
        let whole = picture.resized(width: 24, height: 16)
        #expect(Preprocessing(size: 16).cropped(picture) == whole.part(columns: 4..<20, rows: 0..<16))
    }

    @Test("Planes, scaled to 0...1 and normalised")
    func normalisation() {
        let preprocessing = Preprocessing(size: 2, mean: [0.5, 0, 1], standardDeviation: [0.5, 2, 0.25])
        let pixels = preprocessing.pixels(
            of: Picture(width: 2, height: 2, pixels: [0, 255, 51, 255, 0, 0, 51, 51, 0, 0, 0, 255]))
        #expect(pixels == [-1, 1, (0.2 - 0.5) / 0.5, -1, 0.5, 0, 0.1, 0, (0.2 - 1) / 0.25, -4, -4, 0])
    }

    @Test("A picture's place in a batch is filled and nothing else")
    func batch() {
        let preprocessing = Preprocessing(size: 4)
        let picture = Picture.noise(width: 9, height: 7)
        let count = preprocessing.pixelCount
        #expect(count == 48)
        var batch = [Float](repeating: 9, count: 3 * count)
        batch.withUnsafeMutableBufferPointer { batch in
            preprocessing.pixels(of: picture, into: UnsafeMutableBufferPointer(rebasing: batch[count..<(2 * count)]))
        }
        #expect(batch[..<count].allSatisfy { $0 == 9 } && batch[(2 * count)...].allSatisfy { $0 == 9 })
        #expect(Array(batch[count..<(2 * count)]) == preprocessing.pixels(of: picture))
    }

    @Test("Extreme shapes take no extreme time or room", arguments: [(1, 2_000_000), (2_000_000, 1)])
    func extremes(width: Int, height: Int) {
        let picture = Picture(width: width, height: height, pixels: [UInt8](repeating: 9, count: width * height * 3))
        for mode in Preprocessing.ResizeMode.allCases {
            let cropped = Preprocessing(size: 16, resizeMode: mode).cropped(picture)
            // Only where the longer side has to fit is there a border; the picture is one line then.
            #expect(cropped.pixels.count { $0 == 9 } == (mode == .longest ? 16 : 256) * 3)
        }
    }

    @Test("Settings survive being written and read; nonsense does not")
    func coding() throws {
        let preprocessing = Preprocessing(size: 336, interpolation: .bilinear, resizeMode: .longest, fillColor: 3)
        let data = try JSONEncoder().encode(preprocessing)
        #expect(try JSONDecoder().decode(Preprocessing.self, from: data) == preprocessing)
        let nonsense = String(decoding: data, as: UTF8.self).replacingOccurrences(of: "336", with: "0")
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Preprocessing.self, from: Data(nonsense.utf8))
        }
    }
}

@Suite("Random views")
struct RandomViewTests {
    /// Expected values from the same drawing written in Python.
    @Test(arguments: [
        (1, 500, 400, 31, 33, 369, 425, true, 5), (2, 224, 224, 23, 7, 186, 215, true, 5),
        (3, 640, 333, 5, 20, 325, 365, true, 5), (4, 1000, 100, 0, 433, 100, 133, true, 21),
        (5, 100, 1000, 433, 0, 133, 100, true, 21), (6, 1, 1, 0, 0, 1, 1, false, 5),
        (7, 31, 47, 9, 2, 37, 28, true, 5),
    ])
    func equalsPython(
        seed: UInt64, width: Int, height: Int, top: Int, left: Int, rows: Int, columns: Int, isFlipped: Bool, draws: Int
    ) {
        var generator = SplitMix(seed)
        let view = RandomView.draw(width: width, height: height, using: &generator)
        let region = PixelRegion(top: top, left: left, height: rows, width: columns)
        #expect(view == RandomView(region: region, isFlipped: isFlipped))
        #expect(generator.draws == draws)
    }

    @Test("Views lie inside, keep to scale and ratio, and are mirrored half of the time")
    func statistics() {
        var generator = SplitMix(99)
        var flips = 0
        var share = 0.0
        for _ in 0..<2000 {
            let view = RandomView.draw(width: 300, height: 200, using: &generator)
            let region = view.region
            #expect(region.top >= 0 && region.left >= 0)
            #expect(region.top + region.height <= 200 && region.left + region.width <= 300)
            let ratio = Double(region.width) / Double(region.height)
            #expect(ratio > 0.74 && ratio < 1.35)
            let part = Double(region.width * region.height) / 60000
            #expect(part > 0.49)
            share += part / 2000
            flips += view.isFlipped ? 1 : 0
        }
        #expect(abs(flips - 1000) < 100)
        #expect(share > 0.55 && share < 0.75)
    }

    @Test("The middle is taken when no try can fit")
    func fallback() {
        var generator = SplitMix(1)
        for (width, height) in [(10_000, 1), (1, 10_000), (3, 5000)] {
            let view = RandomView.draw(width: width, height: height, scale: 0.9...1, using: &generator)
            #expect(view.region == RandomView.centralRegion(width: width, height: height, ratio: 0.75...(4.0 / 3)))
            #expect(view.region.width > 0 && view.region.height > 0)
        }
    }

    @Test("A view is the region resized to the square, mirrored, normalised")
    func pixels() {
        let picture = Picture.noise(width: 40, height: 30)
        let preprocessing = Preprocessing(size: 12)
        let region = PixelRegion(top: 3, left: 9, height: 20, width: 25)
        let expected = picture.part(columns: 9..<34, rows: 3..<23).resized(width: 12, height: 12)
        let straight = preprocessing.cropped(picture, view: RandomView(region: region, isFlipped: false))
        let mirrored = preprocessing.cropped(picture, view: RandomView(region: region, isFlipped: true))
        #expect(straight == expected)
        #expect(mirrored.reds == expected.reds.map { $0.reversed() })

        var buffer = [Float](repeating: 0, count: preprocessing.pixelCount)
        buffer.withUnsafeMutableBufferPointer {
            preprocessing.pixels(of: picture, view: RandomView(region: region, isFlipped: true), into: $0)
        }
        #expect(buffer == preprocessing.pixels(of: mirrored))
    }
}
