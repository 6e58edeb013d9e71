/// The settings of a method in the form of runs that were stored before settings had names: a structure for each method,
/// beside each other.
struct FormerSettings: Decodable {
    private var structures: [String: [String: Value]] = [:]

    /// Under which key the settings of a method stood.
    private static let keys = [
        "clip-adapter": "clipAdapter", "linear-probe": "linearProbe", "tip-adapter": "tipAdapter",
        "tip-adapter-f": "tipAdapter", "lp++": "lpPlusPlus", "channel-head": "channelHead",
    ]
    /// The settings whose option is called otherwise than their property was.
    private static let names = [
        "residualRatio": "ratio", "textRatio": "text-ratio", "ratioMode": "ratio-mode", "sweptRatios": "ratios",
        "ratioRateFactor": "ratio-lr", "secondReLU": "adapter-relu2", "initialisation": "init",
        "logitScale": "logit-scale", "inverseRegularisation": "C", "augmentPasses": "augment-passes",
        "accumulates": "lppp-accumulate",
    ]

    /// A value, or an enumeration's case: `{"fixed": {"_0": 0.5}}`.
    private enum Value: Decodable {
        case plain(HyperValue)
        case named(String, HyperValue?)

        init(from decoder: any Decoder) throws {
            if let value = try? HyperValue(from: decoder) {
                self = .plain(value)
            } else {
                let cases = try decoder.singleValueContainer().decode([String: [String: HyperValue]].self)
                guard let (name, inner) = cases.first else {
                    throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "empty"))
                }
                self = .named(name, inner["_0"])
            }
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: TextKey.self)
        for name in Set(Self.keys.values) where container.contains(TextKey(stringValue: name)) {
            let inner = try container.nestedContainer(keyedBy: TextKey.self, forKey: TextKey(stringValue: name))
            // The grid of Tip-Adapter's search could not be set.
            for key in inner.allKeys where key.stringValue != "grid" {
                structures[name, default: [:]][key.stringValue] = try inner.decode(Value.self, forKey: key)
            }
        }
    }

    /// The settings of a method under the names of their options.
    func settings(of method: MethodName) -> MethodSettings {
        var settings = method.descriptor.defaultSettings
        let former = Self.keys[method.rawValue].flatMap { structures[$0] } ?? [:]
        for (property, value) in former {
            let name = property == "start" && method.rawValue == "channel-head" ? "head-start" : property
            switch value {
            case .plain(let plain): settings[Self.names[name] ?? name] = plain
            // The mixing of a linear probe was an enumeration: none, a share, or searched.
            case .named("searched", _): settings[name] = .text("search")
            case .named("fixed", let share?): settings[name] = share
            case .named: settings[name] = nil
            }
        }
        return settings
    }
}
