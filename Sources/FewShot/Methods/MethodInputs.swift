import CLIP
import Tensors

/// Image features with the class of each.
public struct LabelledFeatures: Sendable {
    /// Features as encoded, any norm, `[n, width]`.
    public var features: Tensor<Float>
    /// The class of each row, `[n]`.
    public var labels: [Int32]

    /// - Precondition: a label for each row.
    public init(features: Tensor<Float>, labels: [Int32]) {
        precondition(features.rows == labels.count, "\(labels.count) labels for \(features.rows) features")
        self.features = features
        self.labels = labels
    }

    /// How many there are.
    public var count: Int { labels.count }
    /// Whether there are none.
    public var isEmpty: Bool { labels.isEmpty }
}

/// What a method is made from, besides its settings.
public struct MethodInputs: Sendable {
    /// The few shots.
    public var train: LabelledFeatures
    /// What a cache's keys are made from where that is not ``train``: features averaged over random views of each training
    /// picture, `[n, width]`, in the order of ``train``.
    public var keyFeatures: Tensor<Float>?
    /// What choices are made on; may be empty. Test pictures never come near a method before it is finished.
    public var validation: LabelledFeatures
    /// Classifier weights from class names, unit rows, `[classes, width]`.
    public var textFeatures: Tensor<Float>
    /// Per class the mean of its prompts' features as encoded, not normalised, `[classes, width]`.
    public var meanTextFeatures: Tensor<Float>
    /// The feature of every prompt as encoded, not normalised, with the class that it describes; only for methods that
    /// need ``MethodNeeds/promptFeatures``.
    public var prompts: LabelledFeatures?
    /// The multiplier of the cosines.
    public var logitScale: Float
    /// The largest batch that will come.
    public var batchSize: Int
    /// The seed of everything random.
    public var seed: Int

    /// What a method is made from.
    public init(
        train: LabelledFeatures, validation: LabelledFeatures, textFeatures: Tensor<Float>,
        meanTextFeatures: Tensor<Float>, logitScale: Float, batchSize: Int, seed: Int
    ) {
        self.train = train
        self.validation = validation
        self.textFeatures = textFeatures
        self.meanTextFeatures = meanTextFeatures
        self.logitScale = logitScale
        self.batchSize = batchSize
        self.seed = seed
    }

    /// What a method is made from, as far as the texts go.
    /// - Parameter needs: of the method; what it does not need of the texts is left out.
    public init(
        train: LabelledFeatures, validation: LabelledFeatures, texts: ClassTexts, needs: MethodNeeds, logitScale: Float,
        batchSize: Int, seed: Int
    ) {
        self.init(
            train: train, validation: validation, textFeatures: texts.classifier, meanTextFeatures: texts.means,
            logitScale: logitScale, batchSize: batchSize, seed: seed)
        if needs.contains(.promptFeatures) {
            prompts = LabelledFeatures(features: texts.prompts, labels: texts.promptLabels)
        }
    }
}
