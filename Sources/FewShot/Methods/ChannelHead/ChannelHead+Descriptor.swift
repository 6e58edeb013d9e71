import Tensors

extension MethodName {
    /// Features and text scaled channel by channel, in one linear head.
    public static let channelHead = MethodName(declaring: "channel-head")
}

extension ChannelHeadMethod {
    public static let descriptor = MethodDescriptor(
        .channelHead, ChannelHeadConfiguration.self,
        summary: "Features and text, scaled and shifted channel by channel, meet in one linear head beside zero-shot.",
        paper: Paper("DePT: Decoupled Prompt Tuning", "Zhang et al., 2023", arXiv: "2309.07439"),
        parameterCount: "4·D + K·D + K", batching: .shuffled, isClassBound: true,
        // DePT's rate and rule; on frozen encoders the head may take its time.
        training: TrainingDefaults(
            epochs: 300, learningRate: 0.02275, optimiser: .sgd(momentum: 0.9, weightDecay: 5e-4),
            schedule: LearningRateSchedule(.cosine, per: .epoch, warmUpEpochs: 1)),
        choices: [HyperParameterChoice("fusion", .validation)],
        recognises: { $0.contains("film_lp_img.scale") },
        make: { ChannelHeadMethod(configuration: $0, optimiser: $1, inputs: $2) },
        read: { try ChannelHead($0, textFeatures: $1, logitScale: $2) })
}

extension ChannelHeadConfiguration {
    public static let defaults = Self()

    public static let fields: [SettingField<Self>] = [
        .optional(
            "fusion", .share, \.fusion, help: "Share of the head in the answer, 0 to 1.",
            unless: "searched on validation; \(defaultFusion) without"),
        .choice(
            "head-start", \.start, valueName: "random|lp++",
            help: "Begin at random, or with what lp++ learns from the same pictures first."),
    ]
}
