import Foundation

/// Writes files whole or not at all: a reader finds the old content or the new one, and a writer that is killed leaves
/// nothing behind.
public enum AtomicFile {
    /// What the system refused.
    public struct Failure: Error, Equatable {
        /// The system's number of it.
        public var number: Int32
        /// The same in words.
        public var reason: String { String(cString: strerror(number)) }

        /// The last system call's.
        static var last: Failure { Failure(number: errno) }
    }

    /// Writes a file at `path`, in place of one that may be there. It is never more open to other users than its folder.
    /// - Parameter content: writes to the descriptor it is given.
    /// - Throws: ``Failure``, and what `content` throws.
    public static func write(to path: String, _ content: (Int32) throws -> Void) throws {
        let folder = (path as NSString).deletingLastPathComponent
        let named = "\(folder.isEmpty ? "." : folder)/.cliptop-\(UUID().uuidString).partial"
        var status = stat()
        guard stat(folder.isEmpty ? "." : folder, &status) == 0 else { throw Failure.last }
        let mode = status.st_mode & 0o666

        var isNamed = false
        var descriptor = openNameless(folder.isEmpty ? "." : folder, mode)
        if descriptor < 0 {
            // A name of its own, so that nobody takes what is unfinished for such a file.
            descriptor = open(named, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
            isNamed = true
        }
        guard descriptor >= 0 else { throw Failure.last }
        do {
            try content(descriptor)
            try flush(descriptor)
            if !isNamed { isNamed = try !link(descriptor, path, orElse: named) }
        } catch {
            close(descriptor)
            if isNamed { unlink(named) }
            throw error
        }
        guard close(descriptor) == 0 else {
            let failure = Failure.last
            if isNamed { unlink(named) }
            throw failure
        }
        guard isNamed else { return }
        guard rename(named, path) == 0 else {
            let failure = Failure.last
            unlink(named)
            throw failure
        }
    }

    /// Writes bytes, however many the system takes at once.
    /// - Throws: ``Failure``.
    public static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(Failure) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Foundation.write(descriptor, rest.baseAddress, min(rest.count, 1 << 30))
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno != EINTR {
                throw Failure.last
            }
        }
    }

    /// Brings a file to the disk. What cannot be flushed (a pipe, a terminal) needs not be.
    /// - Throws: ``Failure``.
    public static func flush(_ descriptor: Int32) throws(Failure) {
        guard fsync(descriptor) == 0 || [EINVAL, ENOTSUP, EROFS].contains(errno) else { throw Failure.last }
    }

    /// A file without a name, which goes away with the process; negative where the file system has none.
    private static func openNameless(_ folder: String, _ mode: mode_t) -> Int32 {
        #if os(Linux)
            // O_TMPFILE, which Swift does not see. It gets its name through /proc.
            guard access("/proc/self/fd", X_OK) == 0 else { return -1 }
            return open(folder, 0o20000000 | O_DIRECTORY | O_WRONLY | O_CLOEXEC, mode)
        #else
            return -1
        #endif
    }

    /// Gives a file without a name the name `path`, or `other` where `path` is taken.
    /// - Returns: whether it has the name `path`.
    private static func link(_ descriptor: Int32, _ path: String, orElse other: String) throws(Failure) -> Bool {
        let source = "/proc/self/fd/\(descriptor)"
        if linkat(AT_FDCWD, source, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 { return true }
        guard errno == EEXIST, linkat(AT_FDCWD, source, AT_FDCWD, other, AT_SYMLINK_FOLLOW) == 0 else {
            throw Failure.last
        }
        return false
    }
}
