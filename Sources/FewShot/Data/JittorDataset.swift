import Files
import Foundation

/// Reads the layout of the Jittor challenge, track 1 (docs/data.md#the-jittor-challenge): class and training lists, few
/// pictures a class, test pictures without labels.
enum JittorDataset {
    /// The folder of the lists and the folder their paths begin in, where `root` has this layout.
    static func isPresent(in root: URL) -> Bool {
        list("train.txt", root) != nil && list("classes.txt", root) != nil
    }

    /// A list lies in the data set's folder, in `Dataset` below it, or next to that.
    private static func list(_ name: String, _ root: URL) -> URL? {
        var places = [root, root.appending(path: "Dataset", directoryHint: .isDirectory)]
        if root.lastPathComponent == "Dataset" { places.append(root.deletingLastPathComponent()) }
        return places.map { $0.appending(path: name, directoryHint: .notDirectory) }.first {
            FileKind($0.path) == .file
        }
    }

    /// - Throws: ``DatasetError`` that names file and line.
    static func read(_ root: URL, options: DatasetOptions) throws -> Dataset {
        func required(_ name: String) throws -> URL {
            guard let url = list(name, root) else {
                throw DatasetError.missingFile(path: root.path, format: .jittor, wanted: name)
            }
            return url
        }
        let inner = root.appending(path: "Dataset", directoryHint: .isDirectory)
        let isInside = FileKind(inner.path + "/TrainSet") == .folder && FileKind(root.path + "/TrainSet") != .folder
        let base = options.imageRoot ?? (isInside ? inner : root)
        let train = try required("train.txt")
        var dataset = Dataset(
            name: DatasetName.of(root), root: base, format: .jittor,
            classes: try ClassFile(contentsOf: options.classFile ?? required("classes.txt"))
                .classes(options, isChallenge: true),
            items: [])
        dataset.listFile = train
        let paths = PathRules(allowOutside: options.allowOutside)
        let lists =
            [(SourceSplit.train, train)]
            + ["valid.txt", "val.txt"].compactMap { list($0, root) }.prefix(1)
            .map { (.validation, $0) }
        for (split, url) in lists {
            let list = try ListFile(contentsOf: url, paths: paths, base: base.path)
            let isNested = isNested(list, base.path)
            if isNested { dataset.notes.append("the pictures of \(url.lastPathComponent) are in TrainSet/TrainSet") }
            var problems = LineProblems(file: list.file)
            for row in list.rows {
                guard case .index(let label) = row.label else {
                    problems.add(row.line, "wants a path and the number of a class")
                    continue
                }
                if label >= dataset.classes.count {
                    problems.add(row.line, "the label \(label) is beyond the \(dataset.classes.count) classes")
                }
                let path = isNested && row.path.hasPrefix("TrainSet/") ? "TrainSet/" + row.path : row.path
                dataset.items.append(
                    DatasetItem(path: row.path, location: base.path.joined(path), label: label, split: split))
            }
            try problems.check()
        }
        for folder in ["TestSetA", "TestSetB"] where FileKind(base.path + "/" + folder) == .folder {
            dataset.add(
                try DirectoryListing(base.path + "/" + folder).files, in: folder, label: nil, split: .test)
        }
        return dataset
    }

    /// Whether the training pictures lie one folder deeper than the list says; decided by its first line.
    private static func isNested(_ list: ListFile, _ base: String) -> Bool {
        guard let first = list.rows.first?.path, first.hasPrefix("TrainSet/") else { return false }
        return FileKind(base + "/" + first) == .nothing && FileKind(base + "/TrainSet/" + first) == .file
    }
}
