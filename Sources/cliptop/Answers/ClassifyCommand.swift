import ArgumentParser
import CLIP
import FewShot
import Foundation
import Pictures
import Tensors
import Training

/// `cliptop classify`: what models think of a picture, before and after adaptation.
struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify", abstract: "Class probabilities of pictures: zero-shot and, with a run, adapted.",
        discussion: """
            Several models stand side by side, a column each. A picture that cannot be read costs one line; the others \
            are answered, and the exit status is 1.
            """)

    @Argument(help: ArgumentHelp("PNG, JPEG or WebP files.", valueName: "image"))
    var images: [String]

    @OptionGroup var labels: LabelOptions

    @Option(name: .customLong("run"), help: TrainedRun.help)
    var trainedRun: String?

    @Option(
        name: .customLong("model"), parsing: .singleValue,
        help: ArgumentHelp(
            "Directory of a CLIP model (default: the bundled one); may be given several times.", valueName: "dir"))
    var models: [String] = []

    @OptionGroup var encoder: EncoderOptions

    @Option(help: ArgumentHelp("Classes to show (default: 5).", valueName: "k"))
    var top = 5

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        guard top >= 1 else { throw UsageError("--top \(top): wants a whole number from 1") }
        let run = try trainedRun.map(TrainedRun.init)
        guard let classNames = try labels.classNames() ?? run?.file.classNames else {
            throw UsageError(
                "which classes? give --labels \"a,b,c\", --labels-file FILE, or a --run with classes of its own")
        }
        let columns = try load(run, classNames, labels.sentences(classNames.map(DatasetClass.init(typed:)), run: run))
        let glyphs = TextStyle.standardOutput.glyphs
        var answers: [PictureAnswer] = []
        for image in images {
            let answer = self.answer(image, columns, classNames)
            answers.append(answer)
            if let error = answer.error { printError("\(printable(image)): \(printable(error))") }
            if !json, answer.error == nil { Output.line(answer.table(top: top, glyphs: glyphs)) }
        }
        if json { Output.line(try JSONText.of(answers.map { $0.entry(top: top) })) }
        if answers.contains(where: { $0.error != nil }) { throw ExitCode(1) }
    }

    /// A model and how it answers.
    private struct Column {
        var name: String
        var model: CLIPModel
        var predictor: PicturePredictor
    }

    private func load(_ run: TrainedRun?, _ classNames: [String], _ sentences: [[String]]) throws -> [Column] {
        let progress = ProgressLine()
        defer { progress.end() }
        try OpenBLAS.prepare()
        let directories =
            try models.isEmpty
            ? [Resources().bundledModel()] : models.map { URL(filePath: $0, directoryHint: .isDirectory) }
        let loaded = try directories.map { directory in
            progress.begin("loading \(printable(directory.relativePath))")
            return try encoder.adopting(run).load(directory)
        }
        // With several models, the run belongs to one of them; the others answer without.
        if let run, !loaded.contains(where: run.fits), let first = loaded.first { try run.check(first) }
        progress.begin("encoding \(classNames.count) class names")
        return try zip(Self.names(loaded, directories), loaded).map { name, model in
            Column(
                name: name, model: model,
                predictor: try PicturePredictor(
                    model, classNames: classNames, sentences: sentences,
                    run: run.flatMap { $0.fits(model) ? $0 : nil }))
        }
    }

    /// Names that tell the models apart: their own, or the directories where those are equal.
    private static func names(_ models: [CLIPModel], _ directories: [URL]) -> [String] {
        Set(models.map(\.name)).count == models.count ? models.map(\.name) : directories.map(\.relativePath)
    }

    private func answer(_ image: String, _ columns: [Column], _ classNames: [String]) -> PictureAnswer {
        var answer = PictureAnswer(image: image, classNames: classNames)
        do throws(PictureError) {
            let picture = try decodePicture(
                contentsOf: URL(filePath: image), name: image, options: encoder.decoding)
            for column in columns {
                let features = column.model.encode([picture])
                answer.columns.append(
                    .init(
                        model: column.name,
                        zeroShot: column.predictor.zeroShot.probabilities(features).values,
                        adapted: column.predictor.adapted?.probabilities(features).values))
            }
        } catch {
            answer.error = error.reason.text
        }
        return answer
    }
}
