import Foundation

/// How a picture is decoded: alpha, orientation, and the largest size.
public struct DecodingOptions: Sendable, Equatable {
    /// False: alpha is composited on white and the EXIF orientation applied, as a viewer shows the picture.
    /// True: alpha is dropped and the orientation ignored, as Pillow and torchvision do.
    public var pillowCompatible: Bool
    /// The most pixels that a header may declare; above it, nothing is allocated.
    public var maximumPixels: Int

    /// Twice the number from which on Pillow warns, where it refuses.
    public static let defaultMaximumPixels = 178_956_970

    /// The options; by default upright, on white.
    public init(pillowCompatible: Bool = false, maximumPixels: Int = Self.defaultMaximumPixels) {
        self.pillowCompatible = pillowCompatible
        self.maximumPixels = maximumPixels
    }
}

/// Reads and decodes a picture file.
///
/// - Parameters:
///   - url: The file. Its content decides the format, not its suffix.
///   - name: What messages call it; the URL's path when nil.
///   - options: Alpha, orientation, limits.
/// - Throws: `PictureError`.
public func decodePicture(
    contentsOf url: URL, name: String? = nil, options: DecodingOptions = .init()
) throws(PictureError) -> Picture {
    let name = name ?? url.path(percentEncoded: false)
    return try decodePicture(readPictureFile(url, name: name), name: name, options: options)
}

/// Decodes a picture file that has been read already, for callers that want its bytes too.
///
/// - Parameters:
///   - bytes: The whole file: `[UInt8]`, `Data`, ...
///   - name: What messages call the file.
///   - options: Alpha, orientation, limits.
/// - Throws: `PictureError`.
public func decodePicture(
    _ bytes: some ContiguousBytes, name: String, options: DecodingOptions = .init()
) throws(PictureError) -> Picture {
    let result: Result<Picture, PictureError.Reason> = bytes.withUnsafeBytes { bytes in
        do throws(PictureError.Reason) {
            guard !bytes.isEmpty else { throw .empty }
            switch PictureContent(bytes) {
            case .picture(.png): return .success(try decodePNG(bytes, options: options))
            case .picture(.jpeg): return .success(try decodeJPEG(bytes, options: options))
            case .picture(.webP): return .success(try decodeWebP(bytes, options: options))
            case .unread(let format): throw .unread(format)
            case .foreign(let content): throw .foreign(content)
            case .other(let name): throw .otherFormat(name)
            }
        } catch {
            return .failure(error)
        }
    }
    switch result {
    case .success(let picture): return picture
    case .failure(let reason): throw PictureError(file: name, reason: reason)
    }
}

extension DecodingOptions {
    /// Refuses a picture that declares too many pixels, before memory is allocated.
    ///
    /// - Parameter pixelsPerByte: The most pixels that one byte of the file can stand for.
    func check(width: Int, height: Int, bytes: Int, pixelsPerByte: Int) throws(PictureError.Reason) {
        let (pixels, isOverflowing) = width.multipliedReportingOverflow(by: height)
        guard !isOverflowing, pixels <= maximumPixels else {
            throw .tooManyPixels(width: width, height: height, limit: maximumPixels)
        }
        guard pixels / pixelsPerByte <= bytes else {
            throw .impossibleSize(width: width, height: height, bytes: bytes)
        }
    }
}
