import ArgumentParser
import CLIP
import FewShot
import Foundation
import Store
import Training

/// Which pictures a finished run is looked at on: its own, drawn again, unless other options say otherwise.
struct RunDrawOptions: ParsableArguments {
    @OptionGroup var model: ModelOptions
    @OptionGroup(title: "Data") var dataSource: DataOptions
    @OptionGroup(title: "Split") var split: SplitOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Training pictures per class of the draw (default: the run's, else 4).", valueName: "n"))
    var shots: Int?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Seed of the draw (default: the run's, else 1).", valueName: "n"))
    var seed: Int?

    @Option(name: .customLong("template"), parsing: .singleValue, help: PromptHelp.template)
    var templates: [String] = []

    /// The settings under which the pictures are drawn: the run's, then what the options say.
    /// - Throws: `UsageError` for what is missing or makes no sense.
    func configuration(_ file: AdapterFile?, _ resources: Resources) throws -> TrainingConfiguration {
        var source = dataSource
        source.data = source.data ?? file?.dataPath
        var model = model
        // The run's model, if it is still there; another one is refused by its checksum.
        if model.model == nil, let path = file?.modelPath, FileManager.default.fileExists(atPath: path) {
            model.model = path
        }
        var configuration = TrainingConfiguration(model: try model.directory(resources), data: try source.url())
        if let file { configuration.adoptDraw(of: file) }
        configuration.dataFormat = source.dataFormat ?? (dataSource.data == nil ? file?.dataFormat : nil)
        configuration.dataOptions = source.reading
        configuration.modelFormat = model.encoder.modelFormat
        configuration.precision = model.encoder.precision ?? configuration.precision
        configuration.pillowCompatible = model.encoder.pillowCompatible || file?.readsWithParity == true
        configuration.shots = shots ?? configuration.shots
        configuration.seed = seed ?? configuration.seed
        configuration.validation = split.validation ?? configuration.validation
        configuration.pick = split.pick ?? configuration.pick
        configuration.stratified = split.stratified || configuration.stratified
        configuration.repeats = split.repeat || configuration.repeats
        configuration.nestedIn = split.nested ?? configuration.nestedIn
        configuration.templates = templates.isEmpty ? configuration.templates : templates
        configuration.selection = try selection(file)
        do {
            try configuration.validate()
            _ = try PromptSources(configuration.templates)
        } catch { throw UsageError(error.localizedDescription) }
        return configuration
    }

    /// The draw that a file holds: the one given, else the one that the run has left beside its adapter.
    private func selection(_ file: AdapterFile?) throws -> FewShotSelection? {
        let isDrawnAnew = shots != nil || seed != nil || !split.isDefaultDraw
        if let given = split.selection {
            guard !isDrawnAnew else {
                throw UsageError("--selection says which pictures train and validate; leave out what draws others")
            }
            return try FewShotSelection(contentsOf: URL(filePath: given))
        }
        guard let file, !isDrawnAnew, dataSource.data == nil else { return nil }
        let folder = URL(filePath: file.path).deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        guard let name = names.first(where: { $0.hasPrefix("shot_") && $0.hasSuffix(".json") }) else { return nil }
        return try FewShotSelection(contentsOf: folder.appending(path: name))
    }

    /// Reads, draws and encodes, with progress.
    /// - Throws: errors of the model, the data set and the store; `ExitCode` if it was interrupted.
    func read(_ configuration: TrainingConfiguration) throws -> RunPlan {
        let (progress, interrupt) = (ProgressLine(), CommandInterrupt())
        let request = interrupt.request
        defer { progress.end() }
        let plan = try RunPlan.measuring(
            configuration, state: StateDirectory(), emit: { progress.show($0) }, isCancelled: { request.isMade })
        try interrupt.check()
        guard let plan else { throw ExitCode(130) }
        return plan
    }
}
