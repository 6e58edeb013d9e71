import Foundation

/// A setting of a run, by the name of the option that sets it.
public struct RunSetting: Sendable, Equatable, Codable {
    /// The option's long name without dashes; where there is none, the setting's place in the configuration.
    public var option: String
    /// Its value in words.
    public var value: String

    /// A setting.
    public init(option: String, value: String) {
        self.option = option
        self.value = value
    }

    /// All settings of a configuration that matter for its method, in alphabetical order.
    ///
    /// They are taken from the configuration as it is stored, so that none can be forgotten here.
    public static func all(_ configuration: TrainingConfiguration) -> [RunSetting] {
        guard let data = try? WireFormat.encode(configuration),
            let object = try? JSONSerialization.jsonObject(with: data)
        else { return [] }
        var found: [String: String] = [:]
        flatten(object, "", into: &found)
        found["checkpointEvery"] = configuration.checkpointEvery.description
        let own = "method.\(Self.settingsName(of: configuration))"
        let rule = "method.optimiser."
        for path in found.keys where path.hasPrefix(rule) {
            let places = path.dropFirst(rule.count).split(separator: ".", maxSplits: 1)
            guard places.count == 2, let value = found.removeValue(forKey: path) else { continue }
            found["optimiser"] = places[0].lowercased()
            found[places[1] == "weightDecay" ? "weight-decay" : "optimiser.\(places[1])"] = value
        }
        return found.compactMap { path, value in
            let isOfOtherMethod =
                methodSettings.contains { path.hasPrefix("method.\($0)") } && !path.hasPrefix(own + ".")
            return isOfOtherMethod ? nil : RunSetting(option: option(path, own), value: value)
        }.sorted { $0.option < $1.option }
    }

    private static let methodSettings = ["clipAdapter", "linearProbe", "tipAdapter", "lpPlusPlus", "channelHead"]

    private static func settingsName(of configuration: TrainingConfiguration) -> String {
        switch configuration.method.name {
        case .clipAdapter: "clipAdapter"
        case .linearProbe: "linearProbe"
        case .tipAdapter, .tipAdapterF: "tipAdapter"
        case .lpPlusPlus: "lpPlusPlus"
        case .channelHead: "channelHead"
        case .zeroShot: "none"
        }
    }

    private static let options = [
        "learningRate": "lr", "batchSize": "batch-size", "repeats": "repeat", "templates": "template",
        "method.name": "method", "schedule.shape": "schedule", "schedule.warmUpEpochs": "warmup",
        "modelFormat": "model-format", "dataFormat": "data-format", "residualRatio": "ratio", "textRatio": "text-ratio",
        "checkpointEvery": "checkpoint-every", "branchedFrom": "branched from", "ratioMode": "ratio-mode",
        "inverseRegularisation": "C",
        "augmentPasses": "augment-passes",
    ]

    private static func option(_ path: String, _ own: String) -> String {
        let short = path.hasPrefix(own + ".") ? String(path.dropFirst(own.count + 1)) : path
        return options[short] ?? short
    }

    private static func flatten(_ value: Any, _ path: String, into found: inout [String: String]) {
        switch value {
        case let object as [String: Any]:
            if object.isEmpty { return }
            // An enumeration's case without values is a word, one with values a word with places below it.
            if object.count == 1, let (name, inner) = object.first, let inner = inner as? [String: Any], !path.isEmpty,
                inner.keys.allSatisfy({ $0.hasPrefix("_") }) || inner.isEmpty
            {
                let values = inner.keys.sorted().map { text(inner[$0] ?? "") }
                found[path] = ([name] + values).joined(separator: " ")
                return
            }
            for (key, inner) in object { flatten(inner, path.isEmpty ? key : "\(path).\(key)", into: &found) }
        default: found[path] = text(value)
        }
    }

    private static func text(_ value: Any) -> String {
        switch value {
        case let list as [Any]:
            return list.count > 8 ? "\(list.count) values" : list.map(text).joined(separator: ", ")
        case let number as NSNumber:
            // JSON's true and false come as numbers of a kind of their own.
            let isTruth = String(cString: number.objCType) == String(cString: NSNumber(value: true).objCType)
            return isTruth ? (number.boolValue ? "yes" : "no") : number.stringValue
        case let url as String where url.hasPrefix("file://"):
            return URL(string: url)?.path ?? url
        default: return "\(value)"
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
