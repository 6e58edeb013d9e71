import ArgumentParser
import Pictures

/// Words for a command line that could not be understood.
enum WrongUse {
    /// One line about a mistake: what is wrong, and where to look.
    /// - Parameters:
    ///   - message: what the parser says.
    ///   - arguments: what was typed.
    static func line(_ message: String, _ arguments: [String]) -> String {
        let (path, names) = command(arguments)
        if let word = arguments.dropFirst(path.count).first, !word.hasPrefix("-"), !names.isEmpty {
            let parent = (["cliptop"] + path).joined(separator: " ")
            let near = names.filter { distance(word, $0) <= 2 }.min { distance(word, $0) < distance(word, $1) }
            return "'\(parent)' has no command '\(printable(word))'; "
                + (near.map { "did you mean '\($0)'?" } ?? "there are \(names.joined(separator: ", "))")
        }
        let help = (["cliptop"] + path + ["--help"]).joined(separator: " ")
        return "\(oneLine(message)) ('\(help)' shows what there is)"
    }

    /// A text with its lines and lists in one line.
    static func oneLine(_ text: String) -> String {
        var lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
        guard !lines.isEmpty else { return text }
        var result = String(lines.removeFirst())
        var isInList = false
        for line in lines {
            let isItem = line.hasPrefix("- ")
            result += (isItem && isInList ? ", " : " ") + line.dropFirst(isItem ? 2 : 0)
            isInList = isItem
        }
        return result
    }

    /// The command that the first words name, and the names of those below it.
    private static func command(_ arguments: [String]) -> (path: [String], names: [String]) {
        var (path, children) = ([String](), Cliptop.configuration.subcommands)
        for word in arguments {
            guard let next = children.first(where: { $0.configuration.commandName == word }) else { break }
            path.append(word)
            children = next.configuration.subcommands
        }
        return (path, children.compactMap { $0.configuration.commandName })
    }

    /// How many letters have to be changed, added or taken away to make one word of another.
    static func distance(_ a: String, _ b: String) -> Int {
        let target = Array(b)
        var row = Array(0...target.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in target.indices {
                let substituted = diagonal + (letter == target[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
            }
        }
        return row[target.count]
    }
}
