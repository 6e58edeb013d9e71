/// A decoded picture: 8-bit red, green, blue, interleaved, top row first, upright.
public struct Picture: Sendable, Equatable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// `width * height * 3` bytes, `R G B R G B ...`.
    public var pixels: [UInt8]

    /// A picture of the given samples.
    /// - Precondition: `width > 0`, `height > 0`, `pixels.count == width * height * 3`.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "a picture of \(width)x\(height) pixels")
        precondition(pixels.count == width * height * 3, "\(pixels.count) bytes are not \(width)x\(height) RGB")
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}
