import Foundation

/// A random part of a picture, perhaps mirrored: one view of it for training (docs/methods.md#random-views).
public struct RandomView: Sendable, Equatable {
    /// The part.
    public var region: PixelRegion
    /// Whether it is mirrored left to right.
    public var isFlipped: Bool

    /// The view of a region.
    public init(region: PixelRegion, isFlipped: Bool) {
        self.region = region
        self.isFlipped = isFlipped
    }

    /// Draws a view as torchvision's `RandomResizedCrop` and `RandomHorizontalFlip` do: up to ten tries of an area and an
    /// aspect, the place in the picture, then the flip.
    ///
    /// It is a function of the generator's state alone. Every value takes one number from the generator, in the order area,
    /// aspect (both again for every try), top, left, flip; when no try fits, the place takes none.
    ///
    /// - Parameters:
    ///   - width: The picture's columns.
    ///   - height: The picture's rows.
    ///   - scale: The share of the picture's area.
    ///   - ratio: Width divided by height, drawn evenly in its logarithm.
    ///   - generator: Where the numbers come from.
    public static func draw<Generator: RandomNumberGenerator>(
        width: Int, height: Int, scale: ClosedRange<Double> = 0.5...1, ratio: ClosedRange<Double> = 3.0 / 4...4.0 / 3,
        using generator: inout Generator
    ) -> RandomView {
        let region =
            drawnRegion(width: width, height: height, scale: scale, ratio: ratio, using: &generator)
            ?? centralRegion(width: width, height: height, ratio: ratio)
        return RandomView(region: region, isFlipped: uniform(using: &generator) < 0.5)
    }

    private static func drawnRegion<Generator: RandomNumberGenerator>(
        width: Int, height: Int, scale: ClosedRange<Double>, ratio: ClosedRange<Double>,
        using generator: inout Generator
    ) -> PixelRegion? {
        let logRatio = log(ratio.lowerBound)...log(ratio.upperBound)
        for _ in 0..<10 {
            let area = Double(width * height) * uniform(in: scale, using: &generator)
            let aspect = exp(uniform(in: logRatio, using: &generator))
            let columns = Int((area * aspect).squareRoot().rounded(.toNearestOrEven))
            let rows = Int((area / aspect).squareRoot().rounded(.toNearestOrEven))
            if (1...width).contains(columns), (1...height).contains(rows) {
                let top = integer(upTo: height - rows, using: &generator)
                let left = integer(upTo: width - columns, using: &generator)
                return PixelRegion(top: top, left: left, height: rows, width: columns)
            }
        }
        return nil
    }

    /// The largest central part whose aspect is allowed.
    static func centralRegion(width: Int, height: Int, ratio: ClosedRange<Double>) -> PixelRegion {
        var columns = width
        var rows = height
        let aspect = Double(width) / Double(height)
        if aspect < ratio.lowerBound {
            rows = Int((Double(width) / ratio.lowerBound).rounded(.toNearestOrEven))
        } else if aspect > ratio.upperBound {
            columns = Int((Double(height) * ratio.upperBound).rounded(.toNearestOrEven))
        }
        return PixelRegion(
            top: (height - rows) / 2, left: (width - columns) / 2, height: max(rows, 1), width: max(columns, 1))
    }

    /// A number from 0 up to but not including 1, of one draw.
    private static func uniform<Generator: RandomNumberGenerator>(using generator: inout Generator) -> Double {
        Double(generator.next() >> 11) * 0x1p-53
    }

    private static func uniform<Generator: RandomNumberGenerator>(
        in range: ClosedRange<Double>, using generator: inout Generator
    ) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform(using: &generator)
    }

    /// A whole number from 0 to `last`, of one draw.
    private static func integer<Generator: RandomNumberGenerator>(
        upTo last: Int, using generator: inout Generator
    ) -> Int {
        Int(generator.next().multipliedFullWidth(by: UInt64(last + 1)).high)
    }
}

extension Preprocessing {
    /// Writes the model's input for a view of a picture, `[3, size, size]`, into a caller's buffer: the region resized to
    /// the whole square, mirrored if the view is, normalised.
    /// - Precondition: the view's region lies in the picture; `buffer.count == pixelCount`.
    public func pixels(of picture: Picture, view: RandomView, into buffer: UnsafeMutableBufferPointer<Float>) {
        normalise(cropped(picture, view: view), into: buffer)
    }

    /// A view of a picture, resized to `size` x `size`, before normalisation.
    /// - Precondition: the view's region lies in the picture.
    public func cropped(_ picture: Picture, view: RandomView) -> Picture {
        let region = view.region
        precondition(
            region.top >= 0 && region.left >= 0 && region.top + region.height <= picture.height
                && region.left + region.width <= picture.width && region.height > 0 && region.width > 0,
            "the view is not inside the picture")
        let resized = picture.resized(
            Resize(
                region: region, width: size, height: size, columns: 0..<size, rows: 0..<size,
                interpolation: interpolation))
        return view.isFlipped ? resized.upright(from: .mirrored) : resized
    }
}
