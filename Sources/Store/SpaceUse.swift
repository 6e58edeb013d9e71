import Foundation

/// Says that a process uses the features of a space: a shared lock on a file, which the system gives back whatever happens
/// to the process.
final class SpaceUse: Sendable {
    private let descriptor: Int32

    /// Takes the lock; nil where there can be no such file, as in a state directory that cannot be written.
    init?(_ key: String, _ database: StateDatabase) {
        guard database.obstacle == nil, let folder = Self.folder(database), mkdir(folder, 0o700) == 0 || errno == EEXIST
        else { return nil }
        descriptor = open(Self.file(key, folder), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        flock(descriptor, LOCK_SH | LOCK_NB)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Whether a process uses the space.
    static func isUsed(_ key: String, _ database: StateDatabase) -> Bool {
        guard let folder = folder(database) else { return false }
        let descriptor = open(file(key, folder), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }

    /// A shard's file stands alone.
    private static func folder(_ database: StateDatabase) -> String? {
        database.file == database.directory.database ? database.directory.url.appending(path: "spaces").path : nil
    }

    /// A file for each space, by the FNV-1a hash of its key.
    private static func file(_ key: String, _ folder: String) -> String {
        let hash = key.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "\(folder)/\(String(hash, radix: 16)).lock"
    }
}
