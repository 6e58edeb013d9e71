import Foundation

/// What the thread that made it has written so far, in bytes, by the system's own account: ncurses does not tell what it
/// sends, and an account kept beside it would only be a guess.
final class WrittenBytes {
    private let file: Int32

    /// Begins to count; nil where the system keeps no account.
    init?() {
        file = open("/proc/thread-self/io", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
    }

    deinit { if file >= 0 { close(file) } }

    /// The account as it stands; nil if it cannot be read.
    var count: Int? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let length = pread(file, &bytes, bytes.count, 0)
        guard length > 0 else { return nil }
        let lines = String(decoding: bytes.prefix(length), as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("wchar: ") }) else { return nil }
        return Int(line.dropFirst(7))
    }
}
