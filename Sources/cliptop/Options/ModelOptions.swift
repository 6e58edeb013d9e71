import ArgumentParser
import CLIP
import FewShot
import Foundation
import Pictures

/// Which model is used and how pictures become its features; the same options in every command that encodes.
struct ModelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Directory of the CLIP model (default: the bundled one).", valueName: "dir"))
    var model: String?

    @OptionGroup var encoder: EncoderOptions

    /// The model's directory: the one given, or the bundled one.
    /// - Throws: `UsageError` if none was given and the bundled one cannot be found.
    func directory(_ resources: Resources) throws -> URL {
        try model.map { URL(filePath: $0, directoryHint: .isDirectory) } ?? resources.bundledModel()
    }

    /// Loads the model.
    /// - Throws: `UsageError`, `CLIPError`, `SafetensorsError`.
    func load(_ resources: Resources) throws -> CLIPModel { try encoder.load(directory(resources)) }
}

/// How a model is read and pictures are encoded, whichever model it is.
struct EncoderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Which files of the model to read where its directory holds both kinds: openclip or hf.",
            valueName: "format"))
    var modelFormat: ModelFormat?

    @Option(
        help: ArgumentHelp(
            "Arithmetic of the image encoder: fp32, bf16 or int8 (default: fp32). The latter two need oneDNN.",
            valueName: "precision"))
    var precision: Precision?

    @Flag(
        name: .customLong("parity"),
        help: "Read pictures as Pillow and torchvision do: alpha dropped, EXIF orientation ignored.")
    var pillowCompatible = false

    /// How pictures are decoded.
    var decoding: DecodingOptions { DecodingOptions(pillowCompatible: pillowCompatible) }

    /// The same with the arithmetic of the run that is to answer, unless another one was asked for.
    func adopting(_ run: TrainedRun?) -> EncoderOptions {
        var options = self
        options.precision = precision ?? run?.file.precision
        return options
    }

    /// Loads the model in a directory, and says what its files leave open.
    /// - Throws: `CLIPError`, `SafetensorsError`, `OneDNNError`.
    func load(_ directory: URL) throws -> CLIPModel {
        let model = try CLIPModel(directory: directory, format: modelFormat, precision: precision ?? .fp32)
        for warning in model.warnings { printError("warning: \(printable(warning))") }
        return model
    }

    /// The key of this model's features in the cache.
    func featureSpace(_ model: CLIPModel) -> FeatureSpace {
        FeatureSpace(model: model, pillowCompatible: pillowCompatible)
    }
}

extension ModelFormat: ExpressibleByArgument {}

extension Precision: ExpressibleByArgument {}
