import ArgumentParser
import Foundation
import TOML

/// A TOML file with the options of `train`: long names without dashes, `batch-size = 32`, `augment = true`.
struct ConfigurationFile {
    private let url: URL
    private let table: TOMLTable

    /// Reads and parses the file.
    /// - Throws: `UsageError` that names file and line.
    init(_ path: String) throws {
        url = URL(filePath: path)
        do { table = try TOMLTable(contentsOf: url) } catch {
            throw UsageError(
                error.line.map { "\(path):\($0): \(error.reason)" }
                    ?? "cannot read the configuration \(path): \(error.reason)")
        }
    }

    /// The options in the file as arguments of a command line, by their names.
    /// - Throws: `UsageError` that names file, line and key.
    func arguments() throws -> [String: [String]] {
        var all: [String: [String]] = [:]
        for (key, value) in table.entries {
            let arguments = try arguments(key, value)
            // Each key is parsed by itself, so that the message can name its line.
            do { _ = try TrainOptions.parse(arguments) } catch {
                throw problem(value, TrainOptions.message(for: error))
            }
            all[key] = arguments
        }
        return all
    }

    private func problem(_ value: TOMLValue, _ text: String) -> UsageError {
        UsageError("\(url.relativePath):\(value.line): \(text)")
    }

    private func arguments(_ key: String, _ value: TOMLValue) throws -> [String] {
        let known = OptionCatalogue.train.entries
        guard let kind = known[key]?.kind else {
            throw problem(value, "unknown key '\(key)'; there are \(known.keys.sorted().joined(separator: ", "))")
        }
        switch kind {
        case .flag, .invertibleFlag:
            guard let isOn = value.boolean else { throw problem(value, "'\(key)' wants true or false") }
            if isOn { return ["--\(key)"] }
            return kind == .invertibleFlag ? ["--no-\(key)"] : []
        case .value:
            if let list = value.array { return try list.map { "--\(key)=\(try scalar(key, $0))" } }
            return ["--\(key)=\(try scalar(key, value))"]
        case .prompt:
            let values = try (value.array ?? [value]).map { try scalar(key, $0) }
            return values.map { value in
                let path = absolute(value)
                let isFile = !value.contains("{") && FileManager.default.fileExists(atPath: path)
                return "--\(key)=\(isFile ? path : value)"
            }
        case .path:
            return ["--\(key)=\(absolute(try scalar(key, value)))"]
        }
    }

    private func scalar(_ key: String, _ value: TOMLValue) throws -> String {
        if let text = value.string { return text }
        if let number = value.integer { return "\(number)" }
        if let number = value.float { return "\(number)" }
        throw problem(value, "'\(key)' wants a text or a number")
    }

    private func absolute(_ typed: String) -> String {
        let path = (typed as NSString).expandingTildeInPath
        return path.hasPrefix("/")
            ? path : url.deletingLastPathComponent().appending(path: path).standardizedFileURL.path
    }
}
