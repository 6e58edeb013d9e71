/// A picture in the colours 16 to 255 of xterm by Floyd and Steinberg's error diffusion. In a picture of a few hundred
/// dots the regular patterns of ordered dithering would look like content.
///
/// It is a function of the picture alone: a picture that does not change is not sent again.
struct ErrorDiffusion {
    /// The share of a dot's error in brightness that the next dots compensate. More would suit flat areas and would
    /// speckle edges.
    private static let carriedBrightness: Float = 0.75

    /// The palette's number for each dot of a picture, row by row.
    /// - Parameter carriedColor: The same for the colour. The cube's first step from black is so long that large dots get
    ///   red and olive spots with more.
    static func indices256(of picture: Picture, carriedColor: Float = 0.3) -> [UInt8] {
        let (width, height) = (picture.width, picture.height)
        var indices = [UInt8](repeating: 0, count: width * height)
        // The errors carried to the dots of this row and of the next, with one place more at both ends.
        var owed = [SIMD3<Float>](repeating: .zero, count: width + 2)
        var next = owed
        for y in 0..<height {
            // Rows alternate in direction, so that errors do not drift to one side.
            let isForth = y % 2 == 0
            let ahead = isForth ? 1 : -1
            for step in 0..<width {
                let x = isForth ? step : width - 1 - step
                let at = (y * width + x) * 3
                let color = SIMD3(
                    Float(picture.pixels[at]), Float(picture.pixels[at + 1]), Float(picture.pixels[at + 2]))
                let wanted = (color + owed[x + 1]).clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 255))
                let (index, shown) = nearest(to: wanted)
                indices[y * width + x] = index
                let difference = wanted - shown
                let brightness = (difference * weights).sum()
                let left = difference * carriedColor + brightness * (carriedBrightness - carriedColor)
                owed[x + 1 + ahead] += left * (7 / 16)
                next[x + 1 - ahead] += left * (3 / 16)
                next[x + 1] += left * (5 / 16)
                next[x + 1 + ahead] += left * (1 / 16)
            }
            owed = next
            next = [SIMD3<Float>](repeating: .zero, count: width + 2)
        }
        return indices
    }

    private static let cubeLevels: [Float] = [0, 95, 135, 175, 215, 255]
    /// The perceptual weights of differences in red, green and blue.
    private static let weights = SIMD3<Float>(0.299, 0.587, 0.114)

    /// The nearest colour of the cube, or the nearest grey if that is nearer.
    private static func nearest(to color: SIMD3<Float>) -> (UInt8, SIMD3<Float>) {
        var cell = SIMD3<Int>()
        var cube = SIMD3<Float>()
        for channel in 0..<3 {
            let value = color[channel]
            // The places between the levels: half of 95, and then every 40.
            let level = value < 47.5 ? 0 : min(5, 1 + max(0, Int((value - 75) / 40)))
            cell[channel] = level
            cube[channel] = cubeLevels[level]
        }
        let mean = (color * weights).sum()
        let step = min(23, max(0, Int(((mean - 8) / 10).rounded())))
        let grey = SIMD3<Float>(repeating: Float(8 + 10 * step))
        let (toCube, toGrey) = (color - cube, color - grey)
        if (toGrey * toGrey * weights).sum() < (toCube * toCube * weights).sum() { return (UInt8(232 + step), grey) }
        return (UInt8(16 + 36 * cell.x + 6 * cell.y + cell.z), cube)
    }
}

extension HalfBlockImage {
    /// The halves in the colours 16 to 255 of xterm, dithered: `columns` x `2 * rows`, row by row, nil where the picture is
    /// not.
    public func indices256() -> [UInt8?] {
        var halves = [UInt8?](repeating: nil, count: columns * 2 * rows)
        guard region.width > 0, region.height > 0 else { return halves }
        let indices = ErrorDiffusion.indices256(of: fitted)
        for y in 0..<region.height {
            for x in 0..<region.width {
                halves[(y + region.top) * columns + x + region.left] = indices[y * region.width + x]
            }
        }
        return halves
    }
}
