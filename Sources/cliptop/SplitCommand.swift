import ArgumentParser
import FewShot
import Foundation
import Pictures
import Training

/// `cliptop split`: makes the parts of a data set once and writes them down.
struct SplitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split",
        abstract: "Divide a data set into train, val and test once, as a split_cliptop.json beside it.",
        discussion: """
            A data set without parts gets half of each class for training, a fifth for validation and the rest for \
            testing; one with train and test gets a fifth of the training part of each class for validation (CoOp's \
            rules). A file of that name in a data set's folder is used from then on.
            """)

    @OptionGroup(title: "Data") var dataSource: DataOptions

    @Option(parsing: .unconditional, help: ArgumentHelp("Seed of the shuffling (default: 1).", valueName: "n"))
    var seed = 1

    @Flag(help: "Give the parts of a class with too few pictures one each as far as they go, training first.")
    var minPerClass = false

    @Option(
        help: ArgumentHelp("Where to write (default: split_cliptop.json in the data set's folder).", valueName: "file"))
    var output: String?

    func run() throws {
        guard let seed = UInt32(exactly: seed) else {
            throw UsageError("--seed \(seed): wants a whole number from 0 to \(UInt32.max)")
        }
        let source = try DatasetReader.read(
            dataSource.url(), format: dataSource.dataFormat, options: dataSource.reading)
        let parts = Set(source.items.filter { $0.label != nil }.map(\.split))
        guard !parts.isEmpty else { throw UsageError("\(source.root.path) has no labels to divide by") }
        let divided: Dataset
        if parts.contains(.validation) {
            throw UsageError("\(source.root.path) has a validation part already")
        } else if parts.contains(.train) && parts.contains(.test) {
            divided = try SplitConstruction.validationFromTraining(
                source, seed: seed, allowsSmallClasses: minPerClass)
        } else {
            divided = try SplitConstruction.halves(source, seed: seed, allowsSmallClasses: minPerClass)
        }
        let path = output ?? divided.root.appending(path: CoOpSplitFile.ownName).path
        try OutputFile(path).write(CoOpSplitFile(divided).encoded())
        let counts = SourceSplit.allCases.map { split in
            "\(divided.items.count { $0.split == split }) \(split.rawValue)"
        }
        Output.line("\(printable(path)): \(counts.joined(separator: ", "))")
    }
}
