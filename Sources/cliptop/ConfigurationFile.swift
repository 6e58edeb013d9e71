import ArgumentParser
import Foundation
import TOMLKit

/// A TOML file with the options of `train`: long names without dashes, `batch-size = 32`, `augment = true`.
struct ConfigurationFile {
    private let url: URL
    private let lines: [Substring]
    private let table: TOMLTable

    /// Reads and parses the file.
    /// - Throws: `UsageError` that names file and line.
    init(_ path: String) throws {
        url = URL(filePath: path)
        let text: String
        do { text = try String(contentsOf: url, encoding: .utf8) } catch {
            throw UsageError("cannot read the configuration \(path): \(Self.reason(error))")
        }
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        do { table = try TOMLTable(string: text) } catch let error as TOMLParseError {
            throw UsageError("\(path):\(error.source.begin.line): \(error.description)")
        }
    }

    private static func reason(_ error: any Error) -> String {
        let error = error as NSError
        switch CocoaError.Code(rawValue: error.code) {
        case .fileReadNoSuchFile, .fileNoSuchFile: return "there is no such file"
        case .fileReadNoPermission: return "permission denied"
        case .fileReadInapplicableStringEncoding: return "it is not UTF-8 text"
        default: return "it is not a text file"
        }
    }

    /// The options in the file as arguments of a command line, by their names.
    /// - Throws: `UsageError` that names file, line and key.
    func arguments() throws -> [String: [String]] {
        // One parse of everything says that all is well; only where it is not is each key parsed by itself.
        if let all = try? arguments(checking: { _, _ in }), (try? TrainOptions.parse(all.values.flatMap { $0 })) != nil
        {
            return all
        }
        return try arguments { key, arguments in
            do { _ = try TrainOptions.parse(arguments) } catch {
                throw problem(key, TrainOptions.message(for: error))
            }
        }
    }

    private func arguments(checking check: (String, [String]) throws -> Void) throws -> [String: [String]] {
        var all: [String: [String]] = [:]
        for (key, value) in table {
            let arguments = try arguments(key, value)
            try check(key, arguments)
            all[key] = arguments
        }
        return all
    }

    private func problem(_ key: String, _ text: String) -> UsageError {
        let line = lines.firstIndex { line in
            let trimmed = line.drop { $0 == " " || $0 == "\t" || $0 == "\"" }
            return trimmed.hasPrefix(key) && trimmed.dropFirst(key.count).first.map { "= \t\"".contains($0) } ?? false
        }
        return UsageError("\(url.relativePath):\(line.map { "\($0 + 1)" } ?? "?"): \(text)")
    }

    private func arguments(_ key: String, _ value: any TOMLValueConvertible) throws -> [String] {
        let known = OptionCatalogue.train.entries
        guard let kind = known[key]?.kind else {
            throw problem(key, "unknown key '\(key)'; there are \(known.keys.sorted().joined(separator: ", "))")
        }
        switch kind {
        case .flag, .invertibleFlag:
            guard let isOn = value.bool else { throw problem(key, "'\(key)' wants true or false") }
            if isOn { return ["--\(key)"] }
            return kind == .invertibleFlag ? ["--no-\(key)"] : []
        case .value:
            if let list = value.array { return try list.map { "--\(key)=\(try scalar(key, $0))" } }
            return ["--\(key)=\(try scalar(key, value))"]
        case .prompt:
            let values = try (value.array.map { Array($0) } ?? [value]).map { try scalar(key, $0) }
            return values.map { value in
                let path = absolute(value)
                let isFile = !value.contains("{") && FileManager.default.fileExists(atPath: path)
                return "--\(key)=\(isFile ? path : value)"
            }
        case .path:
            return ["--\(key)=\(absolute(try scalar(key, value)))"]
        }
    }

    private func scalar(_ key: String, _ value: any TOMLValueConvertible) throws -> String {
        if let text = value.string { return text }
        if let number = value.int { return "\(number)" }
        if let number = value.double { return "\(number)" }
        throw problem(key, "'\(key)' wants a text or a number")
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : url.deletingLastPathComponent().appending(path: path).standardizedFileURL.path
    }
}
