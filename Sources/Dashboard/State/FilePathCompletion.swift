import Foundation

/// Tab on a half-written path: what is certain of it, and what would do.
struct FilePathCompletion: Equatable {
    /// The path as far as it is certain; a folder ends in `/`.
    let path: String
    /// The names that would do, if there are several.
    let candidates: [String]

    /// Completes a path; a leading `~` is the home directory and stays written so.
    init(_ typed: String) {
        let slash = typed.lastIndex(of: "/")
        let folder = slash.map { String(typed[...$0]) } ?? ""
        let start = slash.map { String(typed[typed.index(after: $0)...]) } ?? typed
        if start == "~", folder.isEmpty {
            (path, candidates) = ("~/", [])
            return
        }
        let directory = folder.isEmpty ? "." : TypedPath(folder).url.path
        let names = Self.names(in: directory).filter { name in
            name.hasPrefix(start) && (start.hasPrefix(".") || !name.hasPrefix("."))
        }
        guard var common = names.first else {
            (path, candidates) = (typed, [])
            return
        }
        for name in names { common = String(zip(common, name).prefix { $0 == $1 }.map(\.0)) }
        path = folder + common
        candidates = names.count > 1 ? names : []
    }

    /// Pictures and folders, the latter with a `/` at the end, in order.
    private static func names(in directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.sorted().compactMap { name in
            var isFolder: ObjCBool = false
            let path = (directory as NSString).appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
            return isFolder.boolValue ? name + "/" : isPicture(name) ? name : nil
        }
    }

    /// The pictures of a folder, in order.
    static func pictures(in folder: URL) -> [String] {
        names(in: folder.path).filter { !$0.hasSuffix("/") && !$0.hasPrefix(".") }
    }

    private static func isPicture(_ name: String) -> Bool {
        ["png", "jpg", "jpeg"].contains((name as NSString).pathExtension.lowercased())
    }
}
