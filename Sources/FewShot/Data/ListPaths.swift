import Files

/// How the paths of a list lead to files: as they stand, or as another system or program has written them. Decided once
/// for the whole list, by the files that are there.
struct ListPaths {
    /// What was decided, for people; nil for paths that are used as they stand.
    private(set) var note: String?
    /// Nothing was found.
    private(set) var warning: String?
    private let base: String
    private var usesSlashes = false
    private var suffix = ""

    /// - Parameters:
    ///   - paths: those of the list.
    ///   - base: the folder in which they begin.
    init(_ paths: [String], base: String) {
        self.base = base
        func isThere(_ path: String) -> Bool { FileKind(base.joined(path)) != .nothing }
        // Where the first ones are missing, all are looked for: some of a list may be lost.
        guard !paths.contains(where: isThere) else { return }
        let some = paths.prefix(200)
        if some.contains(where: { $0.contains("\\") && isThere(Self.withSlashes($0)) }) {
            usesSlashes = true
            note = "the list's paths are written with backslashes; they are read as slashes"
        } else if let suffix = some.lazy.compactMap({ Self.suffix(of: $0, base: base) }).first {
            self.suffix = suffix
            note = "the list's paths have no suffix; \(suffix) is added"
        } else if !paths.isEmpty {
            let hint = some.contains { $0.contains("\\") } ? " (backslashes are how Windows writes paths)" : ""
            warning =
                "none of the list's pictures is there, e.g. \(base.joined(paths[0]))\(hint); --image-root says in which "
                + "folder its paths begin"
        }
    }

    /// Where the file is that the list calls `path`.
    func location(_ path: String) -> String {
        base.joined(Self.simplified(usesSlashes ? Self.withSlashes(path) : path)) + suffix
    }

    private static func withSlashes(_ path: String) -> String { path.replacing("\\", with: "/") }

    /// `./a//b.png` as `a/b.png`.
    private static func simplified(_ path: String) -> String {
        guard path.contains("./") || path.contains("//") else { return path }
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).filter { $0 != "." }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    /// The suffix with which there is a picture of this name.
    static func suffix(of path: String, base: String) -> String? {
        [".jpg", ".jpeg", ".png", ".webp", ".JPG", ".JPEG", ".PNG"].first { FileKind(base.joined(path + $0)) == .file }
    }
}
