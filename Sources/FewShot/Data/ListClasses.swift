import Files
import Foundation

/// The classes of lists: those of a class file; else the names that serve as labels; else one for each number that occurs.
struct ListClasses {
    /// The classes in label order.
    private(set) var classes: [DatasetClass] = []
    /// What was decided, for people.
    private(set) var notes: [String] = []
    /// The label of each number in the lists.
    private var numbered: [Int: Int] = [:]
    private var named: [String: Int] = [:]

    /// - Parameter folder: where `classes.txt` may lie.
    /// - Throws: ``DatasetError`` for a damaged class file.
    init(_ lists: [ListFile], folder: URL, _ options: DatasetOptions) throws {
        let rows = lists.flatMap(\.rows)
        var names = Set<String>()
        var folders: [Int: Set<Substring>] = [:]
        for row in rows {
            switch row.label {
            case .name(let name): names.insert(name)
            case .index(let label): folders[label, default: []].insert(row.path.parentFolderName)
            case nil: break
            }
        }
        let numbers = folders.keys.sorted()
        let beside = folder.appending(path: "classes.txt", directoryHint: .notDirectory)
        if let file = options.classFile ?? (FileKind(beside.path) == .file ? beside : nil) {
            classes = try ClassFile(contentsOf: file).classes(options)
            // A list that names the last class by their number, and none by 0, counts from 1.
            let first = numbers.first.map { $0 > 0 && numbers.last == classes.count ? 1 : 0 } ?? 0
            if first == 1 { notes.append("the labels count from 1: label 1 is '\(classes[0].promptName)'") }
            for label in classes.indices { numbered[label + first] = label }
        } else if !names.isEmpty {
            // A label that happens to be a number is a name too, where others are.
            for label in numbers { names.insert("\(label)") }
            setClasses(names.sorted(by: DirectoryListing.inByteOrder), options)
            for label in numbers { numbered[label] = named["\(label)"] }
        } else {
            let isNamedByFolder =
                folders.values.allSatisfy { $0.count == 1 && $0 != [""] }
                && Set(folders.values).count == folders.count
            setClasses(
                numbers.map { isNamedByFolder ? folders[$0]?.first.map(String.init) ?? "\($0)" : "\($0)" }, options)
            for (label, number) in numbers.enumerated() { numbered[number] = label }
            guard let first = numbers.first, let last = numbers.last else { return }
            notes.append(
                isNamedByFolder
                    ? "the list has no class names; the classes are called like the folders of their pictures"
                    : "the list has no class names; the classes are called by their numbers (--classes FILE gives names)"
            )
            if last >= numbers.count {
                notes.append("the \(numbers.count) labels that occur, \(first) to \(last), are the classes")
            }
        }
        for (label, item) in classes.enumerated() {
            for name in [item.name, item.promptName] where named[name] == nil { named[name] = label }
        }
    }

    private mutating func setClasses(_ names: [String], _ options: DatasetOptions) {
        classes = names.map { DatasetClass(name: $0, promptName: ClassNaming.promptName($0, raw: options.rawNames)) }
        for (label, name) in names.enumerated() { named[name] = label }
    }

    /// The label of a row's picture; nil where it has none.
    func label(of row: ListFile.Row, _ problems: inout LineProblems) -> Int? {
        switch row.label {
        case .index(let index):
            if let label = numbered[index] { return label }
            problems.add(row.line, "the label \(index) is beyond the \(classes.count) classes")
            return nil
        case .name(let name):
            if let label = named[name] { return label }
            problems.add(row.line, "there is no class \(shortened(name))")
            return nil
        case nil: return nil
        }
    }
}

extension String {
    /// The name of the folder a path's file is in; empty if the path names none.
    fileprivate var parentFolderName: Substring {
        let parts = split { $0 == "/" || $0 == "\\" }
        return parts.count > 1 ? parts[parts.count - 2] : ""
    }

    /// `path` below this folder, unless it is absolute.
    func joined(_ path: String) -> String { path.hasPrefix("/") ? path : self + "/" + path }
}
