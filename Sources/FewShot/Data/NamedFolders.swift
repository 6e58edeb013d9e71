import Files
import Foundation

/// What the classes of a set of folders are called (docs/data.md#class-folders): like the folders, unless a
/// `classnames.txt` (`folder name`) or a class file in the root, or one given, names them all. Such a file also says
/// their order.
struct NamedFolders {
    /// The classes in label order.
    private(set) var classes: [DatasetClass] = []
    /// What was decided, for people.
    private(set) var notes: [String] = []
    private(set) var warnings: [String] = []
    /// The label of each name; Swift takes a composed and a decomposed character for the same, as people do.
    private var labels: [String: Int] = [:]

    /// The label of a folder.
    func label(of folder: String) -> Int? { labels[PathText.asLatin1(folder)] }

    /// - Parameter places: where a file with names may lie.
    /// - Throws: ``DatasetError`` for a damaged file, and for a given one that does not fit.
    init(_ folders: [String], places: [URL], _ options: DatasetOptions) throws {
        try name(folders, options)
        let names = classes.map(\.name)
        let own = places.flatMap { place in
            ["classnames.txt", "classes.txt"].map { place.appending(path: $0, directoryHint: .notDirectory) }
        }.first { FileKind($0.path) == .file }
        guard let file = options.classFile ?? own else {
            describe(names, options)
            return
        }
        let candidates = try Self.candidates(file, options)
        guard let (classes, labels) = candidates.first(where: { _, labels in names.allSatisfy { labels[$0] != nil } })
        else {
            let unnamed = names.first { name in candidates.allSatisfy { $0.labels[name] == nil } } ?? names[0]
            let problem = "it does not name the folder \(shortened(unnamed))"
            if options.classFile != nil { throw DatasetError.invalid(file: file.path, reason: problem) }
            notes.append("\(file.lastPathComponent) is not used: \(problem)")
            describe(names, options)
            return
        }
        (self.classes, self.labels) = (classes, labels)
        notes.append("class names and their order are those of \(file.lastPathComponent)")
    }

    /// A class a name: folders that are called the same in two forms of Unicode, or in two encodings, are one.
    private mutating func name(_ folders: [String], _ options: DatasetOptions) throws {
        var first: [String: String] = [:]
        for folder in folders {
            let name = PathText.asLatin1(folder)
            if !PathText.isUTF8(folder) {
                warnings.append("the folder name \(folder) is not UTF-8; taken for Latin-1, it is '\(name)'")
            }
            if let other = first.updateValue(folder, forKey: name) {
                let forms = [other, folder].map { Self.isDecomposed($0) ? "decomposed" : "composed" }
                warnings.append(
                    "two folders are called '\(name)', written in two ways (\(forms[0]) and \(forms[1]) Unicode); "
                        + "they are one class")
                continue
            }
            labels[name] = classes.count
            classes.append(DatasetClass(name: name, promptName: ClassNaming.promptName(name, raw: options.rawNames)))
        }
    }

    private static func isDecomposed(_ name: String) -> Bool {
        name.unicodeScalars.contains { $0.properties.generalCategory == .nonspacingMark }
    }

    /// Leaves out numbers that only count, and says so; says where names are nothing but numbers.
    private mutating func describe(_ names: [String], _ options: DatasetOptions) {
        guard !options.rawNames else { return }
        if let stripped = ClassNumbering.stripped(names) {
            for (label, name) in stripped.enumerated() {
                classes[label].promptName = ClassNaming.promptName(name, raw: false)
            }
            notes.append(
                "the numbers before the names of the class folders are left out: '\(names[0])' is "
                    + "'\(classes[0].promptName)' (--raw-names keeps them)")
        } else if ClassNumbering.areCodes(names) {
            warnings.append(
                "the names of the class folders differ only in numbers, e.g. '\(names[0])'; if these are codes, give the "
                    + "classes names that CLIP can read: 'folder name' a line in classnames.txt, or --classes FILE")
        }
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
