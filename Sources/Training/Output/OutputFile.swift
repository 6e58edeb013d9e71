import Files
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
        try write(pieces: { open in try content.withUnsafeBytes { try open.write($0) } })
    }

    /// A file while it is written: for a content that comes in pieces and is never in memory as a whole.
    public struct Open: Sendable {
        fileprivate let file: OutputFile
        let descriptor: Int32

        /// The standard output.
        public static let standardOutput = Open(file: OutputFile("standard output"), descriptor: STDOUT_FILENO)

        /// Writes a piece.
        /// - Throws: ``OutputFileError``.
        public func write(_ piece: [UInt8]) throws { try piece.withUnsafeBytes { try write($0) } }

        /// Writes all bytes, however many the system takes at once.
        fileprivate func write(_ bytes: UnsafeRawBufferPointer) throws {
            do { try AtomicFile.write(bytes, to: descriptor) } catch { throw file.described(error) }
        }
    }

    /// Opens the file for adding to its end, making it if it is missing; the caller closes the descriptor.
    /// - Throws: ``OutputFileError``.
    func append() throws -> Open {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure }
        return Open(file: self, descriptor: descriptor)
    }

    /// Writes a content piece by piece.
    /// - Parameter content: writes to its argument.
    /// - Throws: ``OutputFileError``, and what `content` throws.
    public func write(pieces content: (Open) throws -> Void) throws {
        try check()
        var status = stat()
        let exists = stat(path, &status) == 0
        do {
            if exists, status.st_mode & S_IFMT != S_IFREG { return try writeInPlace(content) }
            let target = exists ? URL(filePath: path).resolvingSymlinksInPath().path : path
            try AtomicFile.write(to: target) { try content(Open(file: self, descriptor: $0)) }
        } catch let error as AtomicFile.Failure {
            throw described(error)
        }
    }

    /// Writes to a device or a pipe.
    private func writeInPlace(_ content: (Open) throws -> Void) throws {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure }
        do {
            try content(Open(file: self, descriptor: descriptor))
            try AtomicFile.flush(descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        guard close(descriptor) == 0 else { throw failure }
    }

    fileprivate func described(_ failure: AtomicFile.Failure) -> OutputFileError {
        OutputFileError(path: path, reason: failure.reason)
    }

    /// What the last system call complained of.
    var failure: OutputFileError { OutputFileError(path: path, reason: Self.lastReason) }

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
