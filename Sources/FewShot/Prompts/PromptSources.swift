import CLIP
import Files
import Foundation

/// Where prompts come from: what the values of `--template` mean.
public struct PromptSources: Sendable, Equatable {
    /// Prompts for single classes, and the file they come from.
    struct ClassFile: Sendable, Equatable {
        var name: String
        var prompts: PromptFile
    }

    /// Templates given for all classes; empty for the data set's own.
    var templates: [PromptTemplate] = []
    /// Prompts given class by class.
    var files: [ClassFile] = []

    /// Sorts out `arguments`: a text with `{}`, the name of a list, or a file.
    /// - Throws: ``PromptSourceError``, ``DatasetError``.
    public init(_ arguments: [String]) throws {
        for argument in arguments {
            if argument.contains("{") {
                templates.append(try PromptTemplate(argument))
            } else if let list = NamedTemplates.list(argument) {
                templates += list
            } else if FileKind(argument) == .file {
                switch try PromptFile(contentsOf: URL(filePath: argument)) {
                case .templates(let list): templates += list
                case let prompts: files.append(ClassFile(name: argument, prompts: prompts))
                }
            } else {
                throw PromptSourceError(argument: argument)
            }
        }
    }
}

/// A value of `--template` that means nothing.
public struct PromptSourceError: Error, LocalizedError, Equatable {
    /// The value.
    public var argument: String

    /// One readable line.
    public var errorDescription: String? {
        "the prompt template \(shortened(argument)) must contain {} exactly once, for the class name, "
            + "or be a file or one of \(NamedTemplates.names.joined(separator: ", "))"
    }
}
