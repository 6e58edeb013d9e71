import Foundation

/// Reads lists of pictures: one list, or a folder with the lists `train.txt`, `val.txt` and `test.txt`.
enum ListDataset {
    /// Names of the lists in a folder.
    private static let names: [(split: SourceSplit, names: [String])] = [
        (.train, ["train"]), (.validation, ["val", "valid", "validation"]), (.test, ["test"]),
    ]

    /// - Throws: ``DatasetError`` that names file and line.
    static func read(_ url: URL, options: DatasetOptions) throws -> Dataset {
        let isFolder = FileKind(url.path) == .folder
        let folder = isFolder ? url : url.deletingLastPathComponent()
        let lists = isFolder ? try lists(in: url) : [(split: SourceSplit?.none, url: url)]
        var dataset = Dataset(
            name: isFolder ? DatasetName.of(url) : url.deletingPathExtension().lastPathComponent, root: folder,
            format: .list, classes: [], items: [])
        dataset.listFile = lists.first?.url
        let paths = PathRules(allowOutside: options.allowOutside, allowAbsolute: true)
        let files = try lists.map { (split: $0.split, list: try ListFile(contentsOf: $0.url, paths: paths)) }
        let rows = files.flatMap(\.list.rows)
        dataset.classes = try classes(rows, folder: folder, options: options, notes: &dataset.notes)
        let labels = Dictionary(
            dataset.classes.enumerated().flatMap { [($1.name, $0), ($1.promptName, $0)] },
            uniquingKeysWith: { a, _ in a })
        let base = (options.imageRoot ?? folder).path
        for file in files {
            var problems = LineProblems(file: file.list.file)
            for row in file.list.rows {
                var label: Int?
                switch row.label {
                case .index(let index):
                    label = index
                    if index >= dataset.classes.count {
                        problems.add(row.line, "the label \(index) is beyond the \(dataset.classes.count) classes")
                    }
                case .name(let name):
                    label = labels[name]
                    if label == nil { problems.add(row.line, "there is no class \(shortened(name))") }
                case nil: break
                }
                dataset.items.append(
                    DatasetItem(path: row.path, location: base.joined(row.path), label: label, split: file.split))
            }
            try problems.check()
        }
        return dataset
    }

    private static func lists(in folder: URL) throws -> [(split: SourceSplit?, url: URL)] {
        let files = Set(try DirectoryListing(folder.path).files)
        let found = names.compactMap { split, names in
            names.map { $0 + ".txt" }.first { files.contains($0) }
                .map { (split: SourceSplit?.some(split), url: folder.appending(path: $0)) }
        }
        guard found.first?.split == .train else {
            throw DatasetError.missingFile(path: folder.path, format: .list, wanted: "train.txt")
        }
        return found
    }

    /// The classes: from a class file; else the names that serve as labels; else from the pictures' folders.
    private static func classes(
        _ rows: [ListFile.Row], folder: URL, options: DatasetOptions, notes: inout [String]
    ) throws -> [DatasetClass] {
        let beside = folder.appending(path: "classes.txt", directoryHint: .notDirectory)
        if let file = options.classFile ?? (FileKind(beside.path) == .file ? beside : nil) {
            return try ClassFile(contentsOf: file).classes(options)
        }
        var names = Set<String>()
        var folders: [Int: Set<Substring>] = [:]
        for row in rows {
            switch row.label {
            case .name(let name): names.insert(name)
            case .index(let label): folders[label, default: []].insert(row.path.parentFolderName)
            case nil: break
            }
        }
        func named(_ name: String) -> DatasetClass {
            DatasetClass(name: name, promptName: ClassNaming.promptName(name, raw: options.rawNames))
        }
        if !names.isEmpty {
            // A label that happens to be a number is a name too, where others are.
            for label in folders.keys { names.insert("\(label)") }
            return names.sorted(by: DirectoryListing.inByteOrder).map(named)
        }
        guard let last = folders.keys.max() else { return [] }
        let isNamedByFolder =
            folders.values.allSatisfy { $0.count == 1 && $0 != [""] } && Set(folders.values).count == folders.count
        notes.append(
            isNamedByFolder
                ? "the list has no class names; the classes are called like the folders of their pictures"
                : "the list has no class names; the classes are called by their numbers (--classes FILE gives names)")
        return (0...last).map { label in
            named(isNamedByFolder ? folders[label]?.first.map(String.init) ?? "\(label)" : "\(label)")
        }
    }
}

extension String {
    /// The name of the folder a path's file is in; empty if the path names none.
    fileprivate var parentFolderName: Substring {
        let parts = split(separator: "/")
        return parts.count > 1 ? parts[parts.count - 2] : ""
    }

    /// `path` below this folder, unless it is absolute.
    func joined(_ path: String) -> String { path.hasPrefix("/") ? path : self + "/" + path }
}
