import Tensors

/// What a method says about itself: command line, configuration files, help, tables, stored settings, comparison and
/// dashboard ask it and know no method by name.
///
/// Every method has one as a static value in its own folder, and one line in ``MethodRegistry``.
public struct MethodDescriptor: Sendable {
    /// The name of `--method`.
    public let name: MethodName
    /// What it does, in one sentence.
    public let summary: String
    /// Where it was published; nil for what has no paper of its own.
    public let paper: Paper?
    /// How many numbers are trained, as a formula in N training pictures, K classes, D width and H hidden width of a
    /// bottleneck; empty for none.
    public let parameterCount: String
    /// How it wants the training pictures.
    public let batching: Batching
    /// Whether its step sizes follow from the data or a solver, so that learning rate, schedule and optimiser have no say.
    public let choosesOwnSteps: Bool
    /// Whether what it learned belongs to the classes it was trained on; otherwise it answers for any labels.
    public let isClassBound: Bool
    /// What it needs besides the features of the training pictures and the classifier.
    public let needs: MethodNeeds
    /// How it is trained unless somebody says otherwise.
    public let training: TrainingDefaults
    /// Its settings.
    public let settings: [MethodSetting]
    /// The settings at their defaults; those that are chosen from data are not among them.
    public let defaultSettings: MethodSettings
    /// The settings that may change while it trains, besides the learning rate.
    public let liveSettings: [LiveSetting]
    /// Published settings that a run can start from.
    public let presets: [MethodPreset]
    /// How everything that is not learned by gradient steps is chosen.
    public let choices: [HyperParameterChoice]

    private let titleOf: @Sendable (MethodSettings) -> String?
    private let hyperParametersOf: @Sendable (MethodSettings) -> HyperParameters
    private let viewsOf: @Sendable (MethodSettings) -> Int
    private let check: @Sendable (MethodSettings) throws -> Void
    private let recognise: @Sendable (Set<String>) -> Bool
    private let maker: @Sendable (MethodSettings, OptimiserRule, MethodInputs) throws -> any AdaptationMethod
    private let reader: @Sendable (AdapterFile, Tensor<Float>, Float) throws -> any FeatureClassifier

    /// A method whose settings are the fields of `Configuration`.
    /// - Parameters:
    ///   - title: the method with its variant, for people; nil for the name alone.
    ///   - views: over how many random views the features of each training picture are averaged for
    ///     ``MethodInputs/keyFeatures``; 0 for none.
    ///   - check: throws ``ConfigurationError`` for settings that do not go together; each by itself has been checked.
    ///   - recognises: whether a file with tensors of these names holds this method, where the file does not say.
    ///   - make: the method at its start.
    ///   - read: what a file of this method holds, ready to answer for the classes of the given text features
    ///     `[classes, width]`; throws ``AdapterFileError``.
    init<Configuration: MethodParameters>(
        _ name: MethodName, _ configuration: Configuration.Type, summary: String, paper: Paper?,
        parameterCount: String = "",
        batching: Batching,
        choosesOwnSteps: Bool = false, isClassBound: Bool, needs: MethodNeeds = [],
        training: TrainingDefaults = TrainingDefaults(), liveSettings: [LiveSetting] = [], presets: [MethodPreset] = [],
        choices: [HyperParameterChoice] = [],
        title: @escaping @Sendable (Configuration) -> String? = { _ in nil },
        views: @escaping @Sendable (Configuration) -> Int = { _ in 0 },
        check: @escaping @Sendable (Configuration) throws -> Void = { _ in },
        recognises: @escaping @Sendable (Set<String>) -> Bool,
        make: @escaping @Sendable (Configuration, OptimiserRule, MethodInputs) throws -> any AdaptationMethod,
        read: @escaping @Sendable (AdapterFile, Tensor<Float>, Float) throws -> any FeatureClassifier
    ) {
        self.name = name
        self.summary = summary
        self.paper = paper
        self.parameterCount = parameterCount
        self.batching = batching
        self.choosesOwnSteps = choosesOwnSteps
        self.isClassBound = isClassBound
        self.needs = needs
        self.training = training
        self.liveSettings = liveSettings
        self.presets = presets
        self.choices = choices
        settings = Configuration.fields.map(\.setting)
        defaultSettings = Configuration.defaults.settings
        titleOf = { title(Configuration($0)) }
        hyperParametersOf = { Configuration($0).hyperParameters }
        viewsOf = { views(Configuration($0)) }
        self.check = { try check(Configuration($0)) }
        recognise = recognises
        maker = { try make(Configuration($0), $1, $2) }
        reader = read
    }

    /// Whether an adapted feature is blended with the plain one by a ratio that can be looked at afterwards.
    public var hasResidualRatio: Bool { liveSettings.contains(.residualRatio) }

    /// The setting of this name; nil if the method has none.
    public func setting(_ name: String) -> MethodSetting? { settings.first { $0.name == name } }

    /// The preset of this name; nil if the method has none.
    public func preset(_ name: String) -> MethodPreset? { presets.first { $0.name == name } }

    /// The method with its variant, for people: `clip-adapter visual`.
    public func title(_ settings: MethodSettings) -> String { titleOf(settings) ?? name.rawValue }

    /// Settings as results and logs write them.
    public func hyperParameters(_ settings: MethodSettings) -> HyperParameters { hyperParametersOf(settings) }

    /// Over how many random views the features of each training picture are averaged; 0 for none.
    public func views(_ settings: MethodSettings) -> Int { needs.contains(.averagedViews) ? viewsOf(settings) : 0 }

    /// Looks for values that make no sense.
    /// - Parameter learningRate: the run's, for settings that are kept as a multiple of it.
    /// - Throws: ``ConfigurationError`` for the first one.
    public func validate(_ values: MethodSettings, learningRate: Double) throws {
        for name in values.keys.sorted() where setting(name) == nil {
            throw ConfigurationError(
                option: name, value: "", wants: "another method than \(self.name.rawValue), which has no such setting")
        }
        for setting in settings {
            if let value = values[setting.name] { try setting.validate(value, learningRate: learningRate) }
        }
        try check(values)
    }

    /// Whether a file with tensors of these names holds this method.
    func recognises(_ tensors: Set<String>) -> Bool { recognise(tensors) }

    /// The method at its start.
    /// - Throws: whatever it cannot be made from.
    func make(
        _ settings: MethodSettings, _ optimiser: OptimiserRule, _ inputs: MethodInputs
    ) throws -> any AdaptationMethod { try maker(settings, optimiser, inputs) }

    /// What a trained method left in a file.
    /// - Throws: ``AdapterFileError``.
    func read(
        _ file: AdapterFile, textFeatures: Tensor<Float>, logitScale: Float
    ) throws -> any FeatureClassifier { try reader(file, textFeatures, logitScale) }
}

/// How a method wants the training pictures.
public enum Batching: Sendable, Equatable {
    /// A fresh order every epoch, cut into batches.
    case shuffled
    /// All of them in every step, in the order of the training set; an epoch is one step.
    case fullBatch
    /// Not at all: the method is finished once it has been made.
    case trainingFree
}

/// What a method needs besides cached features and classifier; whoever makes ``MethodInputs`` provides it.
public struct MethodNeeds: OptionSet, Sendable {
    public let rawValue: Int

    /// A set of needs.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// ``MethodInputs/keyFeatures``: features averaged over random views, as many as the settings say.
    public static let averagedViews = MethodNeeds(rawValue: 1 << 0)
    /// ``MethodInputs/prompts``: the feature of every single prompt.
    public static let promptFeatures = MethodNeeds(rawValue: 1 << 1)
}

/// Where a method was published.
public struct Paper: Sendable, Equatable {
    /// Its title.
    public let title: String
    /// First author and year: `Gao et al., 2021`.
    public let authors: String
    /// Its number on arXiv.
    public let arXiv: String

    /// A paper.
    init(_ title: String, _ authors: String, arXiv: String) {
        (self.title, self.authors, self.arXiv) = (title, authors, arXiv)
    }
}

/// How a hyper-parameter gets its value when nobody gives one.
public struct HyperParameterChoice: Sendable, Equatable {
    /// Where the value comes from.
    public enum Source: String, Sendable, Equatable {
        /// The authors' constant for all data sets.
        case published
        /// Our constant for all data sets.
        case ours
        /// Computed from the few shots.
        case supportSet = "support set"
        /// Searched on the validation pictures; without any, a constant.
        case validation
    }

    /// What it is called: a setting's name, or `epoch`.
    public let name: String
    /// Where its value comes from.
    public let source: Source

    /// A choice.
    init(_ name: String, _ source: Source) { (self.name, self.source) = (name, source) }
}
