import ArgumentParser
import CLIP
import FewShot
import Foundation
import Pictures
import Store
import Tensors
import Training

/// `cliptop classify`: what the model thinks of a picture, before and after adaptation.
struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify", abstract: "Class probabilities of pictures: zero-shot and, with a run, adapted.")

    @Argument(help: ArgumentHelp("PNG or JPEG files.", valueName: "image"))
    var images: [String]

    @Option(help: ArgumentHelp("Class names, separated by commas.", valueName: "a,b,c"))
    var labels: String?

    @Option(help: ArgumentHelp("File with one class name a line.", valueName: "file"))
    var labelsFile: String?

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "A trained run: an ID or the start of one, a name, 'latest', or an adapter file.", valueName: "run"))
    var trainedRun: String?

    @OptionGroup var model: ModelOptions

    @Option(
        name: .customLong("template"), parsing: .singleValue,
        help: PromptHelp.template)
    var templates: [String] = []

    @Option(help: ArgumentHelp("Classes to show (default: 5).", valueName: "k"))
    var top = 5

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        guard top >= 1 else { throw UsageError("--top \(top): wants a whole number from 1") }
        let adapterFile = try trainedRun.map { try AdapterFile(contentsOf: Self.adapterURL($0)) }
        let classNames = try classNames(adapterFile)
        let sentences = try sentences(classNames, adapterFile)
        OpenBLAS.threads = 1
        let clip = try model.load(Resources())
        if let adapterFile, adapterFile.modelChecksum != clip.weightsChecksum {
            throw AdapterFileError.otherModel(
                path: trainedRun ?? "", trainedWith: adapterFile.modelName, given: clip.name)
        }
        let classifier = try clip.classTexts(sentences).classifier
        let adapter = try adapterFile.map {
            try MethodRegistry.classifier($0, textFeatures: classifier, logitScale: clip.logitScale)
        }

        var answers: [Answer] = []
        for image in images {
            let picture = try decodePicture(
                contentsOf: URL(filePath: image), name: image, options: model.encoder.decoding)
            let size = clip.preprocessing.size
            let features = clip.encodeImages(
                Tensor(clip.preprocessing.pixels(of: picture), shape: [1, 3, size, size]))
            let zeroShot = features.normalisedRows()
                .product(classifier, transposeOther: true, alpha: clip.logitScale).softmaxRows().values
            let answer = Answer(
                image: image, classNames: classNames, zeroShot: zeroShot,
                adapted: adapter.map { $0.logits(features).softmaxRows().values })
            if !json { print(answer.table(top: top)) }
            answers.append(answer)
        }
        if json { print(try Answer.json(answers, top: top)) }
    }

    private func classNames(_ adapter: AdapterFile?) throws -> [String] {
        let names = try givenClassNames() ?? adapter?.classNames
        guard let names else {
            throw UsageError(
                "which classes? give --labels \"a,b,c\", --labels-file FILE, or a --run with classes of its own")
        }
        guard names.count >= 2 else { throw UsageError("at least two class names are needed to choose from") }
        if let adapter, adapter.kind.isClassBound, names != adapter.classNames {
            throw AdapterFileError.otherClasses(path: adapter.path, kind: adapter.kind.rawValue)
        }
        return names
    }

    /// The prompts of the classes: as given, else as the run had them, else the usual one.
    private func sentences(_ classNames: [String], _ adapter: AdapterFile?) throws -> [[String]] {
        if templates.isEmpty, let adapter, let prompts = adapter.prompts, classNames == adapter.classNames {
            return prompts
        }
        let sources: PromptSources
        do { sources = try PromptSources(templates.isEmpty ? adapter?.templates ?? [] : templates) } catch {
            throw UsageError(error.localizedDescription)
        }
        let prompts = try ClassPrompts(sources, classes: classNames.map(DatasetClass.init(typed:)), dataset: nil)
        for warning in prompts.warnings { Output.errorLine("cliptop: \(warning)") }
        return prompts.sentences
    }

    private func givenClassNames() throws -> [String]? {
        if labels != nil, labelsFile != nil { throw UsageError("give --labels or --labels-file, not both") }
        var names: [String]?
        if let labels { names = labels.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
        if let labelsFile {
            guard let text = try? String(contentsOfFile: labelsFile, encoding: .utf8) else {
                throw UsageError(
                    "cannot read --labels-file \(labelsFile): wants a UTF-8 text with one class name a line")
            }
            names = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        }
        return names?.filter { !$0.isEmpty }
    }

    /// The adapter that `query` means.
    static func adapterURL(_ query: String) throws -> URL {
        if query.hasSuffix(".safetensors") || query.contains("/") { return URL(filePath: query) }
        let database = try StateDatabase(StateDirectory())
        let run = try RunTable(database).find(query)
        let url = database.directory.run(run.id).appending(path: "adapter.safetensors")
        guard FileManager.default.fileExists(atPath: url.path) else { throw NoAdapter(run: run) }
        return url
    }

    struct NoAdapter: Error, LocalizedError {
        let run: RunRow
        var errorDescription: String? { "the run \(run.id) (\(run.state)) has no saved adapter" }
    }
}

/// What the model thinks of one picture.
struct Answer {
    let image: String
    let classNames: [String]
    let zeroShot: [Float]
    let adapted: [Float]?

    /// Classes by the probability that counts, the adapted one if there is one.
    private func ranking(_ top: Int) -> [Int] {
        let deciding = adapted ?? zeroShot
        return deciding.indices.sorted { (-deciding[$0], $0) < (-deciding[$1], $1) }.prefix(top).map { $0 }
    }

    /// A table with bars on one scale, 0 to 100 %.
    func table(top: Int) -> String {
        let rows = ranking(top)
        let width = max(rows.map { classNames[$0].count }.max() ?? 0, 5)
        func padded(_ text: String) -> String { text + String(repeating: " ", count: max(width - text.count, 0)) }
        var lines = [
            printable(image),
            "  \(padded(""))  zero-shot\(String(repeating: " ", count: 21))\(adapted == nil ? "" : "adapted")",
        ]
        for row in rows {
            let cells = [zeroShot[row]] + (adapted.map { [$0[row]] } ?? [])
            lines.append("  \(padded(printable(classNames[row])))  " + cells.map(Self.bar).joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }

    private static func bar(_ probability: Float) -> String {
        let percent = NumberFormat.percent(Double(probability))
        let eighths = Int((probability * 20 * 8).rounded())
        let blocks = String(repeating: "█", count: eighths / 8) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let padding = String(repeating: " ", count: max(20 - blocks.count, 0))
        return String(repeating: " ", count: max(5 - percent.count, 0)) + percent + " % " + blocks + padding
    }

    private struct Entry: Encodable {
        struct Probability: Encodable {
            var label: String
            var zeroShot: Float
            var adapted: Float?
        }
        var image: String
        var classes: [Probability]
    }

    /// All answers as one JSON array.
    static func json(_ answers: [Answer], top: Int) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let entries = answers.map { answer in
            Entry(
                image: answer.image,
                classes: answer.ranking(top).map {
                    .init(label: answer.classNames[$0], zeroShot: answer.zeroShot[$0], adapted: answer.adapted?[$0])
                })
        }
        return String(decoding: try encoder.encode(entries), as: UTF8.self)
    }
}
