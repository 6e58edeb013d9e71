import Foundation

/// The header of a JPEG, read before decoding: its size, and what TurboJPEG does not return.
struct JPEGHeader: Equatable {
    /// Columns.
    var width = 0
    /// Rows.
    var height = 0
    /// 1 grey, 3 colour, 4 CMYK or YCCK.
    var components = 0
    /// Whether the picture comes in several scans, each of which adds to the whole.
    var isProgressive = false
    /// The first orientation found in EXIF data.
    var orientation: Orientation?
    /// Whether the marker that ends a picture stands behind the beginning of the scan.
    var hasEnd = false

    /// Reads the segments up to the first scan.
    ///
    /// - Throws: `truncated` or `corrupt` where there is no frame, no scan, or a segment has no valid length.
    init(_ bytes: UnsafeRawBufferPointer) throws(PictureError.Reason) {
        var offset = 2
        while true {
            // Bytes between segments are skipped, as the decoder skips them.
            while offset < bytes.count, bytes[offset] != 0xFF { offset += 1 }
            while offset < bytes.count, bytes[offset] == 0xFF { offset += 1 }
            guard offset < bytes.count else { throw .truncated(.jpeg) }
            let marker = bytes[offset]
            offset += 1
            switch marker {
            case 0x00, 0x01, 0xD0...0xD7: continue
            case 0xD8, 0xD9: throw .corrupt(.jpeg, "no picture between its markers")
            default: break
            }
            guard let length = bytes.bigEndian16(at: offset) else { throw .truncated(.jpeg) }
            guard length >= 2 else { throw .corrupt(.jpeg, "a segment of \(length) bytes") }
            guard offset + length <= bytes.count else { throw .truncated(.jpeg) }
            let segment = UnsafeRawBufferPointer(rebasing: bytes[(offset + 2)..<(offset + length)])
            offset += length
            switch marker {
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                try readFrame(segment)
                isProgressive = [0xC2, 0xC6, 0xCA, 0xCE].contains(marker)
            case 0xE1 where orientation == nil && segment.has("Exif\0\0", at: 0):
                orientation = Orientation(exif: UnsafeRawBufferPointer(rebasing: segment[6...]))
            case 0xDA:
                guard components > 0 else { throw .corrupt(.jpeg, "a scan without a frame") }
                hasEnd = Self.hasEnd(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
                return
            default: break
            }
        }
    }

    private mutating func readFrame(_ segment: UnsafeRawBufferPointer) throws(PictureError.Reason) {
        guard components == 0 else { throw .corrupt(.jpeg, "two frames") }
        guard segment.count >= 6, let height = segment.bigEndian16(at: 1), let width = segment.bigEndian16(at: 3) else {
            throw .corrupt(.jpeg, "a frame of \(segment.count) bytes")
        }
        guard segment[0] == 8 else { throw .corrupt(.jpeg, "\(segment[0]) bits a sample instead of 8") }
        guard [1, 3, 4].contains(segment[5]) else {
            throw .corrupt(.jpeg, "\(segment[5]) components instead of 1, 3 or 4")
        }
        guard width > 0, height > 0 else { throw .corrupt(.jpeg, "\(width)x\(height) pixels") }
        self.width = width
        self.height = height
        components = Int(segment[5])
    }

    /// Whether the end marker is among the bytes of the scans. It cannot be part of the picture's data, where every FF is
    /// followed by 00 or a restart marker. The search begins at the end, where it usually is.
    private static func hasEnd(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var offset = bytes.count - 2
        while offset >= 0 {
            if bytes[offset] == 0xFF, bytes[offset + 1] == 0xD9 { return true }
            offset -= 1
        }
        return false
    }
}
