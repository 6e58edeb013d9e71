import ArgumentParser
import FewShot

/// The options of `--method linear-probe`.
struct LinearProbeOptions: FillableOptions {
    @Option(
        name: .customLong("C"), parsing: .unconditional,
        help: ArgumentHelp(
            "How much the pictures count against the penalty (default: searched on validation; 8.96 without).",
            valueName: "x"))
    var inverseRegularisation: Double?

    @Option(
        help: ArgumentHelp(
            "Features to fit: normalised, or projected for the encoder's output as it is (default: normalised).",
            valueName: "kind"))
    var features: ProbeFeatures?

    @Option(
        help: ArgumentHelp("Where the fit begins: zero, or zero-shot (default: zero).", valueName: "where"))
    var start: LinearProbeConfiguration.Start?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Mix the fitted weights with the zero-shot ones: their share, 0 to 1, or search (default: no mixing).",
            valueName: "x|search"))
    var ensemble: LinearProbeConfiguration.Ensemble?

    static let configurationKeys: [String: ConfigurationFile.Kind] = [
        "C": .value, "features": .value, "start": .value, "ensemble": .value,
    ]

    func filled(from base: Self) -> Self {
        var options = self
        options.inverseRegularisation = inverseRegularisation ?? base.inverseRegularisation
        options.features = features ?? base.features
        options.start = start ?? base.start
        options.ensemble = ensemble ?? base.ensemble
        return options
    }

    /// The settings of `defaults`, with what these options say.
    /// - Throws: `UsageError` for features that are not there.
    func configuration(_ defaults: LinearProbeConfiguration) throws -> LinearProbeConfiguration {
        var configuration = defaults
        configuration.inverseRegularisation = inverseRegularisation ?? defaults.inverseRegularisation
        switch features {
        case .raw:
            throw UsageError(
                "--features raw: the features before the projection are not kept; wants normalised or projected")
        case .projected: configuration.features = .projected
        case .normalised: configuration.features = .normalised
        case nil: break
        }
        configuration.start = start ?? defaults.start
        configuration.ensemble = ensemble ?? defaults.ensemble
        return configuration
    }

    /// What `--features` may say. The literature's third kind is known by name, so that its absence can be explained.
    enum ProbeFeatures: String, CaseIterable, ExpressibleByArgument {
        case normalised, projected, raw
    }
}

extension LinearProbeConfiguration.Start: ExpressibleByArgument {}

extension LinearProbeConfiguration.Ensemble: ExpressibleByArgument {
    /// A share, or `search`.
    public init?(argument: String) {
        if argument == "search" {
            self = .searched
        } else if let share = Double(argument) {
            self = .fixed(share)
        } else {
            return nil
        }
    }
}
