import Foundation

/// A file that results are written to: whole or not at all.
///
/// A regular file is replaced by renaming a finished one; a device, a pipe or whatever else stands at the path is written
/// to and never replaced; a link is followed.
public struct OutputFile: Sendable {
    /// The path as its user gave it.
    public let path: String

    /// A file at a path.
    public init(_ path: String) { self.path = path }

    /// Looks whether the file could be written, before hours of work depend on it.
    /// - Throws: ``OutputFileError``.
    public func check() throws {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT != S_IFDIR else {
                throw OutputFileError(path: path, reason: "it is a folder")
            }
            guard access(path, W_OK) == 0 else { throw OutputFileError(path: path, reason: Self.lastReason) }
        } else {
            guard errno == ENOENT else { throw OutputFileError(path: path, reason: Self.lastReason) }
            guard access(folder, W_OK) == 0 else { throw OutputFileError(path: path, reason: Self.lastReason) }
        }
    }

    /// Writes the whole content.
    /// - Throws: ``OutputFileError``.
    public func write(_ content: Data) throws {
        try check()
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT != S_IFREG {
            try write(content, to: path, flags: O_WRONLY)
            return
        }
        let target = exists ? URL(filePath: path).resolvingSymlinksInPath().path : path
        let partial = "\(target).\(getpid()).partial"
        do {
            try write(content, to: partial, flags: O_WRONLY | O_CREAT | O_TRUNC)
            guard rename(partial, target) == 0 else { throw OutputFileError(path: path, reason: Self.lastReason) }
        } catch {
            unlink(partial)
            throw error
        }
    }

    private func write(_ content: Data, to target: String, flags: Int32) throws {
        let descriptor = open(target, flags | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw OutputFileError(path: path, reason: Self.lastReason) }
        defer { close(descriptor) }
        var rest = content[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw OutputFileError(path: path, reason: Self.lastReason)
            }
        }
    }

    private var folder: String {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        return folder.isEmpty ? "." : folder
    }

    private static var lastReason: String { String(cString: strerror(errno)) }
}

/// A file that could not be written.
public struct OutputFileError: Error, LocalizedError, Equatable {
    /// Where it should have gone.
    public var path: String
    /// Why it did not.
    public var reason: String

    /// One readable line.
    public var errorDescription: String? { "cannot write to \(path): \(reason)" }
}
