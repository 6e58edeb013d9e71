import Files
import Foundation
import Pictures

/// Reads a folder per class, in torchvision's order (docs/data.md#class-folders).
enum ImageFolder {
    /// The data set in `root`, class folders and parts wherever they are found (``FolderLayout``).
    /// - Throws: ``DatasetError``.
    static func read(detecting root: URL, options: DatasetOptions = DatasetOptions()) throws -> Dataset {
        let layout = try FolderLayout(root.path)
        var dataset =
            try layout.parts.isEmpty
            ? read(root, base: layout.base, options: options) : readParts(root, layout, options: options)
        dataset.notes = layout.notes + dataset.notes
        dataset.warnings = layout.warnings + dataset.warnings
        return dataset
    }

    /// The data set whose class folders are those in `root`, in byte order, hidden files skipped.
    /// - Parameter base: the folder below the root that they are in.
    /// - Throws: ``DatasetError``.
    static func read(_ root: URL, base: String = "", options: DatasetOptions = DatasetOptions()) throws -> Dataset {
        let path = base.isEmpty ? root.path : root.path + "/" + base
        let listing = try DirectoryListing(path)
        let folders = listing.folders
        guard !folders.isEmpty else { throw DatasetError.noClassFolders(path: path) }
        guard folders.count > 1 else { throw DatasetError.onlyOneClass(path: path, name: folders[0]) }
        let named = try NamedFolders(folders, places: places(root, base), options)
        var dataset = Dataset(
            name: DatasetName.of(root), root: root, format: .folder, classes: named.classes, items: [],
            notes: named.notes, warnings: named.warnings)
        let prefix = base.isEmpty ? "" : base + "/"
        var walk = FolderWalk(root.path, classFolders: folders.map { prefix + $0 })
        walk.pass(listing.systemFolders)
        let labelled = folders.map { (folder: $0, label: named.label(of: $0) ?? 0) }
        for (folder, label) in labelled.sorted(by: { $0.label < $1.label }) {
            dataset.addFolder(prefix + folder, label: label, &walk)
        }
        return try dataset.checked(walk)
    }

    /// A folder per class in each part; the classes are those of the training part.
    /// - Throws: ``DatasetError``.
    static func readSplits(_ root: URL, options: DatasetOptions = DatasetOptions()) throws -> Dataset {
        let layout = try FolderLayout(root.path)
        guard !layout.parts.isEmpty else {
            throw DatasetError.missingFile(path: root.path, format: .splitFolders, wanted: "train, with val or test,")
        }
        var dataset = try readParts(root, layout, options: options)
        dataset.notes = layout.notes + dataset.notes
        dataset.warnings = layout.warnings + dataset.warnings
        return dataset
    }

    private static func readParts(_ root: URL, _ layout: FolderLayout, options: DatasetOptions) throws -> Dataset {
        let listings = try layout.parts.map { try DirectoryListing(root.path + "/" + $0.folder) }
        let train = layout.parts[0]
        let classFolders = listings[0].folders
        let trainPath = root.path + "/" + train.folder
        guard !classFolders.isEmpty else { throw DatasetError.noClassFolders(path: trainPath) }
        guard classFolders.count > 1 else { throw DatasetError.onlyOneClass(path: trainPath, name: classFolders[0]) }
        let named = try NamedFolders(classFolders, places: places(root, layout.base), options)
        var dataset = Dataset(
            name: DatasetName.of(root), root: root, format: .splitFolders, classes: named.classes, items: [],
            notes: named.notes, warnings: named.warnings)
        var walk = FolderWalk(
            root.path,
            classFolders: zip(layout.parts, listings).flatMap { part, listing in
                listing.folders.map { part.folder + "/" + $0 }
            })
        for (part, listing) in zip(layout.parts, listings) {
            walk.pass(listing.systemFolders)
            for folder in listing.folders {
                guard let label = named.label(of: folder) else {
                    throw DatasetError.unknownClassFolder(path: root.path + "/" + part.folder, name: folder)
                }
                dataset.addFolder(part.folder + "/" + folder, label: label, split: part.split, &walk)
            }
        }
        return try dataset.checked(walk)
    }

    /// Where a file with class names may lie.
    private static func places(_ root: URL, _ base: String) -> [URL] {
        base.isEmpty ? [root] : [root.appending(path: base, directoryHint: .isDirectory), root]
    }

    /// The pictures directly inside a folder, without labels.
    /// - Throws: ``DatasetError``.
    static func readFlat(_ root: URL) throws -> Dataset {
        var dataset = Dataset(name: DatasetName.of(root), root: root, format: .flat, classes: [], items: [])
        dataset.add(try DirectoryListing(root.path).files, in: "", label: nil, split: nil)
        return try dataset.checked(FolderWalk(root.path, classFolders: []))
    }
}

extension Dataset {
    /// Adds the pictures below `folder`, which is relative to the root.
    mutating func addFolder(_ folder: String, label: Int?, split: SourceSplit? = nil, _ walk: inout FolderWalk) {
        add(walk.files(below: folder), in: folder, label: label, split: split)
    }

    /// Adds those of `files`, which are relative to `folder`, that are pictures.
    mutating func add(_ files: [String], in folder: String, label: Int?, split: SourceSplit?) {
        let base = root.path
        for file in files {
            let written = folder.isEmpty ? file : folder + "/" + file
            let location = base + "/" + written
            switch PictureFile(path: location) {
            case .readable: items.append(DatasetItem(path: written, location: location, label: label, split: split))
            case .unread(let format): unread.append(UnreadPicture(path: written, format: format))
            case .none: break
            }
        }
    }

    /// The data set, with what the walk through its folders came across.
    /// - Throws: ``DatasetError`` if it has no picture that is read.
    func checked(_ walk: FolderWalk) throws -> Dataset {
        guard !items.isEmpty else {
            if let folder = walk.locked.first { throw DatasetError.noPermission(path: root.path + "/" + folder.path) }
            if !unread.isEmpty { throw DatasetError.onlyUnread(path: root.path, formats: unread.summary) }
            throw DatasetError.noPictures(path: root.path)
        }
        var dataset = self
        dataset.report(walk)
        return dataset
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
