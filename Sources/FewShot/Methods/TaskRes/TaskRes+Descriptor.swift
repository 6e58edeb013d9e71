import Tensors

extension MethodName {
    /// Residuals on the text features of the classes.
    public static let taskRes = MethodName(declaring: "taskres")
}

extension TaskResMethod {
    public static let descriptor = MethodDescriptor(
        .taskRes, TaskResConfiguration.self,
        summary: "A trained residual is added to the text feature of every class; the image side stays as it is.",
        paper: Paper("Task Residual for Tuning Vision-Language Models", "Yu et al., 2023", arXiv: "2211.10277"),
        parameterCount: "K·D", batching: .shuffled, isClassBound: true,
        training: TrainingDefaults(
            epochs: 100, batchSize: 256, learningRate: 2e-3, optimiser: .adam(weightDecay: 5e-4),
            schedule: LearningRateSchedule(.cosine, per: .epoch, warmUpEpochs: 1)),
        presets: [
            MethodPreset(
                name: "published",
                training: TrainingDefaults(
                    epochs: 200, batchSize: 256, learningRate: 2e-3, optimiser: .adam(weightDecay: 5e-4),
                    schedule: LearningRateSchedule(.cosine, per: .epoch, warmUpEpochs: 1)),
                epochs: { $0 <= 4 ? 100 : 200 })
        ],
        choices: [HyperParameterChoice("alpha", .published), HyperParameterChoice("prototype-length", .ours)],
        recognises: { $0.contains("prompt_learner.text_feature_residuals") },
        make: { TaskResMethod(configuration: $0, optimiser: $1, inputs: $2) },
        read: { try TaskRes($0, textFeatures: $1, logitScale: $2) })
}

/// The settings of TaskRes.
public struct TaskResConfiguration: MethodParameters, Equatable {
    /// Weight of the residuals; the paper's for all data sets but one.
    public var alpha = 0.5
    /// The mean length to which the text features are scaled together; nil for the rule of ``scaled(_:)``.
    public var prototypeLength: Double?

    public static let defaults = Self()

    public static let fields: [SettingField<Self>] = [
        .number("alpha", NumberRange(0), \.alpha, help: "Weight of the residuals."),
        .optional(
            "prototype-length", .positive(example: "10"), \.prototypeLength,
            help: "Mean length to which the classes' text features are scaled together before training.",
            unless: "as encoded from \(Int(usualLengths.lowerBound)) to \(Int(usualLengths.upperBound)), "
                + "\(Int(otherwise)) otherwise"),
    ]

    /// Mean lengths of text features that are taken as they are: those of OpenAI's models.
    private static let usualLengths = 5.0...15.0
    /// The mean length to which others are scaled.
    private static let otherwise = 10.0

    /// The text features `[classes, width]` with a mean length that suits the learning rate: the logits do not depend on
    /// it, but a step of Adam moves an entry by about the learning rate whatever the length is.
    func scaled(_ textFeatures: Tensor<Float>) -> Tensor<Float> {
        let lengths = (0..<textFeatures.rows).map { row in
            textFeatures.row(row).reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        }
        let mean = lengths.reduce(0, +) / Double(max(lengths.count, 1))
        guard mean > 0, prototypeLength != nil || !Self.usualLengths.contains(mean) else { return textFeatures }
        let factor = Float((prototypeLength ?? Self.otherwise) / mean)
        return Tensor(textFeatures.values.map { $0 * factor }, shape: textFeatures.shape)
    }
}
