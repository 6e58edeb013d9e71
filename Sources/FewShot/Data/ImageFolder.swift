import Foundation

/// Reads a folder per class, in torchvision's order (docs/data.md#class-folders).
enum ImageFolder {
    /// The data set in `root`: class folders in byte order, hidden files skipped.
    /// - Throws: ``DatasetError``.
    static func read(_ root: URL, options: DatasetOptions = DatasetOptions()) throws -> Dataset {
        let path = root.path
        let folders = try DirectoryListing(path).folders
        guard !folders.isEmpty else { throw DatasetError.noClassFolders(path: path) }
        guard folders.count > 1 else { throw DatasetError.onlyOneClass(path: path, name: folders[0]) }
        let named = try NamedFolders(folders, root: root, options)
        var dataset = Dataset(
            name: DatasetName.of(root), root: root, format: .folder, classes: named.classes, items: [],
            notes: named.notes)
        for folder in folders.sorted(by: { named.labels[$0, default: 0] < named.labels[$1, default: 0] }) {
            dataset.addFolder(folder, label: named.labels[folder])
        }
        guard !dataset.items.isEmpty else { throw DatasetError.noPictures(path: path) }
        return dataset
    }

    /// Names of the folders that hold one part of a data set.
    private static let splitNames: [(split: SourceSplit, names: [String])] = [
        (.train, ["train"]), (.validation, ["val", "valid", "validation"]), (.test, ["test"]),
    ]

    /// The folder of each part, where `folders` has both a training part and another one; else nothing.
    static func splitFolders(among folders: [String]) -> [(split: SourceSplit, folder: String)] {
        let found = splitNames.compactMap { split, names in
            names.first { folders.contains($0) }.map { (split, $0) }
        }
        return found.count > 1 && found[0].0 == .train ? found : []
    }

    /// A folder per class in each of `train`, `val` and `test`; the classes are those of `train`.
    /// - Throws: ``DatasetError``.
    static func readSplits(_ root: URL, options: DatasetOptions = DatasetOptions()) throws -> Dataset {
        let parts = splitFolders(among: try DirectoryListing(root.path).folders)
        guard let train = parts.first else {
            throw DatasetError.missingFile(path: root.path, format: .splitFolders, wanted: "train, with val or test,")
        }
        let trainPath = root.path + "/" + train.folder
        let classFolders = try DirectoryListing(trainPath).folders
        guard !classFolders.isEmpty else { throw DatasetError.noClassFolders(path: trainPath) }
        guard classFolders.count > 1 else { throw DatasetError.onlyOneClass(path: trainPath, name: classFolders[0]) }
        let named = try NamedFolders(classFolders, root: root, options)
        var dataset = Dataset(
            name: DatasetName.of(root), root: root, format: .splitFolders, classes: named.classes, items: [],
            notes: named.notes)
        for part in parts {
            for folder in try DirectoryListing(root.path + "/" + part.folder).folders {
                guard let label = named.labels[folder] else {
                    throw DatasetError.unknownClassFolder(path: root.path + "/" + part.folder, name: folder)
                }
                dataset.addFolder(part.folder + "/" + folder, label: label, split: part.split)
            }
        }
        guard !dataset.items.isEmpty else { throw DatasetError.noPictures(path: root.path) }
        return dataset
    }

    /// The pictures directly inside a folder, without labels.
    /// - Throws: ``DatasetError``.
    static func readFlat(_ root: URL) throws -> Dataset {
        var dataset = Dataset(name: DatasetName.of(root), root: root, format: .flat, classes: [], items: [])
        dataset.add(try DirectoryListing(root.path).files, in: "", label: nil, split: nil)
        guard !dataset.items.isEmpty else { throw DatasetError.noPictures(path: root.path) }
        return dataset
    }
}

extension Dataset {
    /// Adds the pictures below `folder`, which is relative to the root.
    mutating func addFolder(_ folder: String, label: Int?, split: SourceSplit? = nil) {
        add(DirectoryListing.tree(root.path + "/" + folder), in: folder, label: label, split: split)
    }

    /// Adds those of `files`, which are relative to `folder`, that are pictures.
    mutating func add(_ files: [String], in folder: String, label: Int?, split: SourceSplit?) {
        let base = root.path
        for file in files {
            let written = folder.isEmpty ? file : folder + "/" + file
            switch PictureSuffix(of: file) {
            case .readable:
                items.append(DatasetItem(path: written, location: base + "/" + written, label: label, split: split))
            case .unreadable: unreadableFormats.append(written)
            case .none: break
            }
        }
    }
}

/// What people call a data set.
enum DatasetName {
    /// `Samples/Images` is called `Samples`: the name of the folder itself does not identify a data set.
    static func of(_ root: URL) -> String {
        let root = root.standardizedFileURL
        let generic: Set = ["images", "data", "pictures", "train", "dataset"]
        let parent = root.deletingLastPathComponent().lastPathComponent
        return generic.contains(root.lastPathComponent.lowercased()) && parent != "/" && !parent.isEmpty
            ? parent : root.lastPathComponent
    }
}
