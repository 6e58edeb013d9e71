import Foundation

/// A list of pictures (docs/data.md#lists): `path label` a line, or comma- or tab-separated with a header.
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
        var line: Int
    }

    /// The file's path, for messages.
    let file: String
    /// The pictures in file order; either all have a label or none has.
    let rows: [Row]

    /// Reads a file.
    /// - Throws: ``DatasetError`` that names file and lines.
    init(contentsOf url: URL, paths: PathRules) throws {
        try self.init(TextLines.bytes(of: url), file: url.path, paths: paths)
    }

    /// Parses the content of a file.
    init(_ bytes: [UInt8], file: String, paths: PathRules) throws {
        self.file = file
        var problems = LineProblems(file: file)
        if let separator = Self.separator(of: bytes) {
            rows = try Self.separated(bytes, by: separator, file: file, &problems)
        } else {
            rows = try Self.plain(bytes, file: file)
        }
        let isLabelled = rows.contains { $0.label != nil }
        for row in rows {
            if let problem = paths.problem(row.path) { problems.add(row.line, problem) }
            if isLabelled, row.label == nil { problems.add(row.line, "there is no label, where other lines have one") }
            if case .index(let label) = row.label, !(0..<ClassFile.maximumClasses ~= label) {
                problems.add(
                    row.line, "the label \(label) is not in 0...\(ClassFile.maximumClasses - 1)")
            }
        }
        try problems.check()
        guard !rows.isEmpty else { throw DatasetError.invalid(file: file, reason: "lists no pictures") }
    }

    /// Split at the last blanks if an integer follows; otherwise the whole line is a path.
    private static func plain(_ bytes: [UInt8], file: String) throws -> [Row] {
        try TextLines(bytes, file: file).lines.compactMap { line in
            guard !line.text.hasPrefix("#") else { return nil }
            if let (path, label) = line.text.splitAtLastBlank, let label = Int(label) {
                return Row(path: String(path), label: .index(label), line: line.number)
            }
            return Row(path: String(line.text.trimmed), label: nil, line: line.number)
        }
    }

    /// The separator, if the first line is a header with a column `path`.
    private static func separator(of bytes: [UInt8]) -> UInt8? {
        var head = bytes.prefix(256).prefix { $0 != 0x0A && $0 != 0x0D }
        if head.starts(with: [0xEF, 0xBB, 0xBF]) { head = head.dropFirst(3) }
        let text = String(decoding: head, as: UTF8.self).lowercased()
        return [UInt8(ascii: ","), 0x09].first { separator in
            let columns = text.split(separator: Character(UnicodeScalar(separator))).map { $0.trimming("\" ") }
            return columns.count > 1 && columns.contains("path")
        }
    }

    private static func separated(
        _ bytes: [UInt8], by separator: UInt8, file: String, _ problems: inout LineProblems
    ) throws -> [Row] {
        var records = try SeparatedRecords(bytes, separator: separator, file: file).records[...]
        let header = records.popFirst()?.fields.map { $0[...].trimmed.lowercased() } ?? []
        guard let path = header.firstIndex(of: "path") else { return [] }
        let label = header.firstIndex(of: "label")
        return records.compactMap { record in
            guard record.fields.count == header.count else {
                problems.add(
                    record.line, "\(record.fields.count) fields, where the header has \(header.count)")
                return nil
            }
            let text = label.map { record.fields[$0][...].trimmed } ?? ""
            return Row(
                path: record.fields[path],
                label: text.isEmpty ? nil : Int(text).map(Label.index) ?? .name(String(text)), line: record.line)
        }
    }
}

extension Substring {
    /// What remains without `characters` at both ends.
    fileprivate func trimming(_ characters: String) -> String {
        String(self).trimmingCharacters(in: CharacterSet(charactersIn: characters))
    }
}

/// Records of comma- or tab-separated text with the quoting of RFC 4180.
struct SeparatedRecords {
    /// One record and the line it begins in.
    struct Record: Equatable {
        var fields: [String]
        var line: Int
    }

    private(set) var records: [Record] = []

    /// - Throws: ``DatasetError`` for a quote that never ends and for what is no UTF-8.
    init(_ bytes: [UInt8], separator: UInt8, file: String) throws(DatasetError) {
        var problems = LineProblems(file: file)
        var line = 1
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let quote = UInt8(ascii: "\"")
        while position < bytes.count {
            var fields: [String] = []
            let start = line
            var isAtEnd = false
            repeat {
                var field: [UInt8] = []
                if position < bytes.count, bytes[position] == quote {
                    position += 1
                    while true {
                        guard position < bytes.count, field.count <= TextLines.maximumLineLength else {
                            throw .badLines(
                                file: file, lines: [BadLine(number: start, reason: "a quote that is never closed")],
                                total: 1)
                        }
                        let byte = bytes[position]
                        position += 1
                        if byte == quote {
                            guard position < bytes.count, bytes[position] == quote else { break }
                            position += 1
                        }
                        if byte == 0x0A { line += 1 }
                        field.append(byte)
                    }
                }
                while position < bytes.count, bytes[position] != separator, bytes[position] != 0x0A {
                    field.append(bytes[position])
                    position += 1
                }
                isAtEnd = position >= bytes.count || bytes[position] == 0x0A
                position += 1
                if isAtEnd, field.last == 0x0D { field.removeLast() }
                guard let text = String(validating: field, as: UTF8.self) else {
                    problems.add(start, "not UTF-8")
                    continue
                }
                fields.append(text)
            } while !isAtEnd
            line += 1
            if fields != [""] { records.append(Record(fields: fields, line: start)) }
        }
        try problems.check()
    }
}
