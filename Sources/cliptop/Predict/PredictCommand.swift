import ArgumentParser
import CLIP
import FewShot
import Foundation
import Pictures
import Tensors
import Training

/// `cliptop predict`: the most probable classes of many pictures, in a file.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Write the five most probable classes of every picture to a file.",
        discussion: """
            Zero-shot, or with --run adapted. Classes are those of --labels or --labels-file, else the run's, else the \
            data set's. A picture that cannot be read ends the command with status 1 before anything is written, \
            unless --keep-going is given. With --check it reads a result.txt (or its zip) again and says what is wrong \
            with it and, where the true classes are known, how good it is.
            """)

    @OptionGroup var source: PredictionSource
    @OptionGroup var model: ModelOptions
    @OptionGroup var labels: LabelOptions

    @Option(name: .customLong("run"), help: TrainedRun.help)
    var trainedRun: String?

    @Option(help: "jittor (result.txt), csv or json (default: by the name of --output).")
    var format: PredictionFormat?

    @Option(help: ArgumentHelp("The file to write; - for standard output.", valueName: "file"))
    var output: String?

    @Flag(help: "jittor: write a zip archive with result.txt in it.")
    var zip = false

    @Flag(help: "csv: put an apostrophe before texts that a spreadsheet would take for a formula.")
    var spreadsheetSafe = false

    @Flag(
        help: "Go on without pictures that cannot be read: result.txt gets classes 0 to 4 for them, csv and json none.")
    var keepGoing = false

    @Option(help: ArgumentHelp("Check a result.txt or its zip archive instead.", valueName: "file"))
    var check: String?

    func run() throws {
        if let check {
            guard output == nil else {
                throw UsageError("give --output to write a file or --check to read one, not both")
            }
            return try PredictionCheck(file: check, source: source, labels: labels, trainedRun: trainedRun).run()
        }
        let (output, format) = try destination()
        let (progress, interrupt) = (ProgressLine(), CommandInterrupt())
        let run = try trainedRun.map(TrainedRun.init)
        let pictures = try source.read(progress)
        if format == .jittor { try ResultText.check(paths: pictures.items.map(\.path)) }
        let given = try labels.classNames() ?? run?.file.classNames
        guard let classNames = given ?? pictures.classNames else {
            throw UsageError("which classes? the pictures have none: give --labels, --labels-file, or a --run")
        }
        let sentences = try labels.sentences(
            given.map { $0.map(DatasetClass.init(typed:)) } ?? pictures.classes, run: run,
            dataset: given == nil ? pictures.dataset : nil)
        var model = model
        model.encoder = model.encoder.adopting(run)
        let encoder = try CommandEncoder(model, progress: progress, interrupt: interrupt)
        try run?.check(encoder.model)
        progress.begin("encoding \(classNames.count) class names")
        let predictor = try PicturePredictor(
            encoder.model, classNames: classNames, sentences: sentences, run: run)
        let encoded = try encoder.encode(pictures.items)
        try interrupt.check()
        try refuseUnreadable(encoded, data: source.path ?? "")
        progress.begin("answering for \(pictures.items.count) pictures")
        let predictions = predictions(pictures, encoded, predictor)
        try output.write(
            content(format, predictions, classNames: classNames, model: encoder.model.name))
        progress.end()
        if self.output != "-" {
            Output.line("\(predictions.count) predictions in \(printable(output.path))")
        }
        encoded.unreadable.reportLines.forEach { printError("warning: \($0)") }
    }

    /// Where the file goes and in which form.
    private func destination() throws -> (OutputFile, PredictionFormat) {
        guard let output else {
            throw UsageError("--output is missing: give the file to write, or - for standard output")
        }
        let suffixes: [(String, PredictionFormat)] = [
            (".csv", .csv), (".json", .json), (".txt", .jittor), (".zip", .jittor),
        ]
        guard let format = format ?? suffixes.first(where: { output.lowercased().hasSuffix($0.0) })?.1 else {
            throw UsageError("which form? give --format jittor, csv or json")
        }
        guard format == .jittor || !zip else { throw UsageError("--zip is for --format jittor") }
        guard format == .csv || !spreadsheetSafe else { throw UsageError("--spreadsheet-safe is for --format csv") }
        let file = OutputFile(output == "-" ? "/dev/stdout" : output)
        do { try file.check() } catch { throw UsageError("--output: \(error.localizedDescription)") }
        return (file, format)
    }

    private func refuseUnreadable(_ encoded: EncodedDataset, data: String) throws {
        let counts = encoded.counts
        guard counts.unreadable > 0 else { return }
        if counts.unreadable == counts.total {
            throw DatasetError.noUsablePicture(
                path: data, tried: counts.total, firstReason: encoded.unreadable.first?.reason ?? "unknown")
        }
        guard !keepGoing else { return }
        encoded.unreadable.forEach { printError("\(printable($0.path)): \(printable($0.reason))") }
        printError(
            "nothing was written: \(counts.unreadable) of \(counts.total) pictures could not be read "
                + "(--keep-going writes the others)")
        throw ExitCode(1)
    }

    private func predictions(
        _ pictures: PredictionSource.Pictures, _ encoded: EncodedDataset, _ predictor: PicturePredictor
    ) -> [Prediction] {
        let problems = Dictionary(uniqueKeysWithValues: encoded.unreadable.map { ($0.index, $0.reason) })
        let labels = pictures.labels(in: predictor.classNames)
        let items = pictures.items
        var predictions: [Prediction] = []
        predictions.reserveCapacity(items.count)
        // In blocks: the logits of all pictures at once may be large.
        for start in stride(from: 0, to: items.count, by: 1024) {
            let rows = start..<min(start + 1024, items.count)
            let features = encoded.features.gatheringRows(Array(rows))
            let logits = (predictor.adapted ?? predictor.zeroShot).logits(features)
            for row in rows {
                predictions.append(
                    problems[row].map { Prediction(path: items[row].path, label: labels[row], problem: $0) }
                        ?? Prediction(path: items[row].path, label: labels[row], logits: logits.row(row - start)))
            }
        }
        return predictions
    }

    private func content(
        _ format: PredictionFormat, _ predictions: [Prediction], classNames: [String], model: String
    ) throws -> Data {
        switch format {
        case .jittor:
            let text = Data(ResultText.text(predictions, classes: classNames.count).utf8)
            return zip || output?.lowercased().hasSuffix(".zip") == true
                ? StoredZip.archive(text, name: "result.txt") : text
        case .csv:
            let table = PredictionsTable(classNames: classNames, isSpreadsheetSafe: spreadsheetSafe)
            return Data(table.text(predictions).utf8)
        case .json:
            let file = PredictionsJSON(predictions, classNames: classNames, model: model, run: trainedRun)
            return Data((try JSONText.of(file) + "\n").utf8)
        }
    }
}

/// The forms predictions are written in.
enum PredictionFormat: String, ExpressibleByArgument, CaseIterable {
    case jittor, csv, json
}

/// Predictions for programs.
struct PredictionsJSON: Encodable {
    struct Candidate: Encodable {
        var index: Int
        var name: String
        var probability: Float
    }

    struct Picture: Encodable {
        var path: String
        var label: Int?
        var predictions: [Candidate]
        var error: String?
    }

    var model: String
    var run: String?
    var classes: [String]
    var pictures: [Picture]

    init(_ predictions: [Prediction], classNames: [String], model: String, run: String?) {
        self.model = model
        self.run = run
        classes = classNames
        pictures = predictions.sorted { NaturalOrder.precedes($0.path, $1.path) }.map { prediction in
            Picture(
                path: prediction.path, label: prediction.label,
                predictions: prediction.candidates.map {
                    Candidate(index: $0.label, name: classNames[$0.label], probability: $0.probability)
                }, error: prediction.problem)
        }
    }
}
