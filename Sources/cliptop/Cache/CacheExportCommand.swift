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

    @Option(help: ArgumentHelp("Folder that holds a folder of pictures per class.", valueName: "path"))
    var data: String

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
        progress.begin("reading \(printable(data))")
        let dataset = try ImageFolder.read(URL(filePath: data, directoryHint: .isDirectory))
        let encoder = try CommandEncoder(model, progress: progress, interrupt: interrupt)
        let encoded = try encoder.encode(dataset.items)
        try interrupt.check()
        let export = try FeatureExport(
            dataset.items, encoded, split: "all", classNames: dataset.classNames,
            space: model.encoder.featureSpace(encoder.model), modelChecksum: encoder.model.weightsChecksum)
        let url = URL(filePath: output)
        let list = try export.write(to: url)
        print(
            "\(export.paths.count) features of \(encoder.model.embeddingWidth) numbers in \(printable(output)), "
                + "their paths in \(printable(list.relativePath))")
        encoded.unreadable.reportLines.forEach(Output.line)
        try encoder.conclude(encoded, data: data, strict: strict)
    }
}
