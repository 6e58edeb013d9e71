import Tensors

extension MethodName {
    /// A cache of the training features, without training.
    public static let tipAdapter = MethodName(declaring: "tip-adapter")
    /// The cache with trained keys.
    public static let tipAdapterF = MethodName(declaring: "tip-adapter-f")
}

extension TipAdapterMethod {
    public static let descriptor = MethodDescriptor(
        .tipAdapter, TipAdapterConfiguration.self,
        summary: "A cache of the training features that is asked by similarity; nothing is trained.",
        paper: .tipAdapter, batching: .trainingFree, isClassBound: true, needs: .averagedViews,
        choices: TipAdapterConfiguration.choices, views: { $0.augmentPasses },
        recognises: { $0.contains("cache_keys") },
        make: { configuration, _, inputs in TipAdapterMethod(configuration: configuration, inputs: inputs) },
        read: { try TipAdapter($0, textFeatures: $1, logitScale: $2) })
}

extension TipAdapterFMethod {
    public static let descriptor = MethodDescriptor(
        .tipAdapterF, TipAdapterConfiguration.self, summary: "Tip-Adapter whose keys are trained.",
        paper: .tipAdapter, parameterCount: "N·D", batching: .shuffled, isClassBound: true, needs: .averagedViews,
        training: TrainingDefaults(
            epochs: 20, batchSize: 256, optimiser: .adamW(epsilon: 1e-4, weightDecay: 0.01)),
        choices: TipAdapterConfiguration.choices, views: { $0.augmentPasses },
        recognises: { $0.contains("cache_values") && !$0.contains("cache_keys") },
        make: { TipAdapterFMethod(configuration: $0, optimiser: $1, inputs: $2) },
        read: { try TipAdapter($0, textFeatures: $1, logitScale: $2) })
}

extension Paper {
    fileprivate static let tipAdapter = Paper(
        "Tip-Adapter: Training-free Adaption of CLIP for Few-shot Classification", "Zhang et al., 2022",
        arXiv: "2207.09519")
}

extension TipAdapterConfiguration {
    public static let defaults = Self()

    fileprivate static let choices = [
        HyperParameterChoice("alpha", .validation), HyperParameterChoice("beta", .validation),
    ]

    public static let fields: [SettingField<Self>] = [
        .optional(
            "alpha", NumberRange(0), \.alpha, help: "Weight of the cache.",
            unless: "searched on validation; \(Int(defaultAlpha)) without"),
        .optional(
            "beta", .positive(example: "5.5"), \.beta, help: "Sharpness of the cache.",
            unless: "searched on validation; \(defaultBeta) without"),
        .whole(
            "augment-passes", 0...100, \.augmentPasses,
            help: "Average the cache's keys over n random views of each picture; 0 for the plain picture."),
    ]
}
