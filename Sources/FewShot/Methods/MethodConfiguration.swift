import Tensors

/// Which method is trained, by which update rule, and its settings. Stored runs, checkpoints and comparisons hold it as
/// `{name, optimiser, settings}`.
public struct MethodConfiguration: Sendable, Equatable, Codable {
    /// The method; another one begins with its default settings.
    public var name: MethodName {
        didSet { if name != oldValue { settings = descriptor.defaultSettings } }
    }
    /// How gradients become steps, for methods that are trained by them.
    public var optimiser: OptimiserRule
    /// The method's settings by the names of their options; one that is chosen from data is not among them.
    public var settings: MethodSettings

    /// A method with its default settings.
    public init(_ name: MethodName = MethodRegistry.standard, optimiser: OptimiserRule = .adam()) {
        self.name = name
        self.optimiser = optimiser
        settings = name.descriptor.defaultSettings
    }

    /// What the method says about itself.
    public var descriptor: MethodDescriptor { name.descriptor }

    /// The value of a setting; nil where it is chosen from data, or the method has none of this name.
    public subscript(_ setting: String) -> HyperValue? {
        get { settings[setting] }
        set { settings[setting] = newValue }
    }

    /// The settings as the structure that the method itself works with.
    public subscript<Parameters: MethodParameters>(_: Parameters.Type) -> Parameters {
        get { Parameters(settings) }
        set { settings = newValue.settings }
    }

    /// The method with its variant, for people: `clip-adapter visual`.
    public var title: String { descriptor.title(settings) }

    /// The settings as results and logs write them.
    public var hyperParameters: HyperParameters { descriptor.hyperParameters(settings) }

    /// Looks for values that make no sense.
    /// - Parameter learningRate: the run's, for settings that are kept as a multiple of it.
    /// - Throws: ``ConfigurationError`` for the first one.
    public func validate(learningRate: Double) throws {
        try descriptor.validate(settings, learningRate: learningRate)
    }

    /// - Throws: `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(MethodName.self, forKey: .name)
        optimiser = try container.decode(OptimiserRule.self, forKey: .optimiser)
        settings =
            try container.decodeIfPresent(MethodSettings.self, forKey: .settings)
            ?? FormerSettings(from: decoder).settings(of: name)
    }
}

extension MethodConfiguration: CustomStringConvertible {
    /// All of it in words, the settings in alphabetical order.
    public var description: String {
        let words = settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return "\(name.rawValue), \(optimiser), " + words.joined(separator: ", ")
    }
}
