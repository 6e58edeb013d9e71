import Foundation
import GRDB

/// Why a database cannot be used: what the system says when it is asked, since SQLite only sees that a call failed.
public enum DatabaseProblem: Error, Equatable, Sendable {
    /// There is no room left on the disk, or in the user's share of it.
    case full
    /// Files may not grow beyond so many bytes.
    case fileSizeLimit(Int)
    /// The process may not open more than so many files.
    case openFileLimit(Int)
    /// The file system cannot be written to.
    case readOnlyFileSystem
    /// It belongs to somebody else.
    case notYours(owner: String)
    /// The user may not write to it, for this reason.
    case notWritable(String)
    /// SQLite found what it cannot have written.
    case damaged(String)
    /// Anything else, in SQLite's words.
    case other(String)

    /// What is the matter with the database at `path`, after SQLite gave up with `error`.
    init(_ error: DatabaseError, path: String) {
        let message = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_FULL: self = .full
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_MISMATCH: self = .damaged(message)
        case .SQLITE_ERROR where message.hasPrefix("no such table") || message.hasPrefix("no such column"):
            self = .damaged(message)
        case .SQLITE_CONSTRAINT, .SQLITE_ERROR, .SQLITE_MISUSE: self = .other(message)
        default:
            self = Self.obstacle(to: path) ?? Self.openFileLimit(error) ?? .other(message)
        }
    }

    /// Tries what SQLite does: to open and write the database, and a new file beside it.
    private static func obstacle(to path: String) -> DatabaseProblem? {
        let folder = (path as NSString).deletingLastPathComponent
        if access(path, R_OK | W_OK) != 0, errno != ENOENT { return Self(errno, path) }
        if access(folder, W_OK | X_OK) != 0 { return Self(errno, folder) }
        let trial = "\(folder)/.cliptop-\(UUID().uuidString).partial"
        let descriptor = open(trial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return Self(errno, folder) }
        defer {
            close(descriptor)
            unlink(trial)
        }
        // As much as SQLite takes for the index of its log.
        let bytes = [UInt8](repeating: 0, count: 64 << 10)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, bytes.count - written) }
            guard count > 0 else { return Self(errno, folder) }
            written += count
        }
        return nil
    }

    /// The system's reason.
    private init?(_ number: Int32, _ path: String) {
        switch number {
        case ENOSPC, EDQUOT: self = .full
        case EFBIG: self = .fileSizeLimit(Self.limit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue)) ?? 0)
        case EMFILE, ENFILE: self = .openFileLimit(Self.limit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue)) ?? 0)
        case EROFS: self = .readOnlyFileSystem
        case EACCES, EPERM:
            var status = stat()
            if stat(path, &status) == 0, status.st_uid != geteuid() {
                self = .notYours(owner: Self.name(of: status.st_uid))
            } else {
                self = .notWritable(String(cString: strerror(number)))
            }
        default: return nil
        }
    }

    /// SQLite has closed its files again by the time the system can be asked.
    private static func openFileLimit(_ error: DatabaseError) -> DatabaseProblem? {
        guard error.resultCode == .SQLITE_CANTOPEN, let limit = limit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue)),
            limit < 128
        else { return nil }
        return .openFileLimit(limit)
    }

    private static func limit(_ resource: __rlimit_resource_t) -> Int? {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return nil }
        return Int(exactly: limit.rlim_cur)
    }

    private static func name(of user: uid_t) -> String {
        guard let entry = getpwuid(user) else { return "user \(user)" }
        return String(cString: entry.pointee.pw_name)
    }

    /// What is the matter, in a few words.
    var text: String {
        switch self {
        case .full: "the disk is full (or your share of it)"
        case .fileSizeLimit(let bytes): "files may not grow beyond \(bytes) bytes here (ulimit -f)"
        case .openFileLimit(let count): "this process may not open more than \(count) files (ulimit -n)"
        case .readOnlyFileSystem: "it is on a read-only file system"
        case .notYours(let owner): "it belongs to \(owner), and you may not write to it"
        case .notWritable(let reason): "it cannot be written (\(reason))"
        case .damaged(let message): "it is damaged (\(message))"
        case .other(let message): message
        }
    }

    /// What helps, and what is lost with it.
    func advice(path: String) -> String {
        switch self {
        case .full: "free some space ('cliptop cache prune', 'cliptop runs remove'); nothing that is stored is lost"
        case .fileSizeLimit, .openFileLimit: "raise the limit; nothing that is stored is lost"
        case .readOnlyFileSystem, .notYours, .notWritable:
            "what is stored can still be looked at; to train, set CLIPTOP_HOME to a folder of your own"
        case .damaged:
            "make a copy first: cp -a '\((path as NSString).deletingLastPathComponent)' BACKUP; then \"sqlite3 '\(path)' "
                + ".recover | sqlite3 NEW\" saves what can be read; only if that fails move the file away to start afresh: "
                + "the list of runs and their curves are lost with it (adapters and checkpoints stay in runs/), and "
                + "features are encoded again"
        case .other: "'cliptop doctor' looks at the rest"
        }
    }
}

extension StoreError {
    /// What a failed call to the database at `path` means.
    init(_ error: DatabaseError, path: String) {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self = .busy(path: path, owners: LockOwners.of([path, path + "-wal", path + "-shm"]))
        default: self = .database(path: path, DatabaseProblem(error, path: path))
        }
    }

    /// Whether a part of a comparison may go into a file of its own instead: the state cannot be used, and is whole.
    public var leavesShards: Bool { if case .networkFileSystem = self { true } else { allowsReading } }

    /// Whether the database may be readable although it cannot be written.
    var allowsReading: Bool {
        switch self {
        case .database(_, .damaged): false
        case .database, .notWritable, .busy: true
        default: false
        }
    }
}
