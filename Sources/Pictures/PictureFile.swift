import Files
import Foundation

/// The most bytes of a picture file that are read.
private let maximumFileBytes = 1 << 30

/// The bytes of a picture file, read in one go.
///
/// - Parameters:
///   - url: The file.
///   - name: What messages call it; the URL's path when nil.
/// - Throws: `PictureError`: missing, permission denied, not a regular file, too large. An empty file is read.
public func readPictureFile(_ url: URL, name: String? = nil) throws(PictureError) -> [UInt8] {
    let path = url.path(percentEncoded: false)
    do throws(FileProblem) {
        return try readFile(path, limit: maximumFileBytes)
    } catch {
        throw PictureError(file: name ?? path, reason: .file(error))
    }
}
