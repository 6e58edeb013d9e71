import Checksums
import Files
import Foundation
import Synchronization

/// SHA-256 of files, computed on another thread while the caller does something else with them.
final class FileChecksum: Sendable {
    private let result = Mutex<Result<String, CLIPError>?>(nil)
    private let group = DispatchGroup()

    /// Starts at once; several files count as one, in their order.
    init(of files: [URL]) {
        DispatchQueue.global().async(group: group) { [self] in
            let computed = Result { () throws(CLIPError) in try Self.hexadecimalDigest(of: files) }
            result.withLock { $0 = computed }
        }
    }

    /// The digest in hexadecimal digits; waits for it.
    /// - Throws: ``CLIPError/unreadable(file:reason:)``.
    func digits() throws -> String {
        group.wait()
        return try result.withLock { try $0?.get() } ?? ""
    }

    private static func hexadecimalDigest(of files: [URL]) throws(CLIPError) -> String {
        let hash = SHA256()
        for url in files {
            let path = url.path(percentEncoded: false)
            let descriptor = path.withSystemPath { open($0, O_RDONLY | O_CLOEXEC) }
            guard descriptor >= 0 else {
                throw .unreadable(file: path, reason: FileProblem(opening: path, code: errno).text)
            }
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            do {
                while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(piece) }
            } catch {
                throw .unreadable(file: path, reason: "cannot be read: \(error.localizedDescription)")
            }
        }
        return hash.finalize().hexadecimal
    }
}
