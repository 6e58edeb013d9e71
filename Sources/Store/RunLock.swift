import Foundation

/// The one process that trains a run: a lock on a file in the run's folder, which the system gives back whatever happens to
/// the process. Whoever finds it free knows that nobody trains the run any more, however often process numbers come round.
public final class RunLock: Sendable {
    private let descriptor: Int32
    /// How long a lock of somebody who does not train is waited for.
    private static let patience = 2.0

    /// Takes the lock, and writes this process's number into the file for people.
    /// - Parameter folder: the run's folder; it exists.
    /// - Throws: ``StoreError/runIsLive(_:process:)`` if another process has it, ``StoreError/notWritable(path:reason:)``.
    public init(folder: URL) throws {
        let path = Self.path(in: folder)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError.notWritable(path: path, reason: String(cString: strerror(errno)))
        }
        let end = Date(timeIntervalSinceNow: Self.patience)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            // Who only looks, or keeps others from training for whatever reason, has a shared lock.
            let isTrained = flock(descriptor, LOCK_SH | LOCK_NB) != 0
            guard !isTrained, Date() < end else {
                let owner = Self.process(in: folder)
                close(descriptor)
                throw isTrained
                    ? StoreError.runIsLive(folder.lastPathComponent, process: owner)
                    : StoreError.runIsLocked(folder.lastPathComponent, owners: LockOwners.of([path]))
            }
            flock(descriptor, LOCK_UN)
            Thread.sleep(forTimeInterval: 0.02)
        }
        self.descriptor = descriptor
        let text = Array("\(getpid())\n".utf8)
        // Only people read it: a full disk must not keep a run from going on.
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
    }

    deinit { close(descriptor) }

    /// Gives the lock back, whoever still holds this object: the run has ended.
    public func release() { flock(descriptor, LOCK_UN) }

    /// The process that trains the run in `folder`; nil if none does.
    public static func owner(folder: URL) -> Int32? {
        let descriptor = open(path(in: folder), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // A shared lock does not keep others from looking at the same moment.
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
        return process(in: folder) ?? 0
    }

    private static func path(in folder: URL) -> String { folder.appending(path: "lock").path }

    private static func process(in folder: URL) -> Int32? {
        (try? String(contentsOfFile: path(in: folder), encoding: .utf8))
            .flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
}
