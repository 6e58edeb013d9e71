import ArgumentParser
import FewShot
import Foundation
import Pictures

/// The pictures a command works on: a data set, or one part of it.
struct PictureOptions: ParsableArguments {
    @OptionGroup(title: "Data") var dataSource: DataOptions

    @Option(
        help: ArgumentHelp(
            "Only this part of a data set that has parts: train, val or test.", valueName: "part"))
    var split: SourceSplit?

    /// The data set, with only the pictures of the part asked for.
    /// - Throws: `UsageError`, `DatasetError`.
    func read(_ progress: ProgressLine) throws -> Dataset {
        let url = try dataSource.url()
        progress.begin("reading \(printable(url.relativePath))")
        defer { progress.end() }
        var dataset = try DatasetReader.read(url, format: dataSource.dataFormat, options: dataSource.reading)
        if let split {
            dataset.items = dataset.items.filter { $0.split == split }
            guard !dataset.items.isEmpty else {
                throw UsageError("--split \(split.rawValue): \(printable(dataset.name)) has no pictures in such a part")
            }
        }
        progress.interrupt {
            dataset.notes.forEach { Output.errorLine(printable($0)) }
            (dataset.warnings + dataset.unread.summary).forEach { printError("warning: \(printable($0))") }
        }
        return dataset
    }
}

extension SourceSplit: ExpressibleByArgument {}
