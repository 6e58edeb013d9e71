import Testing

@testable import Pictures

@Suite("Resizing beyond the crop") struct FramingTests {
    private func placement(_ mode: Preprocessing.ResizeMode, _ edge: Int, _ width: Int, _ height: Int)
        -> Preprocessing.Placement
    {
        Preprocessing(size: 32, resizeMode: mode, resizedEdge: edge).placement(width: width, height: height)
    }

    @Test func theMiddleIsCutOut() {
        #expect(placement(.shortest, 40, 80, 120) == .init(width: 40, height: 60, left: 4, top: 14))
        #expect(placement(.squash, 48, 80, 120) == .init(width: 48, height: 48, left: 8, top: 8))
        #expect(placement(.squash, 32, 80, 120) == .init(width: 32, height: 32, left: 0, top: 0))
    }

    /// torchvision pads with black, the odd pixel to the right and below.
    @Test func aSmallerEdgeIsPadded() {
        #expect(placement(.shortest, 29, 29, 29) == .init(width: 29, height: 29, left: -1, top: -1))
        let picture = Picture(width: 29, height: 29, pixels: .init(repeating: 200, count: 29 * 29 * 3))
        let cropped = Preprocessing(size: 32, resizedEdge: 29).cropped(picture)
        #expect(cropped.width == 32 && cropped.pixels[0] == 0 && cropped.pixels[(32 + 1) * 3] == 200)
        #expect(cropped.pixels[(29 * 32 + 29) * 3] == 200 && cropped.pixels[(30 * 32 + 30) * 3] == 0)
    }
}
