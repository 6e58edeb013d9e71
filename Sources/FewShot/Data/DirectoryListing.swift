import Foundation

/// The visible entries of a folder, read with `readdir`: Foundation stats every file, which takes seconds for tens of
/// thousands of files.
struct DirectoryListing {
    /// Visible entries that are no folders, in byte order.
    private(set) var files: [String] = []
    /// Visible folders, also through links, in byte order.
    private(set) var folders: [String] = []

    /// Lists `path`.
    /// - Throws: ``DatasetError`` if there is no such folder or it may not be read.
    init(_ path: String) throws(DatasetError) {
        guard let stream = opendir(path) else {
            switch errno {
            case EACCES, EPERM: throw .noPermission(path: path)
            case ENOTDIR: throw .notADirectory(path: path)
            default: throw .missing(path: path)
            }
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            switch Int32(entry.pointee.d_type) {
            case Int32(DT_DIR): folders.append(name)
            case Int32(DT_REG): files.append(name)
            default:
                switch FileKind(path + "/" + name) {
                case .folder: folders.append(name)
                case .file: files.append(name)
                // A dangling link is listed, so that the missing picture is reported.
                case .nothing: files.append(name)
                case .other: break
                }
            }
        }
        files.sort(by: Self.inByteOrder)
        folders.sort(by: Self.inByteOrder)
    }

    /// The order of Python's `sorted`: by the bytes of UTF-8.
    static func inByteOrder(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

    /// All files below `folder`, in torchvision's order: folders by their full path, files by name within each. A folder
    /// that is reached twice, through links, is listed once.
    /// - Returns: paths relative to `folder`.
    static func tree(_ folder: String) -> [String] {
        var visited = Set<FileIdentity>()
        var found: [(prefix: String, files: [String])] = []
        var open = [""]
        while let prefix = open.popLast() {
            let path = prefix.isEmpty ? folder : folder + "/" + prefix
            if let identity = FileIdentity(path), !visited.insert(identity).inserted { continue }
            // A subfolder that may not be read is like one that is empty.
            guard let listing = try? DirectoryListing(path) else { continue }
            found.append((prefix, listing.files))
            // The last one is taken next: the first occurrence in byte order is the one that counts.
            open += listing.folders.reversed().map { prefix.isEmpty ? $0 : prefix + "/" + $0 }
        }
        found.sort { inByteOrder($0.prefix, $1.prefix) }
        return found.flatMap { prefix, files in prefix.isEmpty ? files : files.map { prefix + "/" + $0 } }
    }
}

/// What kind of file a path names, links followed.
enum FileKind {
    case file, folder, other, nothing

    init(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            self = .nothing
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: self = .folder
        case S_IFREG: self = .file
        default: self = .other
        }
    }
}

/// Device and inode: equal for two paths of the same folder.
private struct FileIdentity: Hashable {
    var device: UInt64
    var inode: UInt64

    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}

/// Which files are pictures, by their suffix (docs/data.md#class-folders).
enum PictureSuffix {
    case readable, unreadable, none

    init(of path: String) {
        guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else {
            self = .none
            return
        }
        switch path[dot...].dropFirst().lowercased() {
        case "jpg", "jpeg", "png": self = .readable
        case "ppm", "bmp", "pgm", "tif", "tiff", "webp": self = .unreadable
        default: self = .none
        }
    }
}
