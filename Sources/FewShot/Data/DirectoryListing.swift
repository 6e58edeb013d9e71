import Files
import Foundation
import Pictures

/// The contents of a folder, by `readdir`: Foundation calls `stat` for every file, which takes seconds for tens of
/// thousands of files. Names are as ``PathText`` writes them.
struct DirectoryListing {
    /// Visible entries that are no folders, in byte order.
    private(set) var files: [String] = []
    /// Visible folders, also through links, in byte order.
    private(set) var folders: [String] = []
    /// Visible folders that systems, file servers and archivers have left there, in byte order.
    private(set) var systemFolders: [String] = []

    /// Lists `path`.
    /// - Throws: ``DatasetError`` if there is no such folder or it may not be read.
    init(_ path: String) throws(DatasetError) {
        guard let stream = path.withSystemPath({ opendir($0) }) else {
            switch errno {
            case EACCES, EPERM: throw .noPermission(path: path)
            case ENOTDIR: throw .notADirectory(path: path)
            default: throw .missing(path: path)
            }
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                let start = UnsafeRawPointer(pointer)
                let length = strnlen(
                    start.assumingMemoryBound(to: CChar.self), MemoryLayout.size(ofValue: pointer.pointee))
                return PathText.text(UnsafeRawBufferPointer(start: start, count: length))
            }
            guard !name.hasPrefix(".") else { continue }
            switch Int32(entry.pointee.d_type) {
            case Int32(DT_DIR): add(folder: name)
            case Int32(DT_REG): files.append(name)
            default:
                switch FileKind(path + "/" + name) {
                case .folder: add(folder: name)
                case .file: files.append(name)
                // A dangling link is listed: the picture that is not there should be reported, not forgotten.
                case .nothing: files.append(name)
                case .other: break
                }
            }
        }
        files.sort(by: Self.inByteOrder)
        folders.sort(by: Self.inByteOrder)
        systemFolders.sort(by: Self.inByteOrder)
    }

    private mutating func add(folder name: String) {
        if Self.isSystemFolder(name) { systemFolders.append(name) } else { folders.append(name) }
    }

    /// Whether a folder of this name is nobody's class: file servers begin theirs with `@`, Windows with `$` and a letter,
    /// checks of file systems name theirs after what they have found.
    static func isSystemFolder(_ name: String) -> Bool {
        let name = name.lowercased()
        if name.hasPrefix("@") || name.wholeMatch(of: /\$[a-z].*|found\.[0-9]{3}/) != nil { return true }
        return [
            "__macosx", "__pycache__", "lost+found", "lost.dir", "system volume information", "recycler", "recycled",
            "#recycle", "#snapshot", "~snapshot", "network trash folder", "temporary items", "thumbs.db",
        ].contains(name)
    }

    /// Whether some of the files are pictures, of whatever format. Most often the suffixes say so; of files that they say
    /// nothing about, the first few are looked into.
    func holdsPictures(_ path: String) -> Bool {
        files.contains { PictureFile.hasSuffix($0) }
            || files.prefix(20).contains { PictureFile(path: path + "/" + $0) != .none }
    }

    /// The order of Python's `sorted`: by the bytes of UTF-8.
    static func inByteOrder(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
}
