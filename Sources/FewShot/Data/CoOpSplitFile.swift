import Foundation
import Safetensors

/// The content of a `split_zhou_*.json` (docs/data.md#coop-splits): three lists of `[path, label, class name]`.
///
/// The order of rows is significant and kept: a few-shot draw depends on it.
public struct CoOpSplitFile {
    /// What the splits this program makes are called.
    public static let ownName = "split_cliptop.json"

    /// One picture.
    struct Row: Equatable {
        var path: String
        var label: Int
        var className: String
    }

    /// The rows of each part.
    var rows: [SourceSplit: [Row]]

    /// Class names in label order: each label's first row has it.
    private(set) var classNames: [String] = []

    /// The split of a data set whose labelled pictures all have a part.
    public init(_ dataset: Dataset) {
        rows = [:]
        for item in dataset.items {
            guard let split = item.split, let label = item.label else { continue }
            rows[split, default: []].append(
                Row(path: item.path, label: label, className: dataset.classNames[label]))
        }
        classNames = dataset.classNames
    }

    /// Parses the content of a file.
    /// - Throws: ``DatasetError`` that names file and line.
    init(_ bytes: [UInt8], file: String, paths: PathRules) throws {
        rows = [:]
        do {
            var reader = try JSONReader(bytes, maximumDepth: 64, maximumStringLength: 1 << 20)
            var problems = LineProblems(file: file)
            try reader.object { reader, key in
                guard let split = SourceSplit(rawValue: key) else {
                    throw reader.error("the key \(readable(key)), where only train, val and test belong,")
                }
                guard rows[split] == nil else { throw reader.error("the key \(readable(key)) occurs twice") }
                var part: [Row] = []
                try reader.array { reader in
                    let row = try Self.row(&reader)
                    if let problem = paths.problem(row.path) {
                        problems.add(problems.isFull ? 0 : reader.line, problem)
                    }
                    part.append(row)
                }
                rows[split] = part
            }
            try reader.end()
            try problems.check()
        } catch let error as JSONError {
            guard let offset = error.offset else { throw DatasetError.invalid(file: file, reason: error.description) }
            let line = 1 + bytes.prefix(offset).count { $0 == 0x0A }
            throw DatasetError.badLines(
                file: file, lines: [BadLine(number: line, reason: error.description)], total: 1)
        }
        for split in SourceSplit.allCases where rows[split] == nil {
            throw DatasetError.invalid(file: file, reason: "the key \"\(split.rawValue)\" is missing")
        }
        classNames = try Self.names(SourceSplit.allCases.flatMap { rows[$0] ?? [] }, file: file)
    }

    private static func row(_ reader: inout JSONReader) throws -> Row {
        var position = 0
        var row = Row(path: "", label: 0, className: "")
        try reader.array { reader in
            switch position {
            case 0: row.path = try reader.string()
            case 1: row.label = try label(&reader)
            case 2: row.className = try reader.string()
            default: throw reader.error("a row has more than path, label and class name")
            }
            position += 1
        }
        guard position == 3 else { throw reader.error("a row wants path, label and class name") }
        return row
    }

    /// CoOp's own reader converts labels with `int`: a text of digits is one too, `3.0` is not.
    private static func label(_ reader: inout JSONReader) throws -> Int {
        let label: Int?
        switch try reader.nextKind() {
        case .string: label = Int(try reader.string())
        case .number:
            if case .integer(let value) = try reader.number() { label = value } else { label = nil }
        default: label = nil
        }
        guard let label, 0..<ClassFile.maximumClasses ~= label else {
            throw reader.error("a label wants a whole number from 0 to \(ClassFile.maximumClasses - 1)")
        }
        return label
    }

    private static func names(_ rows: [Row], file: String) throws -> [String] {
        var names = [String?](repeating: nil, count: (rows.map(\.label).max() ?? -1) + 1)
        for row in rows where names[row.label] == nil { names[row.label] = row.className }
        guard !names.isEmpty else { throw DatasetError.invalid(file: file, reason: "lists no pictures") }
        if let missing = names.firstIndex(of: nil) {
            throw DatasetError.invalid(
                file: file, reason: "the labels go up to \(names.count - 1), but no row has label \(missing)")
        }
        return names.compactMap { $0 }
    }

    /// The file's content, laid out as the published ones are.
    public func encoded() -> Data {
        func quoted(_ text: String) -> String {
            var result = "\""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"": result += "\\\""
                case "\\": result += "\\\\"
                case _ where scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7F:
                    result.unicodeScalars.append(scalar)
                default:
                    for unit in String(scalar).utf16 {
                        let digits = String(unit, radix: 16)
                        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                    }
                }
            }
            return result + "\""
        }
        let parts = SourceSplit.allCases.map { split in
            let lines = (rows[split] ?? []).map { row in
                "        [\n            \(quoted(row.path)),\n            \(row.label),\n"
                    + "            \(quoted(row.className))\n        ]"
            }
            let body = lines.isEmpty ? "[]" : "[\n" + lines.joined(separator: ",\n") + "\n    ]"
            return "    \"\(split.rawValue)\": \(body)"
        }
        return Data(("{\n" + parts.joined(separator: ",\n") + "\n}\n").utf8)
    }
}
