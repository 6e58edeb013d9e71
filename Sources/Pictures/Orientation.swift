/// The EXIF orientation: how a picture has to be turned to be upright.
public enum Orientation: Int, Sendable, CaseIterable {
    /// Nothing to do.
    case upright = 1
    /// Mirrored left to right.
    case mirrored
    /// Upside down.
    case halfTurn
    /// Mirrored top to bottom.
    case flipped
    /// Mirrored along the diagonal from the upper left.
    case transposed
    /// To be turned clockwise.
    case quarterTurn
    /// Mirrored along the diagonal from the upper right.
    case transversed
    /// To be turned counter-clockwise.
    case threeQuarterTurn

    /// Whether width and height change places.
    var swapsSides: Bool { rawValue >= 5 }
}

extension Orientation {
    /// The orientation in EXIF data: a TIFF header and its first directory. Nil when there is none or it makes no sense.
    ///
    /// Only the first directory is read, each entry once, so that loops and lengths beyond the end do no harm.
    init?(exif bytes: UnsafeRawBufferPointer) {
        let isLittleEndian: Bool
        if bytes.has("II", at: 0) {
            isLittleEndian = true
        } else if bytes.has("MM", at: 0) {
            isLittleEndian = false
        } else {
            return nil
        }
        func short(_ offset: Int) -> Int? {
            bytes.bigEndian16(at: offset).map { isLittleEndian ? ($0 & 0xFF) << 8 | $0 >> 8 : $0 }
        }
        func long(_ offset: Int) -> Int? {
            guard let first = short(offset), let second = short(offset + 2) else { return nil }
            return isLittleEndian ? second << 16 | first : first << 16 | second
        }
        guard short(2) == 42, let directory = long(4), let entries = short(directory) else { return nil }
        for entry in 0..<entries {
            let offset = directory + 2 + entry * 12
            guard let tag = short(offset), let type = short(offset + 2), let count = long(offset + 4) else {
                return nil
            }
            guard tag == 0x0112 else { continue }
            guard count == 1, let value = type == 4 ? long(offset + 8) : type == 3 ? short(offset + 8) : nil else {
                return nil
            }
            self.init(rawValue: value)
            return
        }
        return nil
    }
}

extension Picture {
    /// The picture turned upright.
    func upright(from orientation: Orientation) -> Picture {
        guard orientation != .upright else { return self }
        let newWidth = orientation.swapsSides ? height : width
        let newHeight = orientation.swapsSides ? width : height
        // Where the new picture's first pixel is in the old one, and how far its right and lower neighbours are from it.
        let lastColumn = width - 1
        let lastRow = height - 1
        let (first, right, down): (Int, Int, Int) =
            switch orientation {
            case .upright: (0, 1, width)
            case .mirrored: (lastColumn, -1, width)
            case .halfTurn: (lastRow * width + lastColumn, -1, -width)
            case .flipped: (lastRow * width, 1, -width)
            case .transposed: (0, width, 1)
            case .quarterTurn: (lastRow * width, -width, 1)
            case .transversed: (lastRow * width + lastColumn, -width, -1)
            case .threeQuarterTurn: (lastColumn, width, -1)
            }
        let bytes = [UInt8](unsafeUninitializedCapacity: pixels.count) { result, count in
            pixels.withUnsafeBufferPointer { source in
                var output = 0
                for row in 0..<newHeight {
                    var input = (first + row * down) * 3
                    for _ in 0..<newWidth {
                        result[output] = source[input]
                        result[output + 1] = source[input + 1]
                        result[output + 2] = source[input + 2]
                        output += 3
                        input += right * 3
                    }
                }
            }
            count = pixels.count
        }
        return Picture(width: newWidth, height: newHeight, pixels: bytes)
    }
}
