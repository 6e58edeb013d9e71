import Foundation
import Safetensors

/// A file that says how classes are called (docs/data.md#class-names): one name a line, `name index` a line, a JSON
/// array or a JSON object from index to name. In JSON a class may have several names, as an array.
struct ClassFile {
    /// The most classes that are read.
    static let maximumClasses = 1_000_000

    /// A class: its names, at least one, and the line they stand in, 0 in JSON.
    struct Entry: Equatable {
        var names: [String]
        var line: Int
    }

    /// The file's path, for messages.
    let file: String
    /// The classes in label order.
    let entries: [Entry]

    /// Reads a file.
    /// - Throws: ``DatasetError``.
    init(contentsOf url: URL) throws {
        try self.init(TextLines.bytes(of: url), file: url.path)
    }

    /// Parses the content of a file.
    init(_ bytes: [UInt8], file: String) throws {
        self.file = file
        let first = bytes.first { !" \t\r\n".utf8.contains($0) }
        entries =
            first == UInt8(ascii: "[") || first == UInt8(ascii: "{")
            ? try Self.json(bytes, file: file) : try Self.text(bytes, file: file)
        guard !entries.isEmpty else { throw DatasetError.invalid(file: file, reason: "holds no class name") }
        guard entries.count <= Self.maximumClasses else {
            throw DatasetError.invalid(file: file, reason: "holds more than \(Self.maximumClasses) classes")
        }
    }

    private static func text(_ bytes: [UInt8], file: String) throws -> [Entry] {
        let lines = try TextLines(bytes, file: file).lines
        // A number at the end of a line is an index only if the numbers of all lines are 0 to K - 1 in some order;
        // `Boeing 737` is a name.
        var indexed = [Entry?](repeating: nil, count: lines.count)
        var isIndexed = true
        for line in lines {
            guard let (name, index) = line.text.splitAtLastBlank, let index = Int(index), indexed.indices ~= index,
                indexed[index] == nil
            else {
                isIndexed = false
                break
            }
            indexed[index] = Entry(names: [String(name)], line: line.number)
        }
        if isIndexed { return indexed.compactMap { $0 } }
        return lines.map { Entry(names: [String($0.text.trimmed)], line: $0.number) }
    }

    private static func json(_ bytes: [UInt8], file: String) throws -> [Entry] {
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes, maximumDepth: 4) } catch {
            throw DatasetError.invalid(file: file, reason: "\(error)")
        }
        func entry(_ value: JSONValue, _ place: String) throws -> Entry {
            var names: [String] = []
            if case .string(let name) = value { names = [name] }
            if case .array(let values) = value {
                names = values.compactMap { if case .string(let name) = $0 { name } else { nil } }
                if names.count < values.count { names = [] }
            }
            guard !names.isEmpty, names.allSatisfy({ !$0[...].trimmed.isEmpty }) else {
                throw DatasetError.invalid(file: file, reason: "\(place) wants a name or an array of names")
            }
            return Entry(names: names, line: 0)
        }
        switch value {
        case .array(let values): return try values.enumerated().map { try entry($1, "class \($0)") }
        case .object(let members):
            return try (0..<members.count).map { index in
                guard let value = members["\(index)"] else {
                    throw DatasetError.invalid(
                        file: file, reason: "the keys should be 0 to \(members.count - 1); \(index) is missing")
                }
                return try entry(value, "class \(index)")
            }
        default: throw DatasetError.invalid(file: file, reason: "wants an array or an object of class names")
        }
    }

    /// The classes, named as the data set's names are.
    func classes(_ options: DatasetOptions, isChallenge: Bool = false) -> [DatasetClass] {
        entries.map { entry in
            var names = entry.names.map { name in
                isChallenge
                    ? ClassNaming.challengeClass(name, raw: options.rawNames)
                    : DatasetClass(name: name, promptName: ClassNaming.promptName(name, raw: options.rawNames))
            }
            var first = names.removeFirst()
            first.otherNames = names.map(\.promptName)
            return first
        }
    }
}

extension Dataset {
    /// Adds the classes that a vocabulary has beyond the data set's own, such as the new ones of the challenge's stage B.
    /// - Throws: ``DatasetError`` unless the vocabulary begins with the data set's classes.
    mutating func extend(toVocabulary url: URL?, _ options: DatasetOptions) throws {
        guard let url else { return }
        let vocabulary = try ClassFile(contentsOf: url)
        let all = vocabulary.classes(options, isChallenge: format == .jittor)
        for (label, own) in classes.enumerated() {
            guard label < all.count, all[label].name == own.name || all[label].promptName == own.promptName else {
                let found = label < all.count ? shortened(all[label].name) : "nothing"
                throw DatasetError.invalid(
                    file: url.path,
                    reason: "class \(label) is \(found), in the data set it is \(shortened(own.name)); "
                        + "a vocabulary begins with the data set's own classes, in their order")
            }
        }
        guard classes.count < all.count else { return }
        notes.append("\(all.count - classes.count) classes of the vocabulary have no pictures of their own")
        classes += all.dropFirst(classes.count)
    }
}
