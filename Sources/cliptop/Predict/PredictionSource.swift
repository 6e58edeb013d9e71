import ArgumentParser
import FewShot
import Foundation
import Pictures

/// The pictures that are predicted, or that a result file is about.
struct PredictionSource: ParsableArguments {
    @Option(help: ArgumentHelp("Folder that holds a folder of pictures per class.", valueName: "path"))
    var data: String?

    /// The path given.
    var path: String? { data }

    /// Pictures, and what is known of their classes.
    struct Pictures {
        var items: [DatasetItem]
        /// The data set's classes; nil if it has none.
        var classNames: [String]?

        /// For each picture its index among `names`; nil where its class is unknown or not among them.
        func labels(in names: [String]) -> [Int?] {
            let places = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            let mapping = (classNames ?? []).map { places[$0] }
            return items.map { item in mapping[item.label] }
        }
    }

    /// Reads the data set.
    /// - Throws: `UsageError`, `DatasetError`.
    func read(_ progress: ProgressLine) throws -> Pictures {
        guard let data else { throw UsageError("--data is missing: give a folder of pictures") }
        progress.begin("reading \(printable(data))")
        defer { progress.end() }
        let dataset = try ImageFolder.read(URL(filePath: data, directoryHint: .isDirectory))
        return Pictures(items: dataset.items, classNames: dataset.classNames)
    }
}
