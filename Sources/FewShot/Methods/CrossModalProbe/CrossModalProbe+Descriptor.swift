import Tensors

extension MethodName {
    /// A linear probe trained on pictures and prompts.
    public static let crossModalProbe = MethodName(declaring: "cross-modal-probe")
}

extension CrossModalProbeMethod {
    public static let descriptor = MethodDescriptor(
        .crossModalProbe, NoParameters.self,
        summary:
            "A linear probe that is trained on the pictures and, as further samples, on the prompts of the classes.",
        paper: Paper(
            "Multimodality Helps Unimodality: Cross-Modal Few-Shot Learning with Multimodal Models", "Lin et al., 2023",
            arXiv: "2301.06267"),
        parameterCount: "K·D", batching: .shuffled, isClassBound: true, needs: .promptFeatures,
        // 16 pictures and 16 prompts a step.
        training: TrainingDefaults(
            epochs: 400, batchSize: 16, learningRate: 1e-3, optimiser: .adamW(weightDecay: 0.01),
            schedule: LearningRateSchedule(.cosine, per: .iteration, warmUp: .linear, warmUpEpochs: 1)),
        choices: [
            HyperParameterChoice("lr", .ours), HyperParameterChoice("weight-decay", .ours),
            HyperParameterChoice("epochs", .ours),
        ],
        recognises: { $0.contains("head.weight") },
        make: { _, optimiser, inputs in CrossModalProbeMethod(optimiser: optimiser, inputs: inputs) },
        read: { file, textFeatures, _ in try CrossModalHead(file, textFeatures: textFeatures) })
}
