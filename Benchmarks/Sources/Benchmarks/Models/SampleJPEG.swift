import CTurboJPEG
import Foundation

/// JPEG files for the measurements.
enum SampleJPEG {
    private struct Failure: Error, LocalizedError {
        var errorDescription: String?
    }

    /// A picture of `[height][width][3]` bytes, at quality 90.
    static func data(_ pixels: [UInt8], width: Int, height: Int) throws -> Data {
        let compressor = tjInitCompress()
        defer { tjDestroy(compressor) }
        var (bytes, size): (UnsafeMutablePointer<UInt8>?, UInt) = (nil, 0)
        let status = tjCompress2(
            compressor, pixels, Int32(width), 0, Int32(height), Int32(TJPF_RGB.rawValue), &bytes, &size,
            Int32(TJSAMP_420.rawValue), 90, 0)
        defer { tjFree(bytes) }
        guard status == 0, let bytes else {
            throw Failure(errorDescription: "cannot write a JPEG: \(String(cString: tjGetErrorStr2(compressor)))")
        }
        return Data(bytes: bytes, count: Int(size))
    }
}
