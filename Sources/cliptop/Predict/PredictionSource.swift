import ArgumentParser
import FewShot
import Foundation
import Pictures

/// The pictures that are predicted, or that a result file is about.
struct PredictionSource: ParsableArguments {
    @OptionGroup var pictures: PictureOptions

    @Option(
        help: ArgumentHelp(
            "Instead of --data: a folder with pictures directly inside, without classes.", valueName: "dir"))
    var images: String?

    /// The path given; nil if none was.
    var path: String? { images ?? pictures.dataSource.data }

    /// Pictures, and what is known of their classes.
    struct Pictures {
        var dataset: Dataset

        var items: [DatasetItem] { dataset.items }
        /// The data set's classes; empty if it has none.
        var classes: [DatasetClass] { dataset.classes }

        /// The names of the classes; nil if there are none to choose from.
        var classNames: [String]? { classes.count > 1 ? classes.map(\.promptName) : nil }

        /// For each picture its index among `names`; nil where its class is unknown or not among them.
        func labels(in names: [String]) -> [Int?] {
            let places = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            let mapping = classes.map { places[$0.promptName] }
            return items.map { item in item.label.flatMap { mapping[$0] } }
        }

        /// For each of `names` the family it belongs to in the data set.
        func families(of names: [String]) -> [String?] {
            let known = Dictionary(classes.map { ($0.promptName, $0.family) }, uniquingKeysWith: { first, _ in first })
            return names.map { known[$0] ?? nil }
        }
    }

    /// Reads the pictures: those of the part asked for, else the test pictures, else all there are.
    /// - Throws: `UsageError`, `DatasetError`.
    func read(_ progress: ProgressLine) throws -> Pictures {
        if let images {
            guard pictures.dataSource.data == nil else { throw UsageError("give --data or --images, not both") }
            progress.begin("reading \(printable(images))")
            defer { progress.end() }
            return Pictures(dataset: try DatasetReader.read(URL(filePath: images), format: .flat))
        }
        guard path != nil else { throw UsageError("which pictures? give --data or --images") }
        var dataset = try pictures.read(progress)
        if pictures.split == nil, dataset.items.contains(where: { $0.split == .test }) {
            dataset.items.removeAll { $0.split != .test }
        }
        return Pictures(dataset: dataset)
    }
}
