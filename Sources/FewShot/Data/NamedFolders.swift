import Foundation

/// What the classes of a set of folders are called (docs/data.md#class-folders): like the folders, unless a
/// `classnames.txt` (`folder name`) or a class file in the root, or one given, names them all. Such a file also says
/// their order.
struct NamedFolders {
    /// The classes in label order.
    private(set) var classes: [DatasetClass]
    /// The label of each folder.
    private(set) var labels: [String: Int]
    /// What was decided, for people.
    private(set) var notes: [String] = []

    /// - Throws: ``DatasetError`` for a damaged file, and for a given one that does not fit.
    init(_ folders: [String], root: URL, _ options: DatasetOptions) throws {
        classes = folders.map { DatasetClass(name: $0, promptName: ClassNaming.promptName($0, raw: options.rawNames)) }
        labels = Dictionary(uniqueKeysWithValues: folders.enumerated().map { ($1, $0) })
        let own = ["classnames.txt", "classes.txt"].map { root.appending(path: $0, directoryHint: .notDirectory) }
            .first { FileKind($0.path) == .file }
        guard let file = options.classFile ?? own else { return }
        let candidates = try Self.candidates(file, options)
        guard let (classes, labels) = candidates.first(where: { _, labels in folders.allSatisfy { labels[$0] != nil } })
        else {
            let unnamed = folders.first { folder in candidates.allSatisfy { $0.labels[folder] == nil } } ?? folders[0]
            let problem = "it does not name the folder \(shortened(unnamed))"
            if options.classFile != nil { throw DatasetError.invalid(file: file.path, reason: problem) }
            notes.append("\(file.lastPathComponent) is not used: \(problem)")
            return
        }
        (self.classes, self.labels) = (classes, labels)
        notes.append("class names and their order are those of \(file.lastPathComponent)")
    }

    /// The ways a file can be understood: the names of the folders, also with an index, or `folder name`.
    private static func candidates(
        _ file: URL, _ options: DatasetOptions
    ) throws -> [(classes: [DatasetClass], labels: [String: Int])] {
        let classFile = try ClassFile(contentsOf: file)
        let names = Dictionary(
            classFile.entries.enumerated().map { ($1.names[0], $0) }, uniquingKeysWith: { first, _ in first })
        var ways = [(classes: classFile.classes(options), labels: names)]
        // In a class file a name may have blanks and no folder before it.
        if let byFolder = try? FolderNames(contentsOf: file) {
            ways.append((byFolder.classes(options), byFolder.labels))
        }
        return ways
    }
}
