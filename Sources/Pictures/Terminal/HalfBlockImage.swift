/// A colour with 8 bits per channel.
public struct RGB: Sendable, Hashable {
    /// Red, 0...255.
    public var red: UInt8
    /// Green, 0...255.
    public var green: UInt8
    /// Blue, 0...255.
    public var blue: UInt8

    /// The colour of these channels.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// The brightness an eye sees, 0...255 (Rec. 601 luma).
    public var luminance: Double { 0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue) }
}

/// A picture fitted into terminal cells, each an upper and a lower half that are about square.
///
/// The aspect is kept; what the picture leaves free is nil, evenly on both sides.
public struct HalfBlockImage: Sendable, Equatable {
    /// The two halves of a cell; nil where the picture is not.
    public typealias Cell = (top: RGB?, bottom: RGB?)

    /// Cells in a row.
    public let columns: Int
    /// Rows of cells.
    public let rows: Int
    /// The part of the `columns` x `2 * rows` halves that the picture covers.
    public let region: PixelRegion
    /// The picture at the size of `region`.
    let fitted: Picture

    /// Fits a picture into `columns` x `rows` cells; none of either gives an image without cells.
    public init(picture: Picture, columns: Int, rows: Int) {
        self.columns = max(columns, 0)
        self.rows = max(rows, 0)
        let halves = 2 * self.rows
        guard columns > 0, rows > 0 else {
            region = PixelRegion(top: 0, left: 0, height: 0, width: 0)
            fitted = picture
            return
        }
        let scale = min(Double(columns) / Double(picture.width), Double(halves) / Double(picture.height))
        let width = min(max(Int((Double(picture.width) * scale).rounded()), 1), columns)
        let height = min(max(Int((Double(picture.height) * scale).rounded()), 1), halves)
        region = PixelRegion(
            top: (halves - height) / 2, left: (columns - width) / 2, height: height, width: width)
        fitted = picture.resized(width: width, height: height)
    }

    /// The halves of a cell; nil for both outside the image.
    public func cell(_ column: Int, _ row: Int) -> Cell {
        (half(column, 2 * row), half(column, 2 * row + 1))
    }

    /// The colour of one half: row `2 * row` is the upper one of a cell, `2 * row + 1` the lower one.
    private func half(_ column: Int, _ row: Int) -> RGB? {
        let x = column - region.left
        let y = row - region.top
        guard (0..<region.width).contains(x), (0..<region.height).contains(y) else { return nil }
        let index = (y * region.width + x) * 3
        return RGB(red: fitted.pixels[index], green: fitted.pixels[index + 1], blue: fitted.pixels[index + 2])
    }
}
