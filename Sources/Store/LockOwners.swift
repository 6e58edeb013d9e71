import Foundation

/// Who holds locks on files, by the system's own list.
enum LockOwners {
    /// The other processes that hold a lock on one of these files, such as `4711 (sqlite3)`.
    static func of(_ paths: [String]) -> [String] {
        guard let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8) else { return [] }
        let files = Set(paths.compactMap { FileState(path: $0)?.inode })
        return processes(in: locks, holding: files).filter { $0 != getpid() }.map { process in
            let name = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
            return "\(process)" + (name.map { " (\($0.trimmingCharacters(in: .whitespacesAndNewlines)))" } ?? "")
        }
    }

    /// The processes that hold a lock on files with these numbers, by a text in the form of `/proc/locks`:
    /// `1: FLOCK  ADVISORY  WRITE 4711 fd:00:1234 0 EOF`. Who waits for a lock has an arrow in its line.
    static func processes(in locks: String, holding files: Set<Int64>) -> [Int32] {
        var found: [Int32] = []
        for line in locks.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[1] != "->", let process = Int32(fields[4]), process > 0,
                let inode = fields[5].split(separator: ":").last.flatMap({ Int64($0) }), files.contains(inode)
            else { continue }
            if !found.contains(process) { found.append(process) }
        }
        return found
    }
}
