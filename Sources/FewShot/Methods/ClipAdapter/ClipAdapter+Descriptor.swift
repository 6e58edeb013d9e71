import Tensors

extension MethodName {
    /// A residual bottleneck on image features, classifier weights or both.
    public static let clipAdapter = MethodName(declaring: "clip-adapter")
}

extension ClipAdapterMethod {
    public static let descriptor = MethodDescriptor(
        .clipAdapter, ClipAdapterConfiguration.self,
        summary: "A small two-layer network on the features, blended with the plain features by a residual ratio.",
        paper: Paper(
            "CLIP-Adapter: Better Vision-Language Models with Feature Adapters", "Gao et al., 2021",
            arXiv: "2110.04544"),
        parameterCount: "2·D·H a side", batching: .shuffled, isClassBound: false,
        liveSettings: [.residualRatio, .dropout],
        presets: ClipAdapterConfiguration.presets, choices: [HyperParameterChoice("ratio", .published)],
        title: { $0.title }, check: { try $0.check() },
        recognises: { ClipAdapter<Float>.recognises($0) },
        make: { configuration, optimiser, inputs in
            if configuration.ratioMode == .sweep {
                return try ClipAdapterSweep(configuration: configuration, optimiser: optimiser, inputs: inputs)
            }
            return ClipAdapterMethod(
                configuration: configuration, optimiser: optimiser, textFeatures: inputs.textFeatures,
                logitScale: inputs.logitScale, batchSize: inputs.batchSize, seed: inputs.seed)
        },
        read: { try ClipAdapter($0, textFeatures: $1, logitScale: $2) })
}

extension ClipAdapterSweep {
    public static var descriptor: MethodDescriptor { ClipAdapterMethod.descriptor }
}

extension ClipAdapterConfiguration {
    public static let defaults = Self()

    public static let fields: [SettingField<Self>] = [
        .choice(
            "branch", \.branch, valueName: "side",
            help: "What is adapted: visual (image features), text (classifier weights) or both."),
        // A ratio that is given is meant, also where a preset would sweep.
        .number(
            "ratio", .share, \.residualRatio, help: "Residual ratio: weight of the adapted feature, 0 to 1.",
            implies: ["ratio-mode": "fixed"]),
        .optional(
            "text-ratio", .share, \.textRatio, help: "Residual ratio of the text side.", unless: "that of --ratio"),
        .choice(
            "ratio-mode", \.ratioMode, valueName: "mode",
            help: """
                Where the ratio comes from: fixed, sweep (an adapter for each of --ratios, chosen on validation), \
                learnable (a trained number through a sigmoid), raw (a trained number), or hyper (one for each picture).
                """),
        .numbers("ratios", .share, \.sweptRatios, help: "What --ratio-mode sweep tries."),
        .learningRate(
            "ratio-lr", \.ratioRateFactor, help: "Learning rate of a trained ratio.", unless: "that of --lr"),
        .whole(
            "reduction", 1...32, \.reduction, help: "Bottleneck: the adapter is width / n wide, n from 1 to 32."),
        .flag(
            "adapter-relu2", \.secondReLU,
            help: "Whether a ReLU follows the second layer too, as in the official code."),
        .number(
            "dropout", NumberRange(0, 1, includingUpper: false), \.dropout,
            help: "Dropout on the image adapter's input, 0 to below 1."),
        .choice(
            "init", \.initialisation, help: "How untrained layers are drawn: linear (as PyTorch's), xavier or kaiming."),
        .optional(
            "logit-scale", .positive(example: "100"), \.logitScale, help: "Multiplier of the cosines.",
            unless: "the model's"),
    ]

    /// Looks for settings that do not go together.
    /// - Throws: ``ConfigurationError``.
    fileprivate func check() throws {
        guard [.learnable, .hyper].contains(ratioMode) else { return }
        for (option, ratio) in [("ratio", residualRatio), ("text-ratio", textRatio ?? 0.5)]
        where ratio <= 0 || ratio >= 1 {
            throw ConfigurationError(
                option: option, value: "\(ratio)",
                wants: "a number between 0 and 1, both excluded, to start from")
        }
    }

    /// Published ways to train a CLIP-Adapter, and ours.
    fileprivate static let presets: [MethodPreset] = {
        let dassl = OptimiserRule.sgd(momentum: 0.9, weightDecay: 5e-4)
        let warmedCosine = LearningRateSchedule(.cosine, per: .epoch, warmUpEpochs: 1)
        let report = TrainingDefaults(
            epochs: 20, learningRate: 1e-4, optimiser: .adam(), schedule: LearningRateSchedule(.constant))
        return [
            // Ours: converges on cached features.
            MethodPreset(name: "default", training: TrainingDefaults()),
            // The paper as printed: its learning rate of 1e-5 hardly moves the weights; the ratio is swept.
            MethodPreset(
                name: "paper-001", settings: ["ratio-mode": "sweep"],
                training: TrainingDefaults(
                    epochs: 200, batchSize: 32, learningRate: 1e-5, optimiser: dassl, schedule: warmedCosine)),
            // The official code, with CoOp's epochs, which it inherits.
            MethodPreset(
                name: "official",
                training: TrainingDefaults(
                    epochs: 200, batchSize: 32, learningRate: 0.002, optimiser: dassl, schedule: warmedCosine),
                epochs: { $0 <= 1 ? 50 : $0 <= 4 ? 100 : 200 }),
            // The re-implementation in LP++'s benchmark.
            MethodPreset(
                name: "lppp-bench", settings: ["ratio": 0.5],
                training: TrainingDefaults(
                    epochs: 300, batchSize: 32, learningRate: 0.01, optimiser: .sgd(momentum: 0),
                    schedule: warmedCosine)),
            // The competition report, with the dropout its text speaks of.
            MethodPreset(
                name: "report-000", settings: ["ratio": 0.9, "dropout": 0.1, "logit-scale": 100], training: report,
                pick: .random, validation: .fifthOfTraining),
            // The competition report as its code ran: there the dropout was never switched on.
            MethodPreset(
                name: "report-000-exact", settings: ["ratio": 0.9, "dropout": 0, "logit-scale": 100],
                training: report, pick: .random, validation: .fifthOfTraining),
        ]
    }()
}
