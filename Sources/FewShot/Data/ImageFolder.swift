import Foundation

/// Reads a folder per class, in torchvision's order (spec, datasets 3).
public enum ImageFolder {
    /// Suffixes of the formats the program decodes.
    static let readableSuffixes: Set<String> = ["jpg", "jpeg", "png"]
    /// Suffixes torchvision would list and the program cannot decode.
    static let otherSuffixes: Set<String> = ["ppm", "bmp", "pgm", "tif", "tiff", "webp"]

    /// The data set in `root`: class folders in byte order, files in byte order within each folder, hidden files skipped.
    /// - Throws: ``DatasetError``.
    public static func read(_ root: URL) throws -> Dataset {
        let path = root.path
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw DatasetError.missing(path: path)
        }
        guard isDirectory.boolValue else { throw DatasetError.notADirectory(path: path) }
        guard let entries = listing(root) else { throw DatasetError.noPermission(path: path) }
        let folders = entries.filter { isFolder(root.appending(path: $0)) }
        guard !folders.isEmpty else { throw DatasetError.noClassFolders(path: path) }
        guard folders.count > 1 else { throw DatasetError.onlyOneClass(path: path, name: folders[0]) }

        var dataset = Dataset(
            name: name(of: root), root: root, classNames: folders.map(PromptName.of), items: [])
        for (label, folder) in folders.enumerated() {
            var visited = Set<FileIdentity>()
            collect(root.appending(path: folder), path: folder, label: label, into: &dataset, visited: &visited)
        }
        guard !dataset.items.isEmpty else { throw DatasetError.noPictures(path: path) }
        return dataset
    }

    /// `Samples/Images` is called `Samples`: a folder named after its content says nothing.
    private static func name(of root: URL) -> String {
        let root = root.standardizedFileURL
        let generic: Set = ["images", "data", "pictures", "train", "dataset"]
        let parent = root.deletingLastPathComponent().lastPathComponent
        return generic.contains(root.lastPathComponent.lowercased()) && parent != "/" && !parent.isEmpty
            ? parent : root.lastPathComponent
    }

    private struct FileIdentity: Hashable {
        var device: Int
        var inode: Int
    }

    /// Visible names of a folder in byte order; nil if it cannot be read.
    private static func listing(_ folder: URL) -> [String]? {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?
            .filter { !$0.hasPrefix(".") }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func isFolder(_ url: URL) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    /// Files of a folder first, then its folders, as `os.walk` goes; links are followed once.
    private static func collect(
        _ folder: URL, path: String, label: Int, into dataset: inout Dataset, visited: inout Set<FileIdentity>
    ) {
        let attributes = try? FileManager.default.attributesOfItem(atPath: folder.resolvingSymlinksInPath().path)
        if let device = attributes?[.systemNumber] as? Int, let inode = attributes?[.systemFileNumber] as? Int {
            guard visited.insert(FileIdentity(device: device, inode: inode)).inserted else { return }
        }
        var folders: [String] = []
        for name in listing(folder) ?? [] {
            let url = folder.appending(path: name)
            let written = path + "/" + name
            if isFolder(url) {
                folders.append(name)
                continue
            }
            let suffix = url.pathExtension.lowercased()
            if readableSuffixes.contains(suffix) {
                dataset.items.append(DatasetItem(path: written, url: url, label: label))
            } else if otherSuffixes.contains(suffix) {
                dataset.unreadableFormats.append(written)
            }
        }
        for name in folders {
            collect(
                folder.appending(path: name), path: path + "/" + name, label: label, into: &dataset, visited: &visited)
        }
    }
}

/// Class names as CLIP reads them.
enum PromptName {
    /// Underscores become spaces, runs of spaces one (spec, datasets 1).
    static func of(_ name: String) -> String {
        name.replacing("_", with: " ").split(separator: " ").joined(separator: " ")
    }
}
