import Files
import Foundation

/// Reads the data sets of CoOp's collection by their split files (docs/data.md#coop-splits).
enum CoOpDataset {
    /// Where the pictures of the published splits are, inside the data set, by the name in `split_zhou_<name>.json`.
    private static let imageDirectories = [
        "Caltech101": "101_ObjectCategories", "OxfordPets": "images", "StanfordCars": ".", "OxfordFlowers": "jpg",
        "Food101": "images", "SUN397": "SUN397", "DescribableTextures": "images", "EuroSAT": "2750",
        "UCF101": "UCF-101-midframes",
    ]

    /// The split files in a folder; a published one goes before one of our own.
    static func splitFiles(among files: [String]) -> [String] {
        let published = files.filter { $0.hasPrefix("split_zhou_") && $0.hasSuffix(".json") }
        return published.isEmpty ? files.filter { $0 == CoOpSplitFile.ownName } : published
    }

    /// Reads a split file, or the one in a folder.
    /// - Throws: ``DatasetError`` that names file and line.
    static func read(_ url: URL, options: DatasetOptions) throws -> Dataset {
        var file = url
        if FileKind(url.path) == .folder {
            let names = splitFiles(among: try DirectoryListing(url.path).files)
            guard let name = names.first else {
                throw DatasetError.missingFile(path: url.path, format: .coop, wanted: "split_zhou_*.json")
            }
            guard names.count == 1 else { throw DatasetError.ambiguous(path: url.path, files: names) }
            file = url.appending(path: name, directoryHint: .notDirectory)
        }
        let split = try CoOpSplitFile(
            TextLines.bytes(of: file), file: file.path, paths: PathRules(allowOutside: options.allowOutside))
        let root = file.deletingLastPathComponent()
        var stem = file.deletingPathExtension().lastPathComponent[...]
        if stem.hasPrefix("split_zhou_") { stem = stem.dropFirst("split_zhou_".count) }
        let isKnown = imageDirectories[String(stem)] != nil
        var dataset = Dataset(
            name: isKnown ? stem.lowercased() : DatasetName.of(root), root: root, format: .coop,
            classes: split.classNames.map {
                DatasetClass(name: $0, promptName: ClassNaming.promptName($0, raw: options.rawNames))
            }, items: [])
        dataset.listFile = file
        let base = try imageDirectory(of: split, file: file, known: imageDirectories[String(stem)], options)
        for part in SourceSplit.allCases {
            for row in split.rows[part] ?? [] {
                dataset.items.append(
                    DatasetItem(path: row.path, location: base.joined(row.path), label: row.label, split: part))
            }
        }
        return dataset
    }

    /// The folder the paths begin in: the known one of a published split, else wherever the first picture is found.
    private static func imageDirectory(
        of split: CoOpSplitFile, file: URL, known: String?, _ options: DatasetOptions
    ) throws -> String {
        let root = file.deletingLastPathComponent().path
        if let imageRoot = options.imageRoot { return imageRoot.path }
        guard let first = SourceSplit.allCases.lazy.compactMap({ split.rows[$0]?.first }).first else { return root }
        var candidates = [known == "." ? root : known.map { root + "/" + $0 }, root, root + "/images"].compactMap { $0 }
        candidates = candidates.enumerated().filter { candidates.firstIndex(of: $1) == $0 }.map(\.element)
        guard let found = candidates.first(where: { FileKind($0.joined(first.path)) == .file }) else {
            throw DatasetError.noImageDirectory(file: file.path, path: first.path, tried: candidates)
        }
        return found
    }
}
