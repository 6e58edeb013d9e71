/// A rectangle of pixels inside a picture.
public struct PixelRegion: Sendable, Equatable {
    /// The first row.
    public var top: Int
    /// The first column.
    public var left: Int
    /// Rows.
    public var height: Int
    /// Columns.
    public var width: Int

    /// The rectangle of `height` x `width` pixels whose upper left corner is at (`top`, `left`).
    public init(top: Int, left: Int, height: Int, width: Int) {
        self.top = top
        self.left = left
        self.height = height
        self.width = width
    }
}

/// The parameters of one resize: the source region, the size of the result, and the window of it that is computed.
struct Resize {
    /// The part of the source that is resized; pixels outside it do not count.
    var region: PixelRegion
    /// The columns of the whole result.
    var width: Int
    /// The rows of the whole result.
    var height: Int
    /// The columns of the result that are computed.
    var columns: Range<Int>
    /// The rows of the result that are computed.
    var rows: Range<Int>
    /// The filter.
    var interpolation: Interpolation
    /// The most bytes that the half-resized picture between the passes may take; wider windows are done in strips.
    var intermediateLimit = 64 << 20

    /// Whether the rows are resized before the columns: as in Pillow since 13.0, when the height is reduced by more than
    /// twice as many pixels as the width. The picture between the passes has 8 bits, so the order shows in the result.
    var isVerticalFirst: Bool {
        height < region.height && region.height - height > 2 * (region.width - width)
    }
}

extension Picture {
    /// The picture resized to `width` x `height`, as Pillow does it, bit for bit.
    public func resized(width: Int, height: Int, interpolation: Interpolation = .bicubic) -> Picture {
        resized(
            Resize(
                region: PixelRegion(top: 0, left: 0, height: self.height, width: self.width), width: width,
                height: height, columns: 0..<width, rows: 0..<height, interpolation: interpolation))
    }

    /// The computed window of a resize (docs/models.md#preprocessing).
    ///
    /// A pass is left out where its size does not change, and only those rows and columns are computed that the window
    /// needs.
    func resized(_ resize: Resize) -> Picture {
        let outputWidth = resize.columns.count
        let outputHeight = resize.rows.count
        let bytes = [UInt8](unsafeUninitializedCapacity: outputWidth * outputHeight * 3) { result, count in
            pixels.withUnsafeBufferPointer { source in
                guard let source = source.baseAddress, let result = result.baseAddress else { return }
                let start = (resize.region.top * width + resize.region.left) * 3
                let target = MutablePixels(start: result, rowBytes: outputWidth * 3)
                resize.run(from: Pixels(start: source + start, rowBytes: width * 3), into: target)
                count = outputWidth * outputHeight * 3
            }
        }
        return Picture(width: outputWidth, height: outputHeight, pixels: bytes)
    }
}

extension Resize {
    /// Fills `result` with the window; `source` begins at the region's first pixel.
    fileprivate func run(from source: Pixels, into result: MutablePixels) {
        switch (width == region.width, height == region.height) {
        case (true, true):
            for (index, row) in rows.enumerated() {
                let line = source.row(row) + columns.lowerBound * 3
                result.row(index).update(from: line, count: columns.count * 3)
            }
        case (false, true):
            let weights = columnWeights(columns)
            resampleColumns(source.from(row: rows.lowerBound), rows: rows.count, weights: weights, into: result)
        case (true, false):
            let weights = rowWeights
            resampleRows(
                source.from(column: columns.lowerBound), columns: columns.count, weights: weights, into: result)
        case (false, false) where isVerticalFirst:
            let weights = columnWeights(columns)
            let needed = weights.sourceRange
            withPixels(rows: rows.count, columns: needed.count) { between in
                resampleRows(
                    source.from(column: needed.lowerBound), columns: needed.count, weights: rowWeights, into: between)
                resampleColumns(
                    Pixels(between).from(column: -needed.lowerBound), rows: rows.count, weights: weights, into: result)
            }
        case (false, false):
            let rowWeights = rowWeights
            let needed = rowWeights.sourceRange
            let stripWidth = min(columns.count, max(1, intermediateLimit / (3 * needed.count)))
            for first in stride(from: columns.lowerBound, to: columns.upperBound, by: stripWidth) {
                let strip = first..<min(first + stripWidth, columns.upperBound)
                withPixels(rows: needed.count, columns: strip.count) { between in
                    resampleColumns(
                        source.from(row: needed.lowerBound), rows: needed.count, weights: columnWeights(strip),
                        into: between)
                    resampleRows(
                        Pixels(between).from(row: -needed.lowerBound), columns: strip.count, weights: rowWeights,
                        into: result.from(column: first - columns.lowerBound))
                }
            }
        }
    }

    private func columnWeights(_ window: Range<Int>) -> ResampleWeights {
        ResampleWeights(input: region.width, output: width, window: window, interpolation: interpolation)
    }

    private var rowWeights: ResampleWeights {
        ResampleWeights(input: region.height, output: height, window: rows, interpolation: interpolation)
    }
}

/// The buffer for the picture between two passes.
private func withPixels(rows: Int, columns: Int, _ body: (MutablePixels) -> Void) {
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: rows * columns * 3)
    defer { buffer.deallocate() }
    body(MutablePixels(start: buffer, rowBytes: columns * 3))
}
