import ArgumentParser
import Foundation

/// The options of `train` as the parser itself knows them: what a configuration file may hold, and how.
struct OptionCatalogue {
    /// How an option takes its value.
    enum Kind {
        /// `key = value`
        case value
        /// The same, for a path; relative paths are relative to the file.
        case path
        /// The same, for a path or a prompt, which only a file's path is relative in.
        case prompt
        /// `key = true`
        case flag
        /// The same, where `false` overrides a default.
        case invertibleFlag
    }

    /// One option.
    struct Entry {
        let kind: Kind
        /// Whether it may be given several times.
        let isRepeating: Bool
    }

    /// By the long names without dashes.
    let entries: [String: Entry]

    /// The options of `train`.
    static let train = OptionCatalogue(help: TrainOptions._dumpHelp())

    /// - Parameter help: the parser's description of a command as JSON.
    init(help: String) {
        let described = (try? JSONDecoder().decode(Help.self, from: Data(help.utf8)))?.command.arguments ?? []
        let arguments = described.compactMap { argument in
            argument.names?.first { $0.kind == "long" }.map { (name: $0.name, argument: argument) }
        }
        let names = Set(arguments.map(\.name))
        var entries: [String: Entry] = [:]
        for (name, argument) in arguments where name != "help" {
            let isInversion = name.hasPrefix("no-") && names.contains(String(name.dropFirst(3)))
            guard !isInversion else { continue }
            let kind: Kind =
                if argument.kind == "flag" {
                    names.contains("no-" + name) ? .invertibleFlag : .flag
                } else {
                    switch argument.valueName {
                    case "path", "file", "dir", "folder": .path
                    case let names? where names.contains("|file"): .prompt
                    default: .value
                    }
                }
            entries[name] = Entry(kind: kind, isRepeating: argument.isRepeating)
        }
        self.entries = entries
    }

    /// The names of the options in some arguments.
    func names(in arguments: [String]) -> Set<String> {
        let options = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }
        return Set(
            options.map { option in
                let name = String(option.dropFirst(2).prefix { $0 != "=" })
                guard entries[name] == nil, name.hasPrefix("no-") else { return name }
                return String(name.dropFirst(3))
            })
    }

    private struct Help: Decodable {
        struct Command: Decodable {
            var arguments: [Argument]?
        }

        struct Argument: Decodable {
            struct Name: Decodable {
                var kind, name: String
            }

            var kind: String
            var isRepeating: Bool
            var names: [Name]?
            var valueName: String?
        }

        var command: Command
    }
}
