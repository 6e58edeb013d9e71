/// A number that may change between two batches: its name, how it is written, and which values it may have.
///
/// A method declares its own in its folder and hands them out with their values as ``AdaptationMethod/ownLiveValues``.
/// Controls, records, exports and viewers know a setting by its name only.
public struct LiveSetting: Sendable, Equatable {
    /// How a value is written.
    public enum Format: Sendable, Equatable {
        /// Two digits and an exponent: `3.0e-3`.
        case scientific
        /// Two decimals: `0.40`.
        case share
    }

    /// Which values are allowed.
    public enum Bounds: Sendable, Equatable {
        /// Above 0.
        case positive
        /// 0 or above.
        case notNegative
        /// From 0 to 1.
        case unitInterval
        /// From 0 to below 1.
        case belowOne

        /// Whether a value is finite and within the bounds.
        public func contains(_ value: Double) -> Bool {
            guard value.isFinite else { return false }
            return switch self {
            case .positive: value > 0
            case .notNegative: value >= 0
            case .unitInterval: value >= 0 && value <= 1
            case .belowOne: value >= 0 && value < 1
            }
        }

        /// For messages: the setting must be …
        public var text: String {
            switch self {
            case .positive: "above 0"
            case .notNegative: "0 or above"
            case .unitInterval: "from 0 to 1"
            case .belowOne: "from 0 to below 1"
            }
        }
    }

    /// What the command line, files and programs call it.
    public let name: String
    /// What it is called in sentences.
    public let title: String
    /// How a value is written.
    public let format: Format
    /// Which values are allowed.
    public let bounds: Bounds
    /// Where the configuration of a run has its value; nil for the learning rate, which belongs to no method.
    public let configured: (WritableKeyPath<MethodConfiguration, Double> & Sendable)?

    /// The declaration of a setting.
    public init(
        name: String, title: String, format: Format, bounds: Bounds,
        configured: (WritableKeyPath<MethodConfiguration, Double> & Sendable)? = nil
    ) {
        self.name = name
        self.title = title
        self.format = format
        self.bounds = bounds
        self.configured = configured
    }

    /// Why a value is not allowed, in one line; nil if it is.
    public func refusal(of value: Double) -> String? {
        bounds.contains(value) ? nil : "the \(title) must be \(bounds.text)"
    }

    /// Settings are told apart by their names.
    public static func == (a: LiveSetting, b: LiveSetting) -> Bool { a.name == b.name }

    /// The base learning rate; a schedule multiplies it.
    public static let learningRate = LiveSetting(
        name: "lr", title: "learning rate", format: .scientific, bounds: .positive)

    /// The weight decay of all parameters that decay, in the form of the update rule.
    public static let weightDecay = LiveSetting(
        name: "weight-decay", title: "weight decay", format: .scientific, bounds: .notNegative,
        configured: \MethodConfiguration.optimiser.weightDecay)

    /// The settings of all methods, in the order in which they are shown.
    public static let all: [LiveSetting] = (MethodRegistry.descriptors.flatMap(\.liveSettings) + [.weightDecay])
        .reduce(into: [.learningRate]) { if !$0.contains($1) { $0.append($1) } }

    /// The setting of this name. A name that no method declares, as another version may have stored it, is its own title.
    public static func named(_ name: String) -> LiveSetting {
        all.first { $0.name == name } ?? LiveSetting(name: name, title: name, format: .scientific, bounds: .notNegative)
    }
}

/// A live setting of one method, with the way to its value.
public struct LiveValue {
    /// The setting.
    public let setting: LiveSetting
    private let read: () -> Double
    private let write: (Double) -> Void

    /// A setting whose value is read and written by these functions, between two batches.
    public init(_ setting: LiveSetting, read: @escaping () -> Double, write: @escaping (Double) -> Void) {
        (self.setting, self.read, self.write) = (setting, read, write)
    }

    /// The value of the next batch.
    /// - Precondition: a new value is within the setting's bounds.
    public var value: Double {
        get { read() }
        nonmutating set { write(newValue) }
    }
}

extension AdaptationMethod {
    /// The settings that may change between two batches, with their values.
    public var liveValues: [LiveValue] {
        guard let first = optimisers.first else { return ownLiveValues }
        let weightDecay = LiveValue(.weightDecay) {
            first.weightDecay
        } write: { [optimisers] value in
            for optimiser in optimisers { optimiser.weightDecay = value }
        }
        return ownLiveValues + [weightDecay]
    }

    /// The value of a live setting; nil for one that the method does not have, and setting it does nothing then.
    public subscript(setting: LiveSetting) -> Double? {
        get { liveValues.first { $0.setting == setting }?.value }
        set {
            if let newValue { liveValues.first { $0.setting == setting }?.value = newValue }
        }
    }
}
