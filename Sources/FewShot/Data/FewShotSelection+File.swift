import Foundation
import Safetensors

extension FewShotSelection {
    private struct Stored: Encodable {
        var format: String
        var dataset: String
        var shots, seed: Int
        var method = "python-sample"
        var replacement: Bool
        var pick: String
        var sourceSha256: String?
        var train, val: [Int]
        var valPart: String?
        var test: [Int]?
        var testPart: String?
    }

    /// The file's content.
    public func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = try encoder.encode(
            Stored(
                format: Self.formatName, dataset: dataset, shots: shots, seed: seed, replacement: replacement,
                pick: pick.rawValue, sourceSha256: sourceChecksum, train: train, val: validation,
                valPart: validationPart?.rawValue, test: test, testPart: testPart?.rawValue))
        data.append(UInt8(ascii: "\n"))
        return data
    }

    /// Reads a file: one of our own, or a public index list `{"train": {"data": […], "indices": […]}, "val": {…}}`.
    /// - Throws: ``DatasetError``.
    public init(contentsOf url: URL) throws {
        try self.init(TextLines.bytes(of: url), file: url.path)
    }

    /// Parses the content of a file.
    init(_ bytes: [UInt8], file: String) throws {
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes, maximumDepth: 64) } catch {
            throw DatasetError.invalid(file: file, reason: "\(error)")
        }
        guard case .object(let members) = value else {
            throw DatasetError.invalid(file: file, reason: "wants an object")
        }
        let fields = Fields(members: members, file: file)
        if members["format"] == nil, case .object = members["train"] {
            self.init(imported: try fields.list("train"), try fields.list("val"))
        } else {
            guard case .string(Self.formatName) = members["format"] else {
                throw fields.wrong("format", "\"\(Self.formatName)\"")
            }
            self.init(imported: ([], []), ([], []))
            dataset = try fields.text("dataset")
            shots = try fields.number("shots", in: 1...Int.max)
            seed = try fields.number("seed", in: 0...Int(UInt32.max))
            sourceChecksum = try fields.text("source_sha256")
            guard let pick = Pick(rawValue: try fields.text("pick")) else {
                throw fields.wrong("pick", "random or first")
            }
            self.pick = pick
            if case .boolean(let value) = members["replacement"] { replacement = value }
            train = try fields.rows(members["train"], "train")
            validation = try fields.rows(members["val"], "val")
            validationPart = try fields.part("val_part", "train or val")
            if let rows = members["test"] { test = try fields.rows(rows, "test") }
            testPart = try fields.part("test_part", "train, val or test")
        }
        self.file = file
        guard !train.isEmpty else { throw DatasetError.invalid(file: file, reason: "selects no training picture") }
    }

    /// A public index list: it numbers the rows of the published split's parts.
    private init(imported train: (rows: [Int], pictures: [Picture]), _ validation: (rows: [Int], pictures: [Picture])) {
        dataset = ""
        // As many shots as the fullest class has.
        shots = Dictionary(grouping: train.pictures, by: \.label).values.map(\.count).max() ?? 0
        seed = 0
        self.train = train.rows
        self.validation = validation.rows
        validationPart = validation.rows.isEmpty ? nil : .validation
        trainCheck = train.pictures
        validationCheck = validation.pictures
    }

    private struct Fields {
        var members: [String: JSONValue]
        var file: String

        func wrong(_ key: String, _ wants: String) -> DatasetError {
            .invalid(
                file: file, reason: "\"\(key)\" is \(members[key]?.summary ?? "missing"), it should be \(wants)")
        }

        func text(_ key: String) throws -> String {
            guard case .string(let text) = members[key] else { throw wrong(key, "a text") }
            return text
        }

        func number(_ key: String, in range: ClosedRange<Int>) throws -> Int {
            guard case .integer(let value) = members[key], range.contains(value) else {
                throw wrong(key, "a whole number from \(range.lowerBound)")
            }
            return value
        }

        func part(_ key: String, _ wants: String) throws -> SourceSplit? {
            guard members[key] != nil else { return nil }
            guard let part = SourceSplit(rawValue: try text(key)) else { throw wrong(key, wants) }
            return part
        }

        func rows(_ value: JSONValue?, _ key: String) throws -> [Int] {
            guard case .array(let values) = value else { throw wrong(key, "an array of row numbers") }
            return try values.map { value in
                guard case .integer(let row) = value, row >= 0 else {
                    throw DatasetError.invalid(
                        file: file, reason: "\"\(key)\" holds \(value.summary), a row is a whole number from 0")
                }
                return row
            }
        }

        /// One part of a public index list; `data` checks what `indices` say.
        func list(_ key: String) throws -> (rows: [Int], pictures: [Picture]) {
            guard case .object(let part) = members[key] else { throw wrong(key, "an object with data and indices") }
            let rows = try rows(part["indices"], key)
            guard case .array(let data) = part["data"] ?? .array([]) else { throw wrong(key, "an object with data") }
            let pictures = try data.map { value in
                guard case .object(let picture) = value, case .string(let path) = picture["impath"],
                    case .integer(let label) = picture["label"]
                else { throw wrong(key, "an object whose data hold impath and label") }
                return Picture(baseName: path.split(separator: "/").last.map(String.init) ?? path, label: label)
            }
            guard data.isEmpty || data.count == rows.count else {
                throw DatasetError.invalid(
                    file: file, reason: "\"\(key)\" has \(rows.count) indices, but data for \(data.count) pictures")
            }
            return (rows, pictures)
        }
    }
}
