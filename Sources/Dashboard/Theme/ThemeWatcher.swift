import Foundation

/// Notices that the file of a theme has been written to, by its time, size and identity.
struct ThemeWatcher {
    private struct Stamp: Equatable {
        var seconds: Int
        var nanoseconds: Int
        var size: Int
        var identity: UInt64
    }

    private let path: String
    private var seen: Stamp?

    /// Watches a theme's file from now on.
    init(_ name: String, in folder: URL) {
        path = folder.appending(path: name + ".toml").path(percentEncoded: false)
        seen = Self.stamp(of: path)
    }

    /// Whether the file is another one than when this was asked last. A file that is gone is no change: editors that write
    /// a new file and rename it leave none for a moment.
    mutating func hasChanged() -> Bool {
        guard let stamp = Self.stamp(of: path), stamp != seen else { return false }
        seen = stamp
        return true
    }

    private static func stamp(of path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec, size: Int(status.st_size),
            identity: UInt64(status.st_ino))
    }
}
