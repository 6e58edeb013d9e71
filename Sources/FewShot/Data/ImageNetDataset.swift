import Files
import Foundation

/// Reads ImageNet as CoOp lays it out (docs/data.md#coop-splits): `classnames.txt`, `images/train` and `images/val`
/// with a folder per class. The validation pictures are what is tested on.
enum ImageNetDataset {
    /// - Throws: ``DatasetError`` that names the folder or line.
    static func read(_ root: URL, options: DatasetOptions) throws -> Dataset {
        let file = root.appending(path: "classnames.txt", directoryHint: .notDirectory)
        guard FileKind(file.path) == .file else {
            throw DatasetError.missingFile(path: root.path, format: .imageNet, wanted: "classnames.txt")
        }
        let names = try FolderNames(contentsOf: file)
        var dataset = Dataset(
            name: "imagenet", root: root, format: .imageNet, classes: names.classes(options), items: [])
        dataset.listFile = file
        let parts = [("images/train", SourceSplit.train), ("images/val", .test)].filter {
            FileKind(root.path + "/" + $0.0) == .folder
        }
        let folders = try parts.map { part, split in
            try DirectoryListing(root.path + "/" + part).folders.map { (part: part, split: split, name: $0) }
        }.joined()
        var walk = FolderWalk(root.path, classFolders: folders.map { $0.part + "/" + $0.name })
        for folder in folders {
            guard let label = names.labels[folder.name] else {
                throw DatasetError.unknownClassFolder(path: root.path + "/" + folder.part, name: folder.name)
            }
            dataset.addFolder(folder.part + "/" + folder.name, label: label, split: folder.split, &walk)
        }
        return try dataset.checked(walk)
    }
}

/// Names for class folders: `n01440764 tench`, the folder up to the first blank; the order of lines is the label order.
struct FolderNames {
    /// Folder and name of each class.
    private(set) var entries: [(folder: String, name: String)] = []
    /// The label of each folder.
    private(set) var labels: [String: Int] = [:]

    /// - Throws: ``DatasetError`` that names file and line.
    init(contentsOf url: URL) throws(DatasetError) {
        try self.init(TextLines.bytes(of: url), file: url.path)
    }

    /// Parses the content of a file.
    init(_ bytes: [UInt8], file: String) throws(DatasetError) {
        var problems = LineProblems(file: file)
        for line in try TextLines(bytes, file: file).lines {
            let text = line.text.trimmed
            guard let blank = text.firstIndex(where: { $0 == " " || $0 == "\t" }) else {
                problems.add(line.number, "wants a folder and a name")
                continue
            }
            let folder = String(text[..<blank])
            if let first = labels.updateValue(entries.count, forKey: folder) {
                problems.add(line.number, "the folder \(shortened(folder)) is class \(first) already")
            }
            entries.append((folder, String(text[blank...].trimmed)))
        }
        try problems.check()
        guard !entries.isEmpty else { throw .invalid(file: file, reason: "holds no class names") }
    }

    /// The classes in label order.
    func classes(_ options: DatasetOptions) -> [DatasetClass] {
        entries.map {
            DatasetClass(name: $0.folder, promptName: ClassNaming.promptName($0.name, raw: options.rawNames))
        }
    }
}
