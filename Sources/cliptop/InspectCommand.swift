import ArgumentParser
import CLIP
import FewShot
import Foundation
import Pictures
import Safetensors
import Tensors
import Training

/// `cliptop inspect`: what a model directory or a safetensors file holds, without reading its weights.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "What a model directory or a safetensors file holds.",
        discussion: "With --precision, also what that precision gains and loses against fp32, measured on pictures.")

    @Argument(help: ArgumentHelp("A CLIP directory or a safetensors file.", valueName: "dir-or-file"))
    var path: String

    @Option(
        help: ArgumentHelp(
            "Load the model and measure what this arithmetic of its image encoder gains and loses: bf16 or int8.",
            valueName: "precision"))
    var precision: Precision?

    @Option(help: ArgumentHelp("Pictures for that (default: the bundled sample).", valueName: "path"))
    var data: String?

    func run() throws {
        guard precision != .fp32 else { throw UsageError("--precision fp32: is what bf16 and int8 are compared with") }
        guard data == nil || precision != nil else { throw UsageError("--data PATH: wants --precision bf16 or int8") }
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        if exists, !isDirectory.boolValue {
            guard precision == nil else { throw UsageError("--precision: \(path) is a file; wants a model directory") }
            Output.line(Self.describe(try SafetensorsFile(URL(filePath: path))))
        } else {
            let directory = URL(filePath: path, directoryHint: .isDirectory)
            let model = try ModelInspection(directory: directory)
            Output.line(Self.describe(model))
            for warning in model.warnings { printError("warning: \(printable(warning))") }
            if let precision { Output.line(try measure(precision, of: directory)) }
        }
    }

    /// What a precision gains and loses, measured.
    private func measure(_ precision: Precision, of directory: URL) throws -> String {
        let pictures = try data.map { URL(filePath: $0, directoryHint: .isDirectory) } ?? Resources().bundledPictures()
        let dataset = try DatasetReader.read(pictures)
        try OpenBLAS.prepare()
        let reduced = try CLIPModel(directory: directory, precision: precision)
        let comparison = try PrecisionComparison(
            reduced, reference: try CLIPModel(directory: directory), dataset: dataset)
        return Self.table(PrecisionReport(precision: precision, data: dataset.name, comparison: comparison).rows)
    }

    private static func describe(_ model: ModelInspection) -> String {
        let preprocessing = model.preprocessing
        func list(_ values: [Float]) -> String {
            values.map { NumberFormat.fixed(Double($0), 3) }.joined(separator: ", ")
        }
        func cost(_ cost: ArithmeticCost) -> String {
            "\(giga(cost.computed)) GFLOP computed, \(giga(cost.full)) as usually counted"
        }
        let tokens = min(16, model.contextLength)
        let rows = [
            ("model", printable(model.name)),
            ("format", "\(model.format)"),
            ("image tower", model.imageTower),
            ("text tower", model.textTower),
            ("activation", model.activations.map { "\($0)" }.joined(separator: " and ")),
            ("shared space", "\(model.embeddingWidth) numbers"),
            ("vocabulary", "\(model.vocabularySize) tokens, context \(model.contextLength)"),
            (
                "preprocessing",
                "\(preprocessing.size) px, \(preprocessing.resizeMode.rawValue), \(preprocessing.interpolation.rawValue), "
                    + "mean \(list(preprocessing.mean)), deviation \(list(preprocessing.standardDeviation))"
            ),
            (
                "parameters",
                "\(million(model.parameters)): image \(million(model.imageParameters)), text \(million(model.textParameters))"
            ),
            ("weights", "\(model.dataTypes.joined(separator: ", ")), \(megabytes(model.weightBytes)) on disk"),
            ("memory", "\(megabytes(model.memoryBytes)) for the weights in fp32"),
            ("a picture", cost(model.pictureCost)),
            ("a text", "of \(tokens) tokens: \(cost(model.textCost(tokens: tokens)))"),
        ]
        return table(rows)
    }

    private static func describe(_ file: SafetensorsFile) -> String {
        let tensors = file.names.compactMap { name in file.info(name).map { (name, $0) } }
        let total = tensors.reduce(0) { $0 + $1.1.byteRange.count }
        let metadata = file.metadata.sorted { $0.key < $1.key }.map { (printable($0.key), printable($0.value)) }
        let rows = tensors.map { name, info in
            (printable(name), "\(info.dataType.rawValue) [\(info.shape.map(String.init).joined(separator: ", "))]")
        }
        return [
            metadata.isEmpty ? nil : table(metadata), rows.isEmpty ? nil : table(rows),
            "\(tensors.count) tensors, \(tensors.reduce(0) { $0 + $1.1.count }) numbers, \(megabytes(total))",
        ].compactMap { $0 }.joined(separator: "\n\n")
    }

    private static func table(_ rows: [(String, String)]) -> String {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { $0.0 + String(repeating: " ", count: width - $0.0.count) + "  " + $0.1 }
            .joined(separator: "\n")
    }

    private static func giga(_ count: Int) -> String { NumberFormat.fixed(Double(count) / 1e9, 3) }
    private static func million(_ count: Int) -> String { NumberFormat.fixed(Double(count) / 1e6, 2) + " M" }
    private static func megabytes(_ count: Int) -> String { NumberFormat.fixed(Double(count) / 1e6, 1) + " MB" }
}
