import Foundation

/// Why a file cannot be read.
public enum FileProblem: Error, Sendable, Equatable {
    /// There is no such file.
    case missing
    /// The file is a symbolic link that leads nowhere: where it leads.
    case danglingLink(to: String)
    /// The file may not be read.
    case permissionDenied
    /// The path is not that of a regular file.
    case notAFile
    /// The file has more bytes than are read.
    case tooLarge(bytes: Int, limit: Int)
    /// Another reason, in the operating system's words.
    case other(String)

    /// Why the file at `path` does not open, by the system's number.
    public init(opening path: String, code: Int32) {
        switch code {
        case ENOENT: self = FileKind.linkTarget(path).map { .danglingLink(to: $0) } ?? .missing
        case ENOTDIR: self = .missing
        case EACCES, EPERM: self = .permissionDenied
        default: self = .other(String(cString: strerror(code)))
        }
    }

    /// What is wrong, without the file's name.
    public var text: String {
        switch self {
        case .missing: "no such file"
        case .danglingLink(let target): "a link to \(target), which does not exist"
        case .permissionDenied: "permission denied"
        case .notAFile: "not a regular file"
        case .tooLarge(let bytes, let limit): "\(bytes) bytes; the limit is \(limit)"
        case .other(let reason): "cannot be read (\(reason))"
        }
    }
}

/// The bytes of a regular file, read in one go.
/// - Parameters:
///   - path: a path as ``PathText`` writes it.
///   - limit: the most bytes that are read.
/// - Throws: ``FileProblem``. An empty file is read.
public func readFile(_ path: String, limit: Int) throws(FileProblem) -> [UInt8] {
    // Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it.
    let descriptor = path.withSystemPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw FileProblem(opening: path, code: errno) }
    defer { close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .other(String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    let size = Int(status.st_size)
    guard size <= limit else { throw .tooLarge(bytes: size, limit: limit) }

    var failure: FileProblem?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        while count < size, let start = buffer.baseAddress {
            let got = read(descriptor, start + count, size - count)
            if got > 0 {
                count += got
            } else if got == 0 {
                break
            } else if errno != EINTR {
                failure = .other(String(cString: strerror(errno)))
                break
            }
        }
    }
    if let failure { throw failure }
    return bytes
}

/// The first bytes of a regular file, at most `count`; none where it cannot be read.
public func readBeginning(_ path: String, count: Int) -> [UInt8] {
    let descriptor = path.withSystemPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        filled = max(read(descriptor, buffer.baseAddress, count), 0)
    }
}

/// What stands at a path, links followed.
public enum FileKind: Sendable {
    case file, folder, other, nothing

    /// Asks the system.
    public init(_ path: String) {
        var status = stat()
        guard path.withSystemPath({ stat($0, &status) }) == 0 else {
            self = .nothing
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: self = .folder
        case S_IFREG: self = .file
        default: self = .other
        }
    }

    /// Whether the name is there, be it a link that leads nowhere.
    public static func exists(_ path: String) -> Bool {
        var status = stat()
        return path.withSystemPath { lstat($0, &status) } == 0
    }

    /// Where the symbolic link at `path` leads; nil for what is none.
    public static func linkTarget(_ path: String) -> String? {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = path.withSystemPath { readlink($0, &target, target.count) }
        guard count > 0 else { return nil }
        return PathText.text(target.prefix(count).map { UInt8(bitPattern: $0) })
    }
}

/// What makes two paths the same file or folder.
public struct FileIdentity: Hashable, Sendable {
    private let device, inode: UInt64

    /// The identity of what stands at `path`, links followed; nil where nothing does.
    public init?(_ path: String) {
        var status = stat()
        guard path.withSystemPath({ stat($0, &status) }) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}
