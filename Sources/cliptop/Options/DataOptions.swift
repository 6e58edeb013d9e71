import ArgumentParser
import FewShot
import Foundation

/// Where the pictures are and how they are listed: the options every command that reads a data set has.
struct DataOptions: FillableOptions {
    @Option(
        help: ArgumentHelp(
            "The data set: a folder of pictures per class, or one of the layouts of --data-format.", valueName: "path"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Layout of the data set (default: found out). One of \(Self.formatNames).", valueName: "format"))
    var dataFormat: DataFormat?

    @Flag(help: "Keep the underscores in class names.")
    var rawNames = false

    static let configurationKeys: [String: ConfigurationFile.Kind] = [
        "data": .path, "data-format": .value, "raw-names": .flag,
    ]

    private static let formatNames = DataFormat.allCases.map(\.rawValue).joined(separator: ", ")

    func filled(from base: Self) -> Self {
        var options = self
        options.data = data ?? base.data
        // A format describes the data it was given with.
        options.dataFormat = dataFormat ?? (data == nil ? base.dataFormat : nil)
        options.rawNames = rawNames || base.rawNames
        return options
    }

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
        return options
    }
}

extension DataFormat: ExpressibleByArgument {}
