import ArgumentParser
import FewShot
import Training

/// The options of `--method clip-adapter`.
struct ClipAdapterOptions: FillableOptions {
    @Option(
        help: ArgumentHelp(
            """
            Start from published settings: \(AdapterPreset.allCases.map(\.rawValue).joined(separator: ", ")). Options \
            given besides win. paper-001 learns at the printed rate of 1e-5, which hardly moves the weights.
            """, valueName: "name"))
    var preset: AdapterPreset?

    @Option(
        help: ArgumentHelp(
            "What is adapted: visual (image features), text (classifier weights) or both (default: visual).",
            valueName: "side"))
    var branch: ClipAdapterConfiguration.Branch?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Residual ratio: weight of the adapted feature, 0 to 1 (default: 0.2).", valueName: "x"))
    var ratio: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Residual ratio of the text side (default: that of --ratio).", valueName: "x"))
    var textRatio: Double?

    @Option(
        help: ArgumentHelp(
            """
            Where the ratio comes from: fixed, sweep (an adapter for each of --ratios, chosen on validation), learnable \
            (a trained number through a sigmoid), raw (a trained number), or hyper (one for each picture) (default: fixed).
            """, valueName: "mode"))
    var ratioMode: ClipAdapterConfiguration.RatioMode?

    @Option(
        help: ArgumentHelp("What --ratio-mode sweep tries (default: 0,0.2,0.4,0.6,0.8,1).", valueName: "a,b,c"))
    var ratios: NumberList?

    @Option(
        name: .customLong("ratio-lr"), parsing: .unconditional,
        help: ArgumentHelp("Learning rate of a trained ratio (default: that of --lr).", valueName: "x"))
    var ratioLearningRate: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Bottleneck: the adapter is width / n wide, n from 1 to 32 (default: 4).", valueName: "n"))
    var reduction: Int?

    @Option(
        name: .customLong("adapter-relu2"),
        help: ArgumentHelp(
            "Whether a ReLU follows the second layer too, as in the official code (default: on).", valueName: "on|off"))
    var secondReLU: OnOff?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Dropout on the image adapter's input, 0 to below 1 (default: 0).", valueName: "x"))
    var dropout: Double?

    @Option(
        name: .customLong("init"),
        help: ArgumentHelp(
            "How untrained layers are drawn: linear (as PyTorch's), xavier or kaiming (default: linear).",
            valueName: "name"))
    var initialisation: ClipAdapterConfiguration.Initialisation?

    static let configurationKeys: [String: ConfigurationFile.Kind] = [
        "preset": .value, "branch": .value, "ratio": .value, "text-ratio": .value, "ratio-mode": .value,
        "ratios": .value, "ratio-lr": .value, "reduction": .value, "adapter-relu2": .value, "dropout": .value,
        "init": .value,
    ]

    func filled(from base: Self) -> Self {
        var options = self
        options.preset = preset ?? base.preset
        options.branch = branch ?? base.branch
        options.ratio = ratio ?? base.ratio
        options.textRatio = textRatio ?? base.textRatio
        options.ratioMode = ratioMode ?? base.ratioMode
        options.ratios = ratios ?? base.ratios
        options.ratioLearningRate = ratioLearningRate ?? base.ratioLearningRate
        options.reduction = reduction ?? base.reduction
        options.secondReLU = secondReLU ?? base.secondReLU
        options.dropout = dropout ?? base.dropout
        options.initialisation = initialisation ?? base.initialisation
        return options
    }

    /// Changes what these options say; the learning rate must have been set.
    func apply(to configuration: inout TrainingConfiguration) {
        var adapter = configuration.method.clipAdapter
        adapter.branch = branch ?? adapter.branch
        adapter.residualRatio = ratio ?? adapter.residualRatio
        adapter.textRatio = textRatio ?? adapter.textRatio
        // A ratio that was given is meant, also where a preset would sweep.
        adapter.ratioMode = ratioMode ?? (ratio == nil ? adapter.ratioMode : .fixed)
        adapter.sweptRatios = ratios?.numbers ?? adapter.sweptRatios
        if let ratioLearningRate { adapter.ratioRateFactor = ratioLearningRate / configuration.learningRate }
        adapter.reduction = reduction ?? adapter.reduction
        adapter.secondReLU = secondReLU.map { $0 == .on } ?? adapter.secondReLU
        adapter.dropout = dropout ?? adapter.dropout
        adapter.initialisation = initialisation ?? adapter.initialisation
        configuration.method.clipAdapter = adapter
    }
}

extension AdapterPreset: ExpressibleByArgument {}
extension ClipAdapterConfiguration.Branch: ExpressibleByArgument {}
extension ClipAdapterConfiguration.RatioMode: ExpressibleByArgument {}
extension ClipAdapterConfiguration.Initialisation: ExpressibleByArgument {}
