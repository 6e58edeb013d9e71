import ArgumentParser
import FewShot

/// The options of `--method clip-adapter`.
struct ClipAdapterOptions: FillableOptions {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Residual ratio: weight of the adapted feature, 0 to 1 (default: 0.2).", valueName: "x"))
    var ratio: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Bottleneck: the adapter is width / n wide (default: 4).", valueName: "n"))
    var reduction: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Dropout on the adapter's input, 0 to below 1 (default: 0).", valueName: "x"))
    var dropout: Double?

    static let configurationKeys: [String: ConfigurationFile.Kind] = [
        "ratio": .value, "reduction": .value, "dropout": .value,
    ]

    func filled(from base: Self) -> Self {
        var options = self
        options.ratio = ratio ?? base.ratio
        options.reduction = reduction ?? base.reduction
        options.dropout = dropout ?? base.dropout
        return options
    }

    /// The settings of `defaults`, with what these options say.
    func configuration(_ defaults: ClipAdapterConfiguration) -> ClipAdapterConfiguration {
        var configuration = defaults
        configuration.residualRatio = ratio ?? defaults.residualRatio
        configuration.reduction = reduction ?? defaults.reduction
        configuration.dropout = dropout ?? defaults.dropout
        return configuration
    }
}
