import ArgumentParser
import FewShot

/// The options of `--method tip-adapter` and `tip-adapter-f`.
struct TipAdapterOptions: FillableOptions {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Weight of the cache (default: searched on validation; 1 without).", valueName: "x"))
    var alpha: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Sharpness of the cache (default: searched on validation; 5.5 without).", valueName: "x"))
    var beta: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Average the cache's keys over n random views of each picture (default: 0, the plain picture).",
            valueName: "n"))
    var augmentPasses: Int?

    static let configurationKeys: [String: ConfigurationFile.Kind] = [
        "alpha": .value, "beta": .value, "augment-passes": .value,
    ]

    func filled(from base: Self) -> Self {
        var options = self
        options.alpha = alpha ?? base.alpha
        options.beta = beta ?? base.beta
        options.augmentPasses = augmentPasses ?? base.augmentPasses
        return options
    }

    /// The settings of `defaults`, with what these options say.
    func configuration(_ defaults: TipAdapterConfiguration) -> TipAdapterConfiguration {
        var configuration = defaults
        configuration.alpha = alpha ?? defaults.alpha
        configuration.beta = beta ?? defaults.beta
        configuration.augmentPasses = augmentPasses ?? defaults.augmentPasses
        return configuration
    }
}
