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
    do throws(PictureError.Reason) {
        return try readFile(path)
    } catch {
        throw PictureError(file: name ?? path, reason: error)
    }
}

private func readFile(_ path: String) throws(PictureError.Reason) -> [UInt8] {
    // Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw openingFailure(errno, path: path) }
    defer { close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    let size = Int(status.st_size)
    guard size <= maximumFileBytes else { throw .fileTooLarge(bytes: size, limit: maximumFileBytes) }

    var failure: PictureError.Reason?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        while count < size, let start = buffer.baseAddress {
            let got = read(descriptor, start + count, size - count)
            if got > 0 {
                count += got
            } else if got == 0 {
                break
            } else if errno != EINTR {
                failure = .unreadable(String(cString: strerror(errno)))
                break
            }
        }
    }
    if let failure { throw failure }
    return bytes
}

/// Why a file does not open.
func openingFailure(_ code: Int32, path: String) -> PictureError.Reason {
    switch code {
    case ENOENT:
        var status = stat()
        return lstat(path, &status) == 0 ? .danglingLink : .missing
    case ENOTDIR: return .missing
    case EACCES, EPERM: return .permissionDenied
    default: return .unreadable(String(cString: strerror(code)))
    }
}
