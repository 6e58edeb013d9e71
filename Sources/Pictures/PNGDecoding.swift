import CPNG

/// Decodes a PNG: every depth, palette, alpha, interlacing. Colour management is left out, as in the reference.
func decodePNG(_ bytes: UnsafeRawBufferPointer, options: DecodingOptions) throws(PictureError.Reason) -> Picture {
    var header = cpng_header()
    try readPNG(bytes, header: &header, pixels: nil, options)
    let width = Int(header.width)
    let height = Int(header.height)
    // Deflate packs at best 1032 bytes into one.
    try options.check(
        width: width, height: height, bytes: bytes.count, pixelsPerByte: 1032 * 8 / max(Int(header.bits), 1) + 1)

    let channels = Int(header.channels)
    let pixelCount = width * height
    var failure: PictureError.Reason?
    // The reading is done in the same room as the compositing; where there is alpha, a quarter of it stays unused.
    let pixels = [UInt8](unsafeUninitializedCapacity: pixelCount * channels) { buffer, count in
        do throws(PictureError.Reason) {
            try readPNG(bytes, header: &header, pixels: buffer.baseAddress, options)
            if channels == 4 { removeAlpha(buffer, pixelCount: pixelCount, onWhite: !options.pillowCompatible) }
            count = pixelCount * 3
        } catch {
            failure = error
        }
    }
    if let failure { throw failure }
    let picture = Picture(width: width, height: height, pixels: pixels)
    return options.pillowCompatible ? picture : picture.upright(from: orientationOfPNG(bytes) ?? .upright)
}

/// Reads the header of a PNG and, with room for them, its pixels.
private func readPNG(
    _ bytes: UnsafeRawBufferPointer, header: inout cpng_header, pixels: UnsafeMutablePointer<UInt8>?,
    _ options: DecodingOptions
) throws(PictureError.Reason) {
    guard let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else { throw .empty }
    var message = [CChar](repeating: 0, count: 160)
    let status = cpng_read(
        start, bytes.count, &header, pixels, options.pillowCompatible ? 1 : 0, &message, message.count)
    switch status {
    case CPNG_DONE: return
    case CPNG_TRUNCATED: throw .truncated(.png)
    default:
        let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        throw .corrupt(.png, String(decoding: text, as: UTF8.self))
    }
}

/// Makes RGB of RGBA in place: composited on white, or with the alpha left out.
///
/// Compositing is done on the stored (gamma-encoded) values and rounded to the nearest (docs/models.md#preprocessing).
func removeAlpha(_ buffer: UnsafeMutableBufferPointer<UInt8>, pixelCount: Int, onWhite: Bool) {
    for pixel in 0..<pixelCount {
        let alpha = onWhite ? UInt32(buffer[pixel * 4 + 3]) : 255
        let white = 255 * (255 - alpha) + 128
        for channel in 0..<3 {
            // (t + t/256) / 256 with the half added is t/255 rounded, for every t up to 255 * 255.
            let sum = UInt32(buffer[pixel * 4 + channel]) * alpha + white
            buffer[pixel * 3 + channel] = UInt8(truncatingIfNeeded: (sum + (sum >> 8)) >> 8)
        }
    }
}

/// The orientation in the `eXIf` chunk, wherever in the file it stands.
private func orientationOfPNG(_ bytes: UnsafeRawBufferPointer) -> Orientation? {
    var offset = 8
    while let length = bytes.bigEndian32(at: offset), length <= bytes.count - offset - 12 {
        if bytes.has("eXIf", at: offset + 4) {
            let data = bytes[(offset + 8)..<(offset + 8 + length)]
            return Orientation(exif: UnsafeRawBufferPointer(rebasing: data))
        }
        if bytes.has("IEND", at: offset + 4) { return nil }
        offset += 12 + length
    }
    return nil
}
