import ArgumentParser
import FewShot
import Foundation
import Pictures
import Training

/// `cliptop cache export`: features as a safetensors file for other tools.
struct CacheExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a data set's features to a safetensors file.",
        discussion: """
            Writes features F32 [N, D], not normalised, labels and index I64 [N], and beside it the paths, one a line in \
            order of the rows. Features that are not in the cache yet are encoded.
            """)

    @OptionGroup var pictures: PictureOptions
    @OptionGroup var model: ModelOptions

    @Option(help: ArgumentHelp("The file to write, NAME.safetensors.", valueName: "file"))
    var output: String

    @Flag(help: "Exit with status 1 if any picture could not be read.")
    var strict = false

    func run() throws {
        guard output.hasSuffix(".safetensors") else {
            throw UsageError("--output \(output): wants a name that ends in .safetensors")
        }
        do { try OutputFile(output).check() } catch { throw UsageError("--output: \(error.localizedDescription)") }
        let (progress, interrupt) = (ProgressLine(), CommandInterrupt())
        let dataset = try pictures.read(progress)
        let encoder = try CommandEncoder(model, progress: progress, interrupt: interrupt)
        let encoded = try encoder.encode(dataset.items)
        try interrupt.check()
        let export = try FeatureExport(
            dataset.items, encoded, split: pictures.split?.rawValue ?? "all", classNames: dataset.classNames,
            space: model.encoder.featureSpace(encoder.model), modelChecksum: encoder.model.weightsChecksum)
        let url = URL(filePath: output)
        let list = try export.write(to: url)
        Output.line(
            "\(export.paths.count) features of \(encoder.model.embeddingWidth) numbers in \(printable(output)), "
                + "their paths in \(printable(list.relativePath))")
        encoded.unreadable.reportLines.forEach(Output.line)
        try encoder.conclude(encoded, data: dataset.root.path, strict: strict)
    }
}
