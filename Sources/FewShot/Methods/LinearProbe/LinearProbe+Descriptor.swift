extension MethodName {
    /// Logistic regression on image features.
    public static let linearProbe = MethodName(declaring: "linear-probe")
}

extension LinearProbeMethod {
    public static let descriptor = MethodDescriptor(
        .linearProbe, LinearProbeConfiguration.self,
        summary: "Logistic regression on the image features, without text: the baseline of few-shot learning.",
        paper: Paper(
            "Learning Transferable Visual Models From Natural Language Supervision", "Radford et al., 2021",
            arXiv: "2103.00020"),
        parameterCount: "K·D + K", batching: .fullBatch, choosesOwnSteps: true, isClassBound: true,
        training: TrainingDefaults(epochs: 1000),
        choices: [HyperParameterChoice("C", .validation)],
        check: { configuration in
            guard configuration.ensemble == .none || configuration.features == .normalised else {
                throw ConfigurationError(
                    option: "ensemble", value: "with --features \(configuration.features.rawValue)",
                    wants: "normalised features, as the zero-shot weights do")
            }
        },
        recognises: { !$0.isDisjoint(with: ["linear.weight", "coef_"]) || $0 == ["weight", "bias"] },
        make: { configuration, _, inputs in LinearProbeMethod(configuration: configuration, inputs: inputs) },
        read: { file, textFeatures, _ in try HeadClassifier(linearProbe: file, textFeatures: textFeatures) })
}

extension LinearProbeConfiguration {
    public static let defaults = Self()

    public static let fields: [SettingField<Self>] = [
        .optional(
            "C", .positive(example: "8.96"), \.inverseRegularisation,
            help: "How much the pictures count against the penalty.",
            unless: "searched on validation; \(defaultInverseRegularisation) without"),
        .choice(
            "features", \.features, valueName: "kind",
            help: "Features to fit: normalised, or projected for the encoder's output as it is."),
        .choice("start", \.start, valueName: "where", help: "Where the fit begins: zero, or zero-shot."),
        SettingField(
            "ensemble", .numberOr("search", .share),
            help: "Mix the fitted weights with the zero-shot ones: their share, 0 to 1, or search.",
            unless: "no mixing"
        ) {
            switch $0.ensemble {
            case .none: nil
            case .fixed(let share): .number(share)
            case .searched: .text("search")
            }
        } set: {
            switch $1 {
            case .number(let share): $0.ensemble = .fixed(share)
            case .text: $0.ensemble = .searched
            case .flag, .numbers: break
            }
        },
    ]
}
