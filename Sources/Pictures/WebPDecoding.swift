import CWebP

/// Decodes a WebP: lossy or lossless, with alpha or without; of an animation its first frame on the empty canvas, as
/// Pillow does.
func decodeWebP(_ bytes: UnsafeRawBufferPointer, options: DecodingOptions) throws(PictureError.Reason) -> Picture {
    let container = WebPContainer(bytes)
    let frame = container.frame ?? WebPContainer.Frame(content: bytes)
    let features = try webPFeatures(frame.content)
    let width = container.frame == nil ? Int(features.width) : container.canvasWidth
    let height = container.frame == nil ? Int(features.height) : container.canvasHeight
    guard frame.left + Int(features.width) <= width, frame.top + Int(features.height) <= height else {
        throw .corrupt(.webP, "a frame that sticks out of its canvas")
    }
    // A picture of one colour takes a few bytes whatever its size: only the limit of pixels holds.
    try options.check(width: width, height: height, bytes: bytes.count, pixelsPerByte: .max)

    let isWhole = Int(features.width) == width && Int(features.height) == height
    let channels = features.has_alpha != 0 || !isWhole ? 4 : 3
    let pixelCount = width * height
    var failure: PictureError.Reason?
    let pixels = [UInt8](unsafeUninitializedCapacity: pixelCount * channels) { buffer, count in
        if !isWhole { buffer.initialize(repeating: 0) }
        let stride = width * channels
        let place = UnsafeMutableBufferPointer(rebasing: buffer[(frame.top * stride + frame.left * channels)...])
        failure = decodeFrame(frame.content, stride: stride, channels: channels, into: place)
        guard failure == nil else { return }
        if channels == 4 { removeAlpha(buffer, pixelCount: pixelCount, onWhite: !options.pillowCompatible) }
        count = pixelCount * 3
    }
    if let failure { throw failure }
    let picture = Picture(width: width, height: height, pixels: pixels)
    return options.pillowCompatible ? picture : picture.upright(from: container.orientation ?? .upright)
}

private func webPFeatures(_ bytes: UnsafeRawBufferPointer) throws(PictureError.Reason) -> WebPBitstreamFeatures {
    var features = WebPBitstreamFeatures()
    let status = WebPGetFeatures(bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count, &features)
    guard status == VP8_STATUS_OK else { throw webPFailure(status) }
    guard features.width > 0, features.height > 0 else {
        throw .corrupt(.webP, "\(features.width)x\(features.height) pixels")
    }
    return features
}

/// Decodes into `buffer`, rows `stride` bytes apart; returns what went wrong.
private func decodeFrame(
    _ bytes: UnsafeRawBufferPointer, stride: Int, channels: Int, into buffer: UnsafeMutableBufferPointer<UInt8>
) -> PictureError.Reason? {
    var configuration = WebPDecoderConfig()
    guard WebPInitDecoderConfig(&configuration) != 0 else { return .corrupt(.webP, "libwebp does not start") }
    configuration.output.colorspace = channels == 4 ? MODE_RGBA : MODE_RGB
    configuration.output.is_external_memory = 1
    configuration.output.u.RGBA = WebPRGBABuffer(
        rgba: buffer.baseAddress, stride: Int32(stride), size: buffer.count)
    let status = WebPDecode(bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count, &configuration)
    return status == VP8_STATUS_OK ? nil : webPFailure(status)
}

private func webPFailure(_ status: VP8StatusCode) -> PictureError.Reason {
    switch status {
    case VP8_STATUS_NOT_ENOUGH_DATA, VP8_STATUS_SUSPENDED: .truncated(.webP)
    case VP8_STATUS_OUT_OF_MEMORY: .corrupt(.webP, "not enough memory")
    case VP8_STATUS_UNSUPPORTED_FEATURE: .corrupt(.webP, "a feature that libwebp does not know")
    default: .corrupt(.webP, "an error in its data")
    }
}

/// What the RIFF chunks around the picture's data say: the orientation, and of an animation the canvas and the first frame.
private struct WebPContainer {
    struct Frame {
        /// What is decoded: a whole file, or a frame's chunks.
        var content: UnsafeRawBufferPointer
        var left = 0
        var top = 0
    }

    private(set) var canvasWidth = 0
    private(set) var canvasHeight = 0
    /// The first frame of an animation; nil for a still picture.
    private(set) var frame: Frame?
    private(set) var orientation: Orientation?

    /// Walks along the chunks as far as they make sense; a file without any is left to the decoder to complain about.
    init(_ bytes: UnsafeRawBufferPointer) {
        func number(_ offset: Int, bytes count: Int, of chunk: UnsafeRawBufferPointer) -> Int {
            (0..<count).reduce(0) { $0 | Int(chunk[offset + $1]) << (8 * $1) }
        }
        var offset = 12
        while offset + 8 <= bytes.count {
            let size = number(offset + 4, bytes: 4, of: bytes)
            guard size <= bytes.count - offset - 8 else { return }
            let chunk = UnsafeRawBufferPointer(rebasing: bytes[(offset + 8)..<(offset + 8 + size)])
            if bytes.has("VP8X", at: offset), size >= 10 {
                canvasWidth = number(4, bytes: 3, of: chunk) + 1
                canvasHeight = number(7, bytes: 3, of: chunk) + 1
            } else if bytes.has("ANMF", at: offset), frame == nil, canvasWidth > 0, size > 16 {
                frame = Frame(
                    content: UnsafeRawBufferPointer(rebasing: chunk[16...]), left: number(0, bytes: 3, of: chunk) * 2,
                    top: number(3, bytes: 3, of: chunk) * 2)
            } else if bytes.has("EXIF", at: offset), orientation == nil {
                let start = chunk.has("Exif\0\0", at: 0) ? 6 : 0
                orientation = Orientation(exif: UnsafeRawBufferPointer(rebasing: chunk[start...]))
            }
            offset += 8 + size + size % 2
        }
    }
}
