import FewShot
import Foundation
import Tensors

/// A setting of a run, by the name of the option that sets it.
public struct RunSetting: Sendable, Equatable, Codable {
    /// The option's long name without dashes; what no option sets is called in words.
    public var option: String
    /// Its value in words.
    public var value: String

    /// A setting.
    public init(option: String, value: String) {
        self.option = option
        self.value = value
    }

    /// All settings of a configuration that matter for its method, in alphabetical order.
    public static func all(_ configuration: TrainingConfiguration) -> [RunSetting] {
        // Every stored property has its case, so that the compiler misses one that is forgotten.
        TrainingConfiguration.CodingKeys.allCases.flatMap { configuration.values(of: $0) }
            .map { RunSetting(option: $0.option, value: $0.value) }.sorted { $0.option < $1.option }
    }
}

extension TrainingConfiguration {
    /// The options that set a property, with their values; none where it has no value.
    fileprivate func values(of property: CodingKeys) -> [(option: String, value: String)] {
        func one(_ option: String, _ value: (some Any)?) -> [(option: String, value: String)] {
            value.map { [(option, "\($0)")] } ?? []
        }
        func flag(_ option: String, _ isOn: Bool) -> [(option: String, value: String)] {
            one(option, isOn ? "yes" : "no")
        }
        return switch property {
        case .model: one("model", model.path)
        case .modelFormat: one("model-format", modelFormat?.rawValue)
        case .data: one("data", data.path)
        case .dataFormat: one("data-format", dataFormat?.rawValue)
        case .dataOptions:
            flag("raw-names", dataOptions.rawNames) + flag("allow-outside", dataOptions.allowOutside)
                + one("classes", dataOptions.classFile?.path) + one("vocabulary", dataOptions.vocabulary?.path)
                + one("image-root", dataOptions.imageRoot?.path)
        case .shots: one("shots", shots)
        case .seed: one("seed", seed)
        case .epochs: one("epochs", epochs)
        case .batchSize: one("batch-size", batchSize)
        case .learningRate: one("lr", learningRate)
        case .schedule:
            one(
                "schedule",
                schedule.shape == .cosine && schedule.unit == .epoch ? "cosine-epoch" : schedule.shape.rawValue)
                + one("warmup", schedule.warmUpEpochs) + one("warmup-shape", schedule.warmUp.rawValue)
        case .patience: one("patience", patience)
        case .method: methodValues
        case .validation: one("validation", validation)
        case .pick: one("pick", pick.rawValue)
        case .stratified: flag("stratified", stratified)
        case .repeats: flag("repeat", repeats)
        case .nestedIn: one("nested", nestedIn)
        case .templates: templates.isEmpty ? [] : one("template", templates.joined(separator: ", "))
        case .selection: one("selection", selection.map { _ in "given pictures" })
        case .augment: flag("augment", augment)
        case .pace: one("pace", pace)
        case .precision: one("precision", precision.rawValue)
        case .pillowCompatible: flag("parity", pillowCompatible)
        case .name: one("name", name)
        case .branchedFrom: one("branched from", branchedFrom)
        case .checkpointEvery: one("checkpoint-every", checkpointEvery.description)
        }
    }

    private var methodValues: [(option: String, value: String)] {
        let settings = method.descriptor.settings.compactMap { setting in
            // One that follows the learning rate says nothing until it is set.
            setting.followsLearningRate && method[setting.name] == method.descriptor.defaultSettings[setting.name]
                ? nil
                : method[setting.name].map { (setting.name, setting.text($0, learningRate: learningRate)) }
        }
        return [("method", method.name.rawValue)] + method.optimiser.values + settings
    }
}

extension OptimiserRule {
    /// The options that set it, with their values.
    fileprivate var values: [(option: String, value: String)] {
        switch self {
        case .sgd(let momentum, let decay, _, _):
            [("optimiser", "sgd"), ("momentum", "\(momentum)"), ("weight-decay", "\(decay)")]
        case .adam(_, _, _, let decay): [("optimiser", "adam"), ("weight-decay", "\(decay)")]
        case .adamW(_, _, _, let decay): [("optimiser", "adamw"), ("weight-decay", "\(decay)")]
        }
    }
}

/// The settings in which runs differ.
public struct RunDifference: Sendable, Equatable, Codable {
    /// The option.
    public var option: String
    /// Its value in each run, in the order of the runs; nil where a run has no such setting.
    public var values: [String?]

    /// The settings in which these runs differ, in alphabetical order.
    public static func between(_ runs: [[RunSetting]]) -> [RunDifference] {
        let tables = runs.map { Dictionary($0.map { ($0.option, $0.value) }, uniquingKeysWith: { $1 }) }
        let options = Set(tables.flatMap(\.keys)).subtracting(["name"])
        return options.sorted().compactMap { option in
            let values = tables.map { $0[option] }
            return Set(values).count > 1 ? RunDifference(option: option, values: values) : nil
        }
    }
}
