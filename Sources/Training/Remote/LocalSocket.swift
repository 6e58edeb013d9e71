import CKernels
import Foundation

/// The Unix socket in a run's folder: `runs/<ID>/control.sock`, which only its owner can open.
enum LocalSocket {
    static let name = "control.sock"

    /// A socket that listens in a run's folder. What a process that has gone left there is replaced.
    /// - Throws: ``RemoteError/cannotListen(path:reason:)``.
    static func listen(in folder: URL) throws(RemoteError) -> Int32 {
        let path = folder.appending(path: name).path
        func failure() -> RemoteError { .cannotListen(path: path, reason: String(cString: strerror(errno))) }
        // The folder keeps others out even where a system ignores the modes of sockets.
        guard chmod(folder.path, 0o700) == 0 else { throw failure() }
        let descriptor = socket(AF_UNIX, streamType, 0)
        guard descriptor >= 0 else { throw failure() }
        do throws(RemoteError) {
            guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, setNonBlocking(descriptor) else { throw failure() }
            // Linux gives the file the mode that the socket has, so that it is never open to others, not for a moment.
            _ = fchmod(descriptor, 0o600)
            unlink(path)
            let status = withAddress(in: folder) { bind(descriptor, $0, $1) }
            guard status == 0, chmod(path, 0o600) == 0, Foundation.listen(descriptor, 16) == 0 else { throw failure() }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// A connection to the process that listens in a run's folder.
    /// - Returns: nil if none does.
    /// - Throws: ``RemoteError/cannotConnect(path:reason:)``.
    static func connect(in folder: URL) throws(RemoteError) -> Int32? {
        let path = folder.appending(path: name).path
        let descriptor = socket(AF_UNIX, streamType, 0)
        guard descriptor >= 0 else { throw .cannotConnect(path: path, reason: String(cString: strerror(errno))) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        if withAddress(in: folder, { Foundation.connect(descriptor, $0, $1) }) == 0 { return descriptor }
        let reason = errno
        close(descriptor)
        if [ENOENT, ECONNREFUSED, ENOTDIR].contains(reason) { return nil }
        throw .cannotConnect(path: path, reason: String(cString: strerror(reason)))
    }

    /// Whether a process of `user` may talk to one of `owner`.
    static func admits(_ user: UInt32?, owner: UInt32 = getuid()) -> Bool { user == owner }

    /// The user at the other end; nil where the system does not say.
    static func peer(of descriptor: Int32) -> UInt32? {
        var user: UInt32 = 0
        return local_socket_peer(descriptor, &user) == 0 ? user : nil
    }

    static func setNonBlocking(_ descriptor: Int32) -> Bool {
        let flags = fcntl(descriptor, F_GETFL)
        return flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0
    }

    #if os(Linux)
        private static let streamType = Int32(SOCK_STREAM.rawValue)
        /// A viewer that has gone is an error of writing, not a signal.
        static let sendFlags = Int32(MSG_NOSIGNAL)
    #else
        private static let streamType = SOCK_STREAM
        static let sendFlags: Int32 = 0
    #endif

    /// Calls `body` with the socket's address. An address has room for some hundred bytes; a longer path goes through a
    /// descriptor of the folder.
    private static func withAddress(
        in folder: URL, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var path = folder.appending(path: name).path
        var address = sockaddr_un()
        let room = MemoryLayout.size(ofValue: address.sun_path)
        var directory: Int32 = -1
        if path.utf8.count >= room {
            directory = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard directory >= 0 else { return -1 }
            path = "/proc/self/fd/\(directory)/\(name)"
        }
        defer { if directory >= 0 { close(directory) } }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

/// An open socket, closed when nobody uses it any more: its number may be another file's the moment after.
final class OpenSocket: Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}

/// What can go wrong between a run and a viewer in another process.
public enum RemoteError: Error, Equatable {
    /// Nobody will be able to attach.
    case cannotListen(path: String, reason: String)
    /// The socket is there and cannot be used.
    case cannotConnect(path: String, reason: String)
    /// No process listens in the run's folder.
    case notLive(run: String)
    /// The process at the other end belongs to somebody else.
    case foreign(run: String)
    /// The two programs are of different versions.
    case otherVersion(run: String, theirs: Int, ours: Int)
    /// The run does not want this viewer.
    case refused(run: String, reason: String)
    /// The process listens and says nothing.
    case silent(run: String, seconds: Int)
    /// The process went away, or let go of this viewer, in the middle of the run.
    case lost(run: String, reason: String)
}

extension RemoteError: LocalizedError {
    /// One readable line.
    public var errorDescription: String? {
        switch self {
        case .cannotListen(let path, let reason):
            "cannot listen at \(path): \(reason); nobody can attach to this run"
        case .cannotConnect(let path, let reason): "cannot connect to \(path): \(reason)"
        case .notLive(let run): "run \(run) is not live: no process trains it"
        case .foreign(let run): "run \(run) is trained by another user's process"
        case .otherVersion(let run, let theirs, let ours):
            "run \(run) is trained by another version of cliptop (it speaks version \(theirs), this one \(ours)); "
                + "attach with that one"
        case .refused(let run, let reason): "run \(run) does not let this viewer in: \(reason)"
        case .silent(let run, let seconds): "the process that trains run \(run) has not answered for \(seconds) s"
        case .lost(let run, let reason): "the connection to run \(run) is lost: \(reason)"
        }
    }
}
