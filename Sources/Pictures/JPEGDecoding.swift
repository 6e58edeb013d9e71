import CTurboJPEG

/// Decodes a JPEG with the accurate inverse DCT and smooth chroma, the settings of Pillow.
///
/// Data that are damaged but complete give the picture that other programs show too; data that end early are refused.
/// Pillow is done with a picture of one scan when it has the last row, whether the end marker follows or not: so are
/// the compatible options.
func decodeJPEG(_ bytes: UnsafeRawBufferPointer, options: DecodingOptions) throws(PictureError.Reason) -> Picture {
    let header = try JPEGHeader(bytes)
    // A block of 64 pixels takes at least one bit; the factor of four leaves room for odd sampling.
    try options.check(width: header.width, height: header.height, bytes: bytes.count, pixelsPerByte: 64 * 8 * 4)
    if header.hasEnd { return try decodeJPEG(bytes, header, options) }
    guard options.pillowCompatible, !header.isProgressive else { throw .truncated(.jpeg) }
    // Behind a marker of our own the decoder says whether it had to make up picture data.
    let result = (Array(bytes) + [0xFF, 0xD9]).withUnsafeBytes { bytes in
        Result { () throws(PictureError.Reason) in try decodeJPEG(bytes, header, options) }
    }
    return try result.get()
}

private func decodeJPEG(
    _ bytes: UnsafeRawBufferPointer, _ header: JPEGHeader, _ options: DecodingOptions
) throws(PictureError.Reason) -> Picture {
    let isCMYK = header.components == 4
    let pixelCount = header.width * header.height
    var failure: PictureError.Reason?
    let pixels = [UInt8](unsafeUninitializedCapacity: pixelCount * (isCMYK ? 4 : 3)) { buffer, count in
        failure = decompress(bytes, header: header, format: isCMYK ? TJPF_CMYK : TJPF_RGB, into: buffer)
        guard failure == nil else { return }
        if isCMYK { convertCMYK(buffer, pixelCount: pixelCount) }
        count = pixelCount * 3
    }
    if let failure { throw failure }
    let picture = Picture(width: header.width, height: header.height, pixels: pixels)
    return options.pillowCompatible ? picture : picture.upright(from: header.orientation ?? .upright)
}

/// Runs TurboJPEG; returns what went wrong.
private func decompress(
    _ bytes: UnsafeRawBufferPointer, header: JPEGHeader, format: TJPF, into buffer: UnsafeMutableBufferPointer<UInt8>
) -> PictureError.Reason? {
    guard let decompressor = tjInitDecompress() else { return .corrupt(.jpeg, "the decoder does not start") }
    defer { tjDestroy(decompressor) }
    let status = tjDecompress2(
        decompressor, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, UInt(bytes.count), buffer.baseAddress,
        Int32(header.width), 0, Int32(header.height), Int32(format.rawValue), TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
    guard status != 0 else { return nil }
    let message = String(cString: tjGetErrorStr2(decompressor))
    // A warning: the picture is there, perhaps with damaged places. That the data ended early is one of the warnings.
    if tjGetErrorCode(decompressor) == Int32(TJERR_WARNING.rawValue) {
        let isShort =
            message.contains("Premature end of JPEG file")
            || !header.hasEnd && message.contains("premature end of data segment")
        return isShort ? .truncated(.jpeg) : nil
    }
    return .corrupt(.jpeg, message)
}

/// Makes RGB of inverted CMYK in place, as Pillow does: `c * k / 255` rounded (docs/models.md#preprocessing).
private func convertCMYK(_ buffer: UnsafeMutableBufferPointer<UInt8>, pixelCount: Int) {
    for pixel in 0..<pixelCount {
        let key = UInt32(buffer[pixel * 4 + 3])
        for channel in 0..<3 {
            let product = UInt32(buffer[pixel * 4 + channel]) * key + 128
            buffer[pixel * 3 + channel] = UInt8(truncatingIfNeeded: (product + (product >> 8)) >> 8)
        }
    }
}
