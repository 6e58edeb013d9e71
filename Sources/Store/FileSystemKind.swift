import Foundation

/// Recognises the file systems on which a shared-memory write-ahead log is not safe.
enum FileSystemKind {
    /// The name of the network file system `path` is on, or nil if it is local or cannot be told.
    static func network(at path: String) -> String? {
        guard let mounts = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8) else { return nil }
        return network(at: URL(filePath: path).resolvingSymlinksInPath().path, mounts: mounts)
    }

    /// The same for a mount table in the form of `/proc/self/mounts`: device, mount point, type, options.
    static func network(at path: String, mounts: String) -> String? {
        var best = (depth: -1, type: "")
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 3 else { continue }
            let point = fields[1].replacing("\\040", with: " ")
            let isPrefix = point == "/" || path == point || path.hasPrefix(point + "/")
            // A later mount hides an earlier one at the same place.
            if isPrefix, point.count >= best.depth { best = (point.count, String(fields[2])) }
        }
        return networkTypes.contains(best.type) ? best.type : nil
    }

    private static let networkTypes: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "lustre", "gpfs", "beegfs", "ceph", "9p", "afs", "fuse.sshfs",
        "fuse.glusterfs", "glusterfs", "orangefs",
    ]
}
