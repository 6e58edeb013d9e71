/// The formats that are read.
public enum PictureFormat: String, Sendable, Codable {
    /// Portable Network Graphics.
    case png = "PNG"
    /// JPEG, baseline or progressive.
    case jpeg = "JPEG"
}

/// The format by the first bytes of a file; the suffix of its name does not matter.
enum PictureContent: Equatable {
    case picture(PictureFormat)
    /// Something that is not read, named with its article.
    case other(String)

    init(_ bytes: UnsafeRawBufferPointer) {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .picture(.png)
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .picture(.jpeg)
        } else {
            self = .other(Self.name(of: bytes))
        }
    }

    /// The first bytes of other common formats, for messages.
    private static let signatures: [(text: String, name: String)] = [
        ("GIF87a", "a GIF picture"), ("GIF89a", "a GIF picture"), ("BM", "a BMP picture"),
        ("II*\0", "a TIFF picture"), ("MM\0*", "a TIFF picture"), ("8BPS", "a Photoshop picture"),
        ("\0\0\u{1}\0", "an icon"), ("%PDF", "a PDF document"), ("P1", "a PBM picture"), ("P2", "a PGM picture"),
        ("P3", "a PPM picture"), ("P4", "a PBM picture"), ("P5", "a PGM picture"), ("P6", "a PPM picture"),
        ("PK\u{3}\u{4}", "a ZIP archive"), ("<svg", "an SVG drawing"), ("<!DOCTYPE", "a web page"),
        ("<!doctype", "a web page"), ("<html", "a web page"), ("<HTML", "a web page"), ("<?xml", "an XML file"),
    ]

    private static func name(of bytes: UnsafeRawBufferPointer) -> String {
        for signature in signatures where bytes.starts(with: signature.text.utf8) { return signature.name }
        if bytes.starts(with: [0x89, 0x50]) || bytes.starts(with: [0xFF, 0xD8]) {
            return "the beginning of a picture"
        }
        if bytes.starts(with: [0xFF, 0x0A]) || bytes.has("JXL ", at: 4) { return "a JPEG XL picture" }
        if bytes.has("jP  ", at: 4) { return "a JPEG 2000 picture" }
        if bytes.has("RIFF", at: 0), bytes.has("WEBP", at: 8) { return "a WebP picture" }
        if bytes.has("ftyp", at: 4) {
            if bytes.has("avif", at: 8) { return "an AVIF picture" }
            if bytes.has("hei", at: 8) || bytes.has("mif1", at: 8) { return "a HEIC picture" }
            return "a film"
        }
        let isText = bytes.prefix(512).allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }
        return isText ? "a text file" : "not a picture"
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the ASCII text stands at the offset.
    func has(_ text: StaticString, at offset: Int) -> Bool {
        guard offset >= 0, count - offset >= text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { self[offset..<(offset + $0.count)].elementsEqual($0) }
    }

    /// The big-endian 16-bit number at the offset, or nil beyond the end.
    func bigEndian16(at offset: Int) -> Int? {
        guard offset >= 0, offset <= count - 2 else { return nil }
        return Int(self[offset]) << 8 | Int(self[offset + 1])
    }

    /// The big-endian 32-bit number at the offset, or nil beyond the end.
    func bigEndian32(at offset: Int) -> Int? {
        guard let high = bigEndian16(at: offset), let low = bigEndian16(at: offset + 2) else { return nil }
        return high << 16 | low
    }
}
