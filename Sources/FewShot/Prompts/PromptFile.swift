import CLIP
import Foundation
import Safetensors

/// A file with prompts (docs/data.md#prompts); which kind it is shows in its shape.
public enum PromptFile: Sendable, Equatable {
    /// One template a line, for all classes.
    case templates([PromptTemplate])
    /// Prompts by class name: a JSON object of arrays, or `class<TAB>prompt` lines.
    case byName([String: [String]])
    /// Prompts by label: a JSON array of arrays.
    case byLabel([[String]])

    /// Reads a file.
    /// - Throws: ``DatasetError`` that names file and line.
    public init(contentsOf url: URL) throws {
        try self.init(TextLines.bytes(of: url), file: url.path)
    }

    /// Parses the content of a file.
    init(_ bytes: [UInt8], file: String) throws {
        let visible = bytes.lazy.filter { !" \t\r\n".utf8.contains($0) }.prefix(2)
        // A template may begin with `{}`; an object never does, unless it is empty.
        if visible.first == UInt8(ascii: "[")
            || (visible.first == UInt8(ascii: "{") && Array(visible) != Array("{}".utf8))
        {
            self = try Self.json(bytes, file: file)
        } else {
            self = try Self.text(bytes, file: file)
        }
    }

    private static func text(_ bytes: [UInt8], file: String) throws -> PromptFile {
        let lines = try TextLines(bytes, file: file).lines.filter { !$0.text.hasPrefix("#") }
        var problems = LineProblems(file: file)
        var templates: [PromptTemplate] = []
        var prompts: [String: [String]] = [:]
        let isByName = lines.contains { $0.text.contains("\t") }
        for line in lines {
            if isByName {
                let fields = line.text.split(separator: "\t", maxSplits: 1).map(\.trimmed)
                if fields.count == 2, !fields[0].isEmpty, !fields[1].isEmpty {
                    prompts[String(fields[0]), default: []].append(String(fields[1]))
                } else {
                    problems.add(line.number, "wants a class, a tab and a prompt")
                }
            } else if let template = try? PromptTemplate(String(line.text.trimmed)) {
                templates.append(template)
            } else {
                problems.add(line.number, "wants {} exactly once, for the class name")
            }
        }
        try problems.check()
        guard !lines.isEmpty else { throw DatasetError.invalid(file: file, reason: "holds no prompts") }
        return isByName ? .byName(prompts) : .templates(templates)
    }

    private static func json(_ bytes: [UInt8], file: String) throws -> PromptFile {
        func prompts(_ value: JSONValue, _ owner: String) throws -> [String] {
            guard case .array(let values) = value else {
                throw DatasetError.invalid(file: file, reason: "\(owner) wants an array of prompts")
            }
            return try values.map { value in
                guard case .string(let prompt) = value, !prompt[...].trimmed.isEmpty else {
                    throw DatasetError.invalid(
                        file: file,
                        reason: "\(owner) has the prompt \(value.summary); a prompt is a text that is not empty")
                }
                return prompt
            }
        }
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes, maximumDepth: 8) } catch let error as JSONError {
            guard let offset = error.offset else { throw DatasetError.invalid(file: file, reason: error.description) }
            let line = 1 + bytes.prefix(offset).count { $0 == 0x0A }
            throw DatasetError.badLines(
                file: file, lines: [BadLine(number: line, reason: error.description)], total: 1)
        }
        switch value {
        case .object(let members):
            return .byName(
                try Dictionary(
                    uniqueKeysWithValues: members.map { ($0, try prompts($1, "the class \(shortened($0))")) }))
        case .array(let values):
            return .byLabel(try values.enumerated().map { try prompts($1, "class \($0)") })
        default:
            throw DatasetError.invalid(file: file, reason: "wants an object or an array of arrays of prompts")
        }
    }
}
