import ArgumentParser
import CLIP
import FewShot
import Foundation
import Pictures

/// Which classes to choose from, and how they are put into words.
struct LabelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Class names, separated by commas; a name with a comma in double quotes: 'cat,\"black, white\"'.",
            valueName: "a,b,c"))
    var labels: String?

    @Option(help: ArgumentHelp("File with one class name a line.", valueName: "file"))
    var labelsFile: String?

    @Option(
        name: .customLong("template"), parsing: .singleValue,
        help: PromptHelp.template)
    var templates: [String] = []

    /// The class names given; nil if none were.
    /// - Throws: `UsageError`.
    func classNames() throws -> [String]? {
        if labels != nil, labelsFile != nil { throw UsageError("give --labels or --labels-file, not both") }
        var names: [String]
        let option: String
        if let labels {
            option = "--labels"
            names = try Self.split(labels)
        } else if let labelsFile {
            option = "--labels-file \(printable(labelsFile))"
            guard let text = try? String(contentsOfFile: labelsFile, encoding: .utf8) else {
                throw UsageError("cannot read \(option): wants a UTF-8 text with one class name a line")
            }
            names = text.split(whereSeparator: \.isNewline).map(String.init)
        } else {
            return nil
        }
        names = names.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        guard names.count >= 2 else {
            throw UsageError("\(option): at least two class names are needed to choose from")
        }
        try Self.checkDuplicates(names, option)
        return names
    }

    /// The prompts of each class: as given, else as the run had them, else the usual ones.
    /// - Parameter dataset: the data set the classes come from, for its own prompts; nil for typed labels.
    /// - Throws: `UsageError`, `DatasetError`.
    func sentences(_ classes: [DatasetClass], run: TrainedRun?, dataset: Dataset? = nil) throws -> [[String]] {
        if templates.isEmpty, let file = run?.file, let prompts = file.prompts,
            [classes.map(\.name), classes.map(\.promptName)].contains(file.classNames)
        {
            return prompts
        }
        let sources: PromptSources
        do { sources = try PromptSources(templates.isEmpty ? run?.file.templates ?? [] : templates) } catch {
            throw UsageError(error.localizedDescription)
        }
        let prompts =
            try dataset.map { try ClassPrompts(sources, for: $0) }
            ?? ClassPrompts(sources, classes: classes, dataset: nil)
        for warning in prompts.warnings { printError("warning: \(printable(warning))") }
        return prompts.sentences
    }

    /// Splits at commas that are not inside double quotes; a double quote inside quotes is written twice.
    static func split(_ text: String) throws -> [String] {
        var fields = [""]
        var isQuoted = false
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "\"" where isQuoted && rest.first == "\"":
                fields[fields.count - 1].append("\"")
                rest.removeFirst()
            case "\"" where isQuoted || fields[fields.count - 1].allSatisfy(\.isWhitespace): isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        guard !isQuoted else { throw UsageError("--labels \(printable(text)): a double quote is not closed") }
        return fields
    }

    /// Two names that become the same prompt would share one answer, and each look half as likely as it is.
    private static func checkDuplicates(_ names: [String], _ option: String) throws {
        var seen: [String: String] = [:]
        for name in names {
            let words = name.replacing("_", with: " ").lowercased().split(whereSeparator: \.isWhitespace)
            if let other = seen.updateValue(name, forKey: words.joined(separator: " ")) {
                throw UsageError(
                    other == name
                        ? "\(option): '\(printable(name))' stands there twice"
                        : "\(option): '\(printable(other))' and '\(printable(name))' are the same to the model")
            }
        }
    }
}
