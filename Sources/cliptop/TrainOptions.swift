import ArgumentParser
import CLIP
import FewShot
import Foundation
import Training

/// The options of `train`. Every one may also stand in a configuration file, under its long name without dashes.
struct TrainOptions: ParsableArguments {
    @OptionGroup var model: ModelOptions

    @OptionGroup(title: "Data") var dataSource: DataOptions

    @Option(
        help: ArgumentHelp(
            "The method: \(MethodName.allCases.map(\.rawValue).joined(separator: ", ")) (default: \(MethodRegistry.standard.rawValue)).",
            valueName: "name"))
    var method: MethodName?

    @Option(
        help: ArgumentHelp(
            "Start from published settings; options given besides win. \(PresetHelp.text)", valueName: "name"))
    var preset: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Training pictures per class (default: 4).", valueName: "n"))
    var shots: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Seed of everything random (default: 1).", valueName: "n"))
    var seed: Int?

    @OptionGroup(title: "Training") var optimisation: OptimisationOptions<DefaultsOfMethods>

    @OptionGroup(title: "Settings of the methods") var methodSettings: MethodOptions<AllSettings, DefaultsOfMethods>

    @Flag(inversion: .prefixedNo, help: "Train every epoch on fresh random views of the pictures.")
    var augment: Bool?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "At most n batches per second in the dashboard, for teaching; 0 for no limit.", valueName: "n"))
    var pace: Double?

    @Option(
        help: ArgumentHelp(
            """
            Keep a checkpoint every so often: 30s, 5m, 1h, 10e for every ten epochs, or never; one is kept at the end in \
            any case (default: 30s).
            """, valueName: "interval"))
    var checkpointEvery: CheckpointInterval?

    @OptionGroup(title: "Split") var split: SplitOptions

    @Option(
        name: .customLong("template"), parsing: .singleValue,
        help: PromptHelp.template)
    var templates: [String] = []

    @Flag(help: "Exit with status 1 if any picture could not be read.")
    var strict = false

    @OptionGroup(title: "Dashboard") var screen: ScreenOptions

    @Flag(help: "Plain lines instead of the dashboard.")
    var plain = false

    @Option(help: ArgumentHelp("Write the results to a file, as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("A name for the run.", valueName: "text"))
    var name: String?

    @OptionGroup(title: "Logs for other programs") var logs: LogOptions

    /// The run these options describe.
    /// - Throws: `UsageError` for what is missing or makes no sense.
    func trainingConfiguration(_ resources: Resources) throws -> TrainingConfiguration {
        let data = try dataSource.url()
        let defaults = TrainingConfiguration(
            model: try model.directory(resources), data: data)
        var configuration = defaults
        configuration.dataFormat = dataSource.dataFormat
        configuration.dataOptions = dataSource.reading
        configuration.shots = shots ?? defaults.shots
        configuration.seed = seed ?? defaults.seed
        try applyMethod(to: &configuration)
        configuration.augment = augment ?? defaults.augment
        configuration.pace = pace == 0 ? nil : pace
        configuration.checkpointEvery = checkpointEvery ?? defaults.checkpointEvery
        configuration.validation = split.validation ?? configuration.validation
        configuration.pick = split.pick ?? configuration.pick
        configuration.stratified = split.stratified
        configuration.repeats = split.repeat
        configuration.nestedIn = split.nested
        if let file = split.selection {
            guard shots == nil, split.isDefaultDraw else {
                throw UsageError(
                    "--selection says which pictures train and validate; leave out --shots, --pick, --validation, "
                        + "--stratified, --repeat and --nested")
            }
            configuration.selection = try FewShotSelection(contentsOf: URL(filePath: file))
        }
        configuration.templates = templates.isEmpty ? defaults.templates : templates
        configuration.modelFormat = model.encoder.modelFormat
        configuration.precision = model.encoder.precision ?? defaults.precision
        configuration.pillowCompatible = model.encoder.pillowCompatible
        if let name { try Self.check(name: name) }
        configuration.name = name
        do {
            try configuration.validate()
            _ = try PromptSources(configuration.templates)
        } catch { throw UsageError(error.localizedDescription) }
        return configuration
    }
}

extension TrainOptions {
    /// Looks whether a run can be called so.
    /// - Throws: `UsageError`.
    static func check(name: String) throws {
        guard !name.isEmpty, name != "latest" else {
            throw UsageError("--name '\(name)': wants a name that says which run is meant")
        }
    }

    /// The method's usual settings, then a preset's, then what the options say.
    private func applyMethod(to configuration: inout TrainingConfiguration) throws {
        configuration.use(method ?? MethodRegistry.standard)
        if let preset {
            guard let found = configuration.method.descriptor.preset(preset) else {
                throw UsageError(
                    "--preset \(preset): \(configuration.method.name.rawValue) has no such preset; \(PresetHelp.text)")
            }
            configuration.start(from: found)
        }
        try optimisation.apply(to: &configuration)
        // What the command line says and the method does not have was refused before, for all methods of a comparison.
        try methodSettings.apply(to: &configuration, passingOver: true)
    }
}

/// The presets of all methods, in words.
enum PresetHelp {
    static var text: String {
        MethodRegistry.descriptors.filter { !$0.presets.isEmpty }
            .map { "\($0.name.rawValue): \($0.presets.map(\.name).joined(separator: ", "))." }.joined(separator: " ")
    }
}

extension MethodName: ExpressibleByArgument {
    public static var allValueStrings: [String] { allCases.map(\.rawValue) }
}

extension CheckpointInterval: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
