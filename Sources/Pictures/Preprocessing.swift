/// How pictures become the input of a model: size, crop, filter, and normalisation (docs/models.md#preprocessing).
public struct Preprocessing: Sendable, Equatable, Codable {
    /// How a picture that is not square is brought to the square that the model takes.
    public enum ResizeMode: String, Sendable, Codable, CaseIterable {
        /// The shorter side becomes `resizedEdge`, then the middle is cut out.
        case shortest
        /// Both sides become `resizedEdge`, the aspect is not kept; then the middle is cut out.
        case squash
        /// The longer side becomes `size`, the rest is filled with `fillColor`.
        case longest
    }

    /// The width and height of the model's input, in pixels.
    public var size: Int
    /// What a side becomes before the middle is cut out, in pixels; usually `size`, so that nothing is lost of it.
    public var resizedEdge: Int
    /// The mean of red, green, blue, on the scale 0...1.
    public var mean: [Float]
    /// The standard deviation of red, green, blue, on the scale 0...1.
    public var standardDeviation: [Float]
    /// The filter.
    public var interpolation: Interpolation
    /// What happens to pictures that are not square.
    public var resizeMode: ResizeMode
    /// The grey level of the border that `longest` adds.
    public var fillColor: UInt8

    /// The mean of OpenAI's checkpoints, which most others took over.
    public static let openAIMean: [Float] = [0.48145466, 0.4578275, 0.40821073]
    /// The standard deviation of OpenAI's checkpoints.
    public static let openAIStandardDeviation: [Float] = [0.26862954, 0.26130258, 0.27577711]
    /// The preprocessing of OpenAI's checkpoints with 224 pixels.
    public static let openAI = Preprocessing()

    /// The preprocessing with the given settings; the rest is as in OpenAI's checkpoints.
    /// - Precondition: `size > 0`, `resizedEdge > 0`; `mean` and `standardDeviation` have three values each.
    public init(
        size: Int = 224, mean: [Float] = Self.openAIMean, standardDeviation: [Float] = Self.openAIStandardDeviation,
        interpolation: Interpolation = .bicubic, resizeMode: ResizeMode = .shortest, fillColor: UInt8 = 0,
        resizedEdge: Int? = nil
    ) {
        precondition(size > 0 && resizedEdge ?? size > 0, "a picture of \(size) pixels")
        precondition(mean.count == 3 && standardDeviation.count == 3, "red, green, blue want three values")
        self.size = size
        self.resizedEdge = resizedEdge ?? size
        self.mean = mean
        self.standardDeviation = standardDeviation
        self.interpolation = interpolation
        self.resizeMode = resizeMode
        self.fillColor = fillColor
    }

    /// Reads what `encode(to:)` wrote.
    /// - Throws: `DecodingError` where a value is missing or makes no sense.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        size = try values.decode(Int.self, forKey: .size)
        resizedEdge = try values.decodeIfPresent(Int.self, forKey: .resizedEdge) ?? size
        mean = try values.decode([Float].self, forKey: .mean)
        standardDeviation = try values.decode([Float].self, forKey: .standardDeviation)
        interpolation = try values.decode(Interpolation.self, forKey: .interpolation)
        resizeMode = try values.decode(ResizeMode.self, forKey: .resizeMode)
        fillColor = try values.decode(UInt8.self, forKey: .fillColor)
        guard size > 0, resizedEdge > 0, mean.count == 3, standardDeviation.count == 3 else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "size \(size), \(mean.count) means, \(standardDeviation.count) deviations"))
        }
    }

    /// The number of floats that `pixels(of:)` gives: `3 * size * size`.
    public var pixelCount: Int { 3 * size * size }

    /// The model's input for a picture: normalised, `[3, size, size]`.
    public func pixels(of picture: Picture) -> [Float] {
        [Float](unsafeUninitializedCapacity: pixelCount) { buffer, count in
            pixels(of: picture, into: UnsafeMutableBufferPointer(rebasing: buffer[..<pixelCount]))
            count = pixelCount
        }
    }

    /// Writes the model's input for a picture, `[3, size, size]`, into a caller's buffer: a place in a batch.
    /// - Precondition: `buffer.count == pixelCount`.
    public func pixels(of picture: Picture, into buffer: UnsafeMutableBufferPointer<Float>) {
        normalise(cropped(picture), into: buffer)
    }

    /// The picture resized and cropped to `size` x `size`, before normalisation.
    public func cropped(_ picture: Picture) -> Picture {
        let placement = placement(width: picture.width, height: picture.height)
        let columns = max(placement.left, 0)..<min(placement.left + size, placement.width)
        let rows = max(placement.top, 0)..<min(placement.top + size, placement.height)
        let window = picture.resized(
            Resize(
                region: PixelRegion(top: 0, left: 0, height: picture.height, width: picture.width),
                width: placement.width, height: placement.height, columns: columns, rows: rows,
                interpolation: interpolation))
        guard window.width < size || window.height < size else { return window }
        return window.padded(
            width: size, height: size, left: max(-placement.left, 0), top: max(-placement.top, 0), fill: fillColor)
    }

    /// A cropped picture's samples, scaled to 0...1 and normalised, planes instead of pixels.
    func normalise(_ picture: Picture, into buffer: UnsafeMutableBufferPointer<Float>) {
        precondition(buffer.count == pixelCount, "room for \(buffer.count) floats instead of \(pixelCount)")
        let plane = size * size
        for channel in 0..<3 {
            let levels = (0..<256).map { (Float($0) / 255 - mean[channel]) / standardDeviation[channel] }
            levels.withUnsafeBufferPointer { levels in
                picture.pixels.withUnsafeBufferPointer { pixels in
                    for index in 0..<plane {
                        buffer[channel * plane + index] = levels[Int(pixels[index * 3 + channel])]
                    }
                }
            }
        }
    }
}

extension Preprocessing {
    /// The size of a resized picture and where in it the model's square begins; negative means that the square sticks out.
    struct Placement: Equatable {
        var width: Int
        var height: Int
        var left: Int
        var top: Int
    }

    /// Where the model's square lies in a resized picture (docs/models.md#preprocessing).
    func placement(width: Int, height: Int) -> Placement {
        switch resizeMode {
        case .squash:
            let offset = Self.cropOffset(resizedEdge - size)
            return Placement(width: resizedEdge, height: resizedEdge, left: offset, top: offset)
        case .shortest:
            let shorter = min(width, height)
            let longer = max(width, height)
            // The product is exact, so the division rounds as Python's does.
            let scaled = Int(Double(resizedEdge * longer) / Double(shorter))
            let resizedWidth = width <= height ? resizedEdge : scaled
            let resizedHeight = width <= height ? scaled : resizedEdge
            return Placement(
                width: resizedWidth, height: resizedHeight, left: Self.cropOffset(resizedWidth - size),
                top: Self.cropOffset(resizedHeight - size))
        case .longest:
            let ratio = Double(max(width, height)) / Double(size)
            let resizedWidth = max(1, Int((Double(width) / ratio).rounded(.toNearestOrEven)))
            let resizedHeight = max(1, Int((Double(height) / ratio).rounded(.toNearestOrEven)))
            return Placement(
                width: resizedWidth, height: resizedHeight, left: -((size - resizedWidth) / 2),
                top: -((size - resizedHeight) / 2))
        }
    }

    /// Where a centre crop begins when `surplus` pixels are cut off: half of it, rounded half to even; where some are
    /// missing, half of them less, as torchvision pads.
    private static func cropOffset(_ surplus: Int) -> Int {
        surplus >= 0 ? Int((Double(surplus) / 2).rounded(.toNearestOrEven)) : surplus / 2
    }
}

extension Picture {
    /// The picture with a border of one grey level around it.
    func padded(width: Int, height: Int, left: Int, top: Int, fill: UInt8) -> Picture {
        var result = [UInt8](repeating: fill, count: width * height * 3)
        for row in 0..<self.height {
            let start = ((top + row) * width + left) * 3
            result.replaceSubrange(
                start..<(start + self.width * 3), with: pixels[(row * self.width * 3)..<((row + 1) * self.width * 3)])
        }
        return Picture(width: width, height: height, pixels: result)
    }
}
