import Files
import Foundation
import Pictures

/// A list of pictures (docs/data.md#lists): `path label` a line, or columns separated by commas, semicolons, tabs or bars.
struct ListFile {
    /// What a list says about the class of a picture.
    enum Label: Equatable {
        case index(Int)
        case name(String)
    }

    /// One picture.
    struct Row: Equatable {
        var path: String
        var label: Label?
        var split: SourceSplit?
        var line: Int
    }

    /// The file's path, for messages.
    let file: String
    /// The pictures in file order; either all have a label or none has.
    private(set) var rows: [Row] = []
    /// What was decided, for people.
    private(set) var notes: [String] = []
    private(set) var warnings: [String] = []

    /// Reads a file.
    /// - Parameter base: the folder in which the paths begin.
    /// - Throws: ``DatasetError`` that names file and lines.
    init(contentsOf url: URL, paths: PathRules, base: String) throws {
        try self.init(TextLines.bytes(of: url), file: url.path, paths: paths, base: base)
    }

    /// Parses the content of a file.
    init(_ bytes: [UInt8], file: String, paths: PathRules, base: String = "") throws {
        self.file = file
        var problems = LineProblems(file: file)
        var entries: [(path: String, label: String?, split: SourceSplit?, line: Int)]
        if let table = ListTable(bytes, base: base) {
            entries = try separated(bytes, table, base: base, &problems)
        } else {
            entries = try PlainList.entries(bytes, file: file, base: base, &problems).map {
                ($0.path, $0.label, nil, $0.line)
            }
        }
        let isLabelled = entries.contains { $0.label != nil }
        let labels = Self.labels(entries.map(\.label))
        for (entry, label) in zip(entries, labels) {
            if let problem = paths.problem(entry.path) { problems.add(entry.line, problem) }
            if isLabelled, label == nil { problems.add(entry.line, "there is no label, where other lines have one") }
            if case .index(let label) = label, !(0..<ClassFile.maximumClasses ~= label) {
                problems.add(entry.line, "the label \(label) is not in 0...\(ClassFile.maximumClasses - 1)")
            }
            rows.append(Row(path: entry.path, label: label, split: entry.split, line: entry.line))
        }
        try problems.check()
        guard !rows.isEmpty else { throw DatasetError.invalid(file: file, reason: "lists no pictures") }
    }

    /// Whole numbers are indices, also where a spreadsheet has made `1.0` of them all; anything else is a name.
    private static func labels(_ texts: [String?]) -> [Label?] {
        func whole(_ text: String) -> Int? {
            Int(text) ?? Double(text).flatMap { $0.isFinite && abs($0) < 1e9 ? Int(exactly: $0) : nil }
        }
        let areNumbers = texts.allSatisfy { $0.map { whole($0) != nil } ?? true }
        return texts.map { text in
            text.map { text in (areNumbers ? whole(text) : Int(text)).map(Label.index) ?? .name(text) }
        }
    }

    private mutating func separated(
        _ bytes: [UInt8], _ table: ListTable, base: String, _ problems: inout LineProblems
    ) throws -> [(path: String, label: String?, split: SourceSplit?, line: Int)] {
        var records = try SeparatedRecords(bytes, separator: table.separator, file: file).records[...]
        let header = table.header.map { _ in records.removeFirst().fields.map { String($0[...].trimmed) } }
        let width = header?.count ?? records.first?.fields.count ?? 0
        records =
            records.filter { record in
                guard record.fields.count != width else { return true }
                problems.add(
                    record.line,
                    "\(record.fields.count) fields, where the \(header == nil ? "first line" : "header") has \(width)")
                return false
            }[...]
        guard !records.isEmpty else { return [] }
        let columns = try ListColumns(records.map(\.fields), header: header, base: base, file: file)
        notes += columns.notes
        warnings += columns.warnings
        return records.map { record in
            let label = columns.label.map { record.fields[$0][...].trimmed } ?? ""
            return (
                record.fields[columns.path], label.isEmpty ? nil : String(label),
                columns.split.flatMap { $0.part(record.fields[$0.column]) }, record.line
            )
        }
    }
}

/// Lists with blanks between a path and its label.
enum PlainList {
    /// One picture.
    struct Entry: Equatable {
        var path: String
        var label: String?
        var line: Int
    }

    /// A path ends with the suffix of a picture; what follows is the label. Of other paths, a whole number at the end is
    /// the label. Lines that begin with `#` are comments.
    /// - Throws: ``DatasetError``.
    static func entries(
        _ bytes: [UInt8], file: String, base: String, _ problems: inout LineProblems
    ) throws -> [Entry] {
        try TextLines(bytes, file: file).lines.compactMap { line in
            guard !line.text.hasPrefix("#") else { return nil }
            let text = line.text.trimmed
            if let end = pathEnd(text) {
                let words = text[end...].split { $0 == " " || $0 == "\t" }
                if words.count > 1, words.allSatisfy({ Double($0) != nil }), Set(words).count > 1 {
                    problems.add(
                        line.number,
                        "\(words.count) numbers follow the path; 'path label' a line has one (a header names columns)")
                }
                let label = words.count > 1 && Set(words).count == 1 ? words[0] : text[end...].trimmed
                return Entry(
                    path: String(text[..<end]), label: label.isEmpty ? nil : String(label), line: line.number)
            }
            if let (path, label) = text.splitAtLastBlank, Int(label) != nil {
                return Entry(path: String(path), label: String(label), line: line.number)
            }
            return Entry(path: String(text), label: nil, line: line.number)
        }
    }

    /// The end of the first run of words that ends like a picture; nil where none does.
    private static func pathEnd(_ text: Substring) -> Substring.Index? {
        var index = text.startIndex
        while index < text.endIndex {
            let blank = text[index...].firstIndex { $0 == " " || $0 == "\t" } ?? text.endIndex
            if PictureFile.hasSuffix(text[..<blank]) { return blank }
            index = blank < text.endIndex ? text.index(after: blank) : blank
        }
        return nil
    }
}
