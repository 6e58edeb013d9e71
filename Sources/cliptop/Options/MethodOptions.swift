import ArgumentParser
import FewShot
import Training

/// The settings of all methods as options. Names, help and defaults are the methods' own descriptions; a method's new
/// setting is an option without a word here.
struct MethodOptions<Choice: SettingChoice, Defaults: StatedDefaults>: ParsableArguments, CustomReflectable {
    /// What was given, by the options' names.
    private(set) var given: [String: String] = [:]

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: TextKey.self)
        for option in Choice.options {
            let parsed = try container.decode(Option<String?>.self, forKey: TextKey(stringValue: option.name))
            if let text = parsed.wrappedValue { given[option.name] = text }
        }
    }

    /// The options, as the parser finds those of other structures in their properties.
    var customMirror: Mirror {
        Mirror(self, children: Choice.options.map { (label: $0.name, value: $0.option(Defaults.self)) })
    }

    /// Sets what these options say; the method and the learning rate must have been set.
    /// - Parameters:
    ///   - passingOver: whether settings that the method does not have are passed over, and not refused.
    ///   - keeping: whether what a given setting says about others must be so already.
    /// - Throws: `UsageError`.
    func apply(
        to configuration: inout TrainingConfiguration, passingOver: Bool = false, keeping: Bool = false
    ) throws {
        let descriptor = configuration.method.descriptor
        for (name, text) in given.sorted(by: { $0.key < $1.key }) {
            guard let setting = descriptor.setting(name) else {
                if passingOver { continue }
                throw UsageError("--\(name): \(descriptor.reason(against: name) ?? "no such setting")")
            }
            guard let value = setting.value(text, learningRate: configuration.learningRate) else {
                throw UsageError("--\(name) \(text): wants \(setting.wants)")
            }
            configuration.method[name] = value
            for (other, implied) in setting.implies where given[other] == nil {
                guard !keeping || configuration.method[other] == implied else {
                    throw UsageError("--\(name): the run has another \(other), which stays")
                }
                configuration.method[other] = implied
            }
        }
    }
}

/// Which settings of the methods are options.
protocol SettingChoice {
    /// The options of these settings: every parse asks for them several times.
    static var options: [SettingOption] { get }
    static func includes(_ setting: MethodSetting, of method: MethodDescriptor) -> Bool
}

/// All of them.
enum AllSettings: SettingChoice {
    static let options = SettingOption.all(AllSettings.self)
    static func includes(_ setting: MethodSetting, of method: MethodDescriptor) -> Bool { true }
}

/// Those that may change while a method trains.
enum LiveSettings: SettingChoice {
    static let options = SettingOption.all(LiveSettings.self)
    static func includes(_ setting: MethodSetting, of method: MethodDescriptor) -> Bool {
        method.liveSettings.contains { $0.name == setting.name }
    }
}

/// One option, which settings of several methods may share.
struct SettingOption: Sendable {
    /// The long name without dashes.
    let name: String
    private var settings: [(method: MethodDescriptor, setting: MethodSetting)]

    /// The options of the chosen settings, in the order of the methods.
    static func all<Choice: SettingChoice>(_ choice: Choice.Type) -> [SettingOption] {
        var options: [SettingOption] = []
        for method in MethodRegistry.descriptors {
            for setting in method.settings where Choice.includes(setting, of: method) {
                if let place = options.firstIndex(where: { $0.name == setting.name }) {
                    options[place].settings.append((method, setting))
                } else {
                    options.append(SettingOption(name: setting.name, settings: [(method, setting)]))
                }
            }
        }
        return options
    }

    /// The option as the parser takes it. A text that is a value for none of the methods is refused at once.
    func option(_ defaults: any StatedDefaults.Type) -> Option<String?> {
        let settings = settings.map(\.setting)
        return Option(
            name: .customLong(name), parsing: .unconditional,
            help: ArgumentHelp("\(help(defaults))", valueName: settings.first?.valueName),
            transform: { text in
                guard settings.contains(where: { $0.value(text) != nil }) else {
                    throw ValidationError(
                        "wants "
                            + settings.map(\.wants).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
                            .joined(separator: ", or "))
                }
                return text
            })
    }

    /// `tip-adapter, tip-adapter-f: Weight of the cache (default: 1).`
    private func help(_ defaults: any StatedDefaults.Type) -> String {
        var parts: [(methods: [String], text: String)] = []
        for (method, setting) in settings {
            let usual =
                setting.defaultInWords ?? method.defaultSettings[setting.name].map { setting.text($0) } ?? "none"
            let stated = defaults.statesSettings ? " (default: \(usual))." : " (default: as in the run)."
            let text = (setting.help.hasSuffix(".") ? String(setting.help.dropLast()) : setting.help) + stated
            if let place = parts.firstIndex(where: { $0.text == text }) {
                parts[place].methods.append(method.name.rawValue)
            } else {
                parts.append(([method.name.rawValue], text))
            }
        }
        return parts.map { "\($0.methods.joined(separator: ", ")): \($0.text)" }.joined(separator: " ")
    }
}
