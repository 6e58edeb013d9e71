import Files
import Foundation

/// Reads lists of pictures: one list, or a folder with lists that are called like parts, such as `train.txt`, `val.csv` and `test.txt`.
enum ListDataset {
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
        let base = (options.imageRoot ?? folder).path
        let files = try lists.map {
            (split: $0.split, list: try ListFile(contentsOf: $0.url, paths: paths, base: base))
        }
        for file in files {
            dataset.notes += file.list.notes
            dataset.warnings += file.list.warnings
        }
        let classes = try ListClasses(files.map(\.list), folder: folder, options)
        dataset.classes = classes.classes
        dataset.notes += classes.notes
        try dataset.add(files, classes, base: base)
        return dataset
    }

    private static func lists(in folder: URL) throws -> [(split: SourceSplit?, url: URL)] {
        let files = try DirectoryListing(folder.path).files.map { folder.appending(path: $0) }.filter {
            ["txt", "csv", "tsv", "lst"].contains($0.pathExtension.lowercased())
        }
        let found = SourceSplit.allCases.compactMap { split in
            let lists = files.filter { PartName.split(ofValue: $0.deletingPathExtension().lastPathComponent) == split }
            return (lists.first { $0.lastPathComponent == split.rawValue + ".txt" } ?? lists.first)
                .map { (split: SourceSplit?.some(split), url: $0) }
        }
        guard found.first?.split == .train else {
            throw DatasetError.missingFile(path: folder.path, format: .list, wanted: "train.txt")
        }
        return found
    }
}

extension Dataset {
    /// Adds the pictures of lists, each once.
    /// - Throws: ``DatasetError`` for a picture with two labels.
    fileprivate mutating func add(
        _ files: [(split: SourceSplit?, list: ListFile)], _ classes: ListClasses, base: String
    ) throws {
        let places = ListPaths(files.flatMap { $0.list.rows.map(\.path) }, base: base)
        if let note = places.note { notes.append(note) }
        if let warning = places.warning { warnings.append(warning) }
        var repeated = 0
        for file in files {
            var problems = LineProblems(file: file.list.file)
            var known: [ExactText: (line: Int, label: Int?)] = [:]
            for row in file.list.rows {
                let label = classes.label(of: row, &problems)
                let location = places.location(row.path)
                if let first = known.updateValue((row.line, label), forKey: ExactText(location)) {
                    known[ExactText(location)] = first
                    repeated += 1
                    if first.label != label, let own = label, let other = first.label {
                        problems.add(
                            row.line,
                            "the picture \(shortened(row.path)) has the label '\(classNames[own])' here and "
                                + "'\(classNames[other])' in line \(first.line)")
                    }
                    continue
                }
                items.append(
                    DatasetItem(path: row.path, location: location, label: label, split: row.split ?? file.split))
            }
            try problems.check()
        }
        if repeated > 0 {
            notes.append("\(repeated) lines repeat a picture that the list has already; each picture counts once")
        }
    }
}
