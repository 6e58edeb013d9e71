import ArgumentParser
import FewShot
import Foundation

/// Where the pictures are and how they are listed: the options every command that reads a data set has.
struct DataOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The data set: a folder of pictures per class, or one of the layouts of --data-format.", valueName: "path"))
    var data: String?

    @Option(
        help: ArgumentHelp("Layout of the data set (default: found out).", valueName: "format"))
    var dataFormat: DataFormat?

    @Option(
        help: ArgumentHelp(
            """
            Class names in label order: one a line, 'name index' a line, 'folder name' a line for class folders, or JSON, \
            where a class may have several names (default: the data set's own).
            """, valueName: "file"))
    var classes: String?

    @Option(
        help: ArgumentHelp(
            "Class names that go on where the data set's own end, e.g. classes_b.txt of the Jittor challenge.",
            valueName: "file"))
    var vocabulary: String?

    @Option(help: ArgumentHelp("Where the paths of a list or a split begin.", valueName: "dir"))
    var imageRoot: String?

    @Flag(help: "Keep the underscores in class names.")
    var rawNames = false

    @Flag(help: "Permit paths in lists and splits that are absolute or lead outside with '..'.")
    var allowOutside = false

    /// The options that describe a data set: those for other data say nothing about these.
    static let descriptions: Set = ["data-format", "classes", "vocabulary", "image-root"]

    /// The data set's place.
    /// - Throws: `UsageError` if none was given.
    func url() throws -> URL {
        guard let data else {
            throw UsageError("--data is missing: give a folder that holds a folder of pictures per class")
        }
        return URL(filePath: data)
    }

    /// How the data set is read.
    var reading: DatasetOptions {
        var options = DatasetOptions()
        options.rawNames = rawNames
        options.classFile = classes.map { URL(filePath: $0) }
        options.vocabulary = vocabulary.map { URL(filePath: $0) }
        options.imageRoot = imageRoot.map { URL(filePath: $0, directoryHint: .isDirectory) }
        options.allowOutside = allowOutside
        return options
    }
}

extension DataFormat: ExpressibleByArgument {}
