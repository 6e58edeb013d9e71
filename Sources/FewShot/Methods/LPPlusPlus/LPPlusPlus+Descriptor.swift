import Tensors

extension MethodName {
    /// A linear probe whose class weights blend prototypes with text.
    public static let lpPlusPlus = MethodName(declaring: "lp++")
}

extension LPPlusPlusMethod {
    public static let descriptor = MethodDescriptor(
        .lpPlusPlus, LPPlusPlusConfiguration.self,
        summary:
            "A linear probe whose class weights blend visual prototypes with text; its step sizes follow from the data.",
        paper: Paper(
            "LP++: A Surprisingly Strong Linear Probe for Few-Shot CLIP", "Huang et al., 2024", arXiv: "2404.02285"),
        parameterCount: "K·D + 2·K", batching: .fullBatch, choosesOwnSteps: true, isClassBound: true,
        training: TrainingDefaults(epochs: 300, schedule: LearningRateSchedule(.constant)),
        choices: [HyperParameterChoice("step sizes", .supportSet), HyperParameterChoice("epoch", .validation)],
        recognises: { $0.contains("alpha_vec") },
        make: { configuration, _, inputs in LPPlusPlusMethod(configuration: configuration, inputs: inputs) },
        read: { file, textFeatures, _ in try HeadClassifier(lpPlusPlus: file, textFeatures: textFeatures) })
}

extension LPPlusPlusConfiguration {
    public static let defaults = Self()

    public static let fields: [SettingField<Self>] = [
        .flag(
            "lppp-accumulate", \.accumulates,
            help: "Sum the multipliers' gradient over all epochs, as the official code does.")
    ]
}
