/// The settings of a method as a Swift structure, whose initial values are the defaults.
///
/// Each setting is declared once, as a ``SettingField``: name, help, kind and the property that holds it.
public protocol MethodParameters: Sendable {
    /// The defaults.
    static var defaults: Self { get }
    /// The settings.
    static var fields: [SettingField<Self>] { get }
    /// The settings as results and logs write them.
    var hyperParameters: HyperParameters { get }
}

extension MethodParameters {
    /// The defaults with what `settings` say.
    public init(_ settings: MethodSettings) {
        self = Self.defaults
        for field in Self.fields {
            if let value = settings[field.setting.name] { field.set(&self, value) }
        }
    }

    /// The settings under the names of their options.
    public var hyperParameters: HyperParameters { settings }

    /// The values of all settings that have one.
    public var settings: MethodSettings {
        Self.fields.reduce(into: [:]) { $0[$1.setting.name] = $1.get(self) }
    }
}

/// A method without settings.
struct NoParameters: MethodParameters {
    static let defaults = NoParameters()
    static let fields: [SettingField<NoParameters>] = []
}

/// One setting and the property of `Configuration` that holds it.
public struct SettingField<Configuration: Sendable>: Sendable {
    /// The setting.
    public let setting: MethodSetting
    let get: @Sendable (Configuration) -> HyperValue?
    let set: @Sendable (inout Configuration, HyperValue) -> Void

    /// A setting that is read and written in a way of its own.
    /// - Parameters:
    ///   - valueName: what stands for the value in the help; by default a word for its kind.
    ///   - unless: the default in words, where it is not a plain value.
    ///   - implies: what giving it says about other settings, as long as they are not given themselves.
    init(
        _ name: String, _ kind: MethodSetting.Kind, _ valueName: String? = nil, help: String, unless: String? = nil,
        implies: MethodSettings = [:],
        get: @escaping @Sendable (Configuration) -> HyperValue?,
        set: @escaping @Sendable (inout Configuration, HyperValue) -> Void
    ) {
        let usual =
            switch kind {
            case .number, .learningRate: "x"
            case .whole: "n"
            case .choice: "name"
            case .flag: "on|off"
            case .numbers: "a,b,c"
            case .numberOr(let word, _): "x|\(word)"
            }
        setting = MethodSetting(
            name: name, help: help, valueName: valueName ?? usual, kind: kind, defaultInWords: unless,
            implies: implies)
        self.get = get
        self.set = set
    }

    /// A number.
    static func number(
        _ name: String, _ range: NumberRange, _ path: WritableKeyPath<Configuration, Double> & Sendable, help: String,
        implies: MethodSettings = [:]
    ) -> Self { .double(name, .number(range), path, help: help, implies: implies) }

    /// The learning rate of some of the parameters, held as a multiple of the run's.
    static func learningRate(
        _ name: String, _ path: WritableKeyPath<Configuration, Double> & Sendable, help: String, unless: String
    ) -> Self { .double(name, .learningRate, path, help: help, unless: unless) }

    private static func double(
        _ name: String, _ kind: MethodSetting.Kind, _ path: WritableKeyPath<Configuration, Double> & Sendable,
        help: String, unless: String? = nil, implies: MethodSettings = [:]
    ) -> Self {
        Self(name, kind, help: help, unless: unless, implies: implies) {
            .number($0[keyPath: path])
        } set: {
            if case .number(let value) = $1 { $0[keyPath: path] = value }
        }
    }

    /// A number that need not be given.
    static func optional(
        _ name: String, _ range: NumberRange, _ path: WritableKeyPath<Configuration, Double?> & Sendable, help: String,
        unless: String
    ) -> Self {
        Self(name, .number(range), help: help, unless: unless) {
            $0[keyPath: path].map(HyperValue.number)
        } set: {
            if case .number(let value) = $1 { $0[keyPath: path] = value }
        }
    }

    /// A whole number.
    static func whole(
        _ name: String, _ range: ClosedRange<Int>, _ path: WritableKeyPath<Configuration, Int> & Sendable, help: String
    ) -> Self {
        Self(name, .whole(range), help: help) {
            .number(Double($0[keyPath: path]))
        } set: {
            if case .number(let value) = $1, let whole = Int(exactly: value) { $0[keyPath: path] = whole }
        }
    }

    /// One of the cases of an enumeration.
    static func choice<Value: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ path: WritableKeyPath<Configuration, Value> & Sendable, valueName: String = "name",
        help: String
    ) -> Self where Value.RawValue == String {
        Self(name, .choice(Value.allCases.map(\.rawValue)), valueName, help: help) {
            .text($0[keyPath: path].rawValue)
        } set: {
            if case .text(let word) = $1, let value = Value(rawValue: word) { $0[keyPath: path] = value }
        }
    }

    /// On or off.
    static func flag(
        _ name: String, _ path: WritableKeyPath<Configuration, Bool> & Sendable, help: String
    ) -> Self {
        Self(name, .flag, help: help) {
            .flag($0[keyPath: path])
        } set: {
            if case .flag(let value) = $1 { $0[keyPath: path] = value }
        }
    }

    /// Different numbers.
    static func numbers(
        _ name: String, _ range: NumberRange, _ path: WritableKeyPath<Configuration, [Double]> & Sendable, help: String
    ) -> Self {
        Self(name, .numbers(range), help: help) {
            .numbers($0[keyPath: path])
        } set: {
            if case .numbers(let values) = $1 { $0[keyPath: path] = values }
        }
    }
}
