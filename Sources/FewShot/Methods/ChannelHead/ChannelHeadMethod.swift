import Tensors

/// The settings of the channel re-weighting head (arXiv 2309.07439; docs/methods.md#channel-re-weighting-head).
public struct ChannelHeadConfiguration: MethodParameters, Equatable {
    /// What the linear layer begins with.
    public enum Start: String, CaseIterable, Sendable {
        /// Small random numbers.
        case random
        /// The prototypes `V` and the bias of an LP++ that is trained first, on the same pictures.
        case lpPlusPlus = "lp++"
    }

    /// Epochs of that LP++: the published number.
    static let prototypeEpochs = 300

    /// Share of the head in the answer, `λ`, 0...1; nil to search for it on validation.
    public var fusion: Double?

    /// What the linear layer begins with.
    public var start = Start.random

    /// The share where none is given and there is nothing to search on: DePT's.
    public static let defaultFusion = 0.7
    /// The shares a search tries.
    public static let shares = (0...20).map { Double($0) / 20 }
}

/// The method behind `--method channel-head`: the head is trained on cached features by itself and fused with zero-shot
/// afterwards.
public final class ChannelHeadMethod: AdaptationMethod {
    private static let fusionName = "fusion"

    private let configuration: ChannelHeadConfiguration
    let head: ChannelHead<Float>
    let optimiser: Optimiser<Float>
    /// That of the head's parameters.
    public var optimisers: [Optimiser<Float>] { [optimiser] }

    /// A head at its start; its linear layer is a function of the seed, and of the pictures if LP++ makes it.
    public init(configuration: ChannelHeadConfiguration, optimiser: OptimiserRule, inputs: MethodInputs) {
        self.configuration = configuration
        let layer = Self.layer(configuration.start, inputs)
        head = ChannelHead(
            textFeatures: inputs.meanTextFeatures, classifier: inputs.textFeatures, logitScale: inputs.logitScale,
            weight: layer.weight, bias: layer.bias, loss: .standalone,
            fusion: configuration.fusion ?? ChannelHeadConfiguration.defaultFusion,
            batchCapacity: max(inputs.batchSize, 1))
        self.optimiser = Optimiser(optimiser, head.trained)
    }

    /// The linear layer at its start.
    private static func layer(_ start: ChannelHeadConfiguration.Start, _ inputs: MethodInputs) -> LinearHead {
        let (classes, width) = (inputs.textFeatures.rows, inputs.textFeatures.columns)
        var generator = SeededGenerator(seed: inputs.seed, purpose: "initialisation")
        switch start {
        case .random:
            let bound = 1 / Double(width).squareRoot()
            func draw(_ count: Int) -> [Float] { (0..<count).map { _ in Float((2 * generator.uniform() - 1) * bound) } }
            let weight = Tensor(draw(classes * width), shape: [classes, width])
            return LinearHead(weight: weight, bias: draw(classes))
        case .lpPlusPlus:
            let prototypes = LPPlusPlus(
                features: inputs.train.features, labels: inputs.train.labels, textFeatures: inputs.textFeatures,
                bias: LPPlusPlus.initialBias(classes: classes, width: width, using: &generator))
            for _ in 0..<ChannelHeadConfiguration.prototypeEpochs { _ = prototypes.step() }
            return LinearHead(weight: prototypes.prototypes.tensor, bias: prototypes.bias.tensor.values)
        }
    }

    public func trainBatch(
        features: Tensor<Float>, rows: ArraySlice<Int>, labels: [Int32], learningRate: Double, step: Int
    ) -> StepResult {
        let loss = head.lossAndGradients(features, rows: rows, labels: rows.map { labels[$0] })
        // A step on a gradient that is not finite would destroy the weights that the run is going to fall back on.
        guard loss.isFinite else { return StepResult(loss: loss) }
        let norm = parameterTree.gradientNorm
        optimiser.step(learningRate: learningRate)
        return StepResult(loss: loss, gradientNorm: norm)
    }

    public func logits(_ features: Tensor<Float>) -> Tensor<Float> { head.logits(features) }

    /// Searches for the head's share, if none is given: the best top-1, of equals the lowest loss.
    public func selectHyperparameters(validation: LabelledFeatures?) -> SearchOutcome? {
        guard configuration.fusion == nil, let validation else { return nil }
        let (similarity, own) = (head.similarityLogits(validation.features), head.headLogits(validation.features))
        let tried = ChannelHeadConfiguration.shares.compactMap { share in
            ClassificationMetrics(
                logits: ChannelHead.fused(similarity: similarity, head: own, fusion: share), labels: validation.labels
            ).map { (share: share, metrics: $0) }
        }
        guard
            let best = tried.max(by: {
                ($0.metrics.top1, -$0.metrics.loss) < ($1.metrics.top1, -$1.metrics.loss)
            })
        else { return nil }
        head.fusion = best.share
        return SearchOutcome(
            searched: "share of the head", tried: tried.count, found: ["fusion": best.share],
            validationTop1: best.metrics.top1, validationCount: validation.count)
    }

    /// The share is among them, so that restoring weights restores what was found for them.
    public var parameterTree: ParameterTree<Float> {
        ParameterTree(
            head.trained,
            buffers: [Buffer(number: Self.fusionName, get: { self.head.fusion }, set: { self.head.fusion = $0 })])
    }

    /// The share stands among the settings.
    public func adapterParameters() -> [String: Tensor<Float>] {
        parameters().filter { $0.key != Self.fusionName }
    }

    public var hyperParameters: HyperParameters {
        [
            "fusion": .number(head.fusion), "mode": .text("standalone"), "start": .text(configuration.start.rawValue),
        ]
    }
}

extension ChannelHead: FeatureClassifier where Scalar == Float {
    /// What a file holds, for answering.
    /// - Parameter textFeatures: unit classifier weights of the file's own classes, `[classes, width]`.
    /// - Throws: ``AdapterFileError``.
    public convenience init(_ file: AdapterFile, textFeatures: Tensor<Float>, logitScale: Float) throws {
        let (classes, width) = (textFeatures.rows, textFeatures.columns)
        // A head that cliptop did not write comes without settings.
        let fusion = file.hyper.isEmpty ? ChannelHeadConfiguration.defaultFusion : file.hyper.number("fusion") ?? -1
        guard (0...1).contains(fusion) else {
            throw AdapterFileError.badMetadata(path: file.path, key: "cliptop.hyper")
        }
        let wanted = [[width], [width], [width], [width], [classes, width], [classes]]
        let tensors = try zip(Parameters.names, wanted).map { name, shape in
            let tensor = try file.tensor(name)
            try file.require(tensor.shape, shape, of: name)
            return tensor
        }
        self.init(
            textFeatures: textFeatures, logitScale: logitScale, weight: tensors[4], bias: tensors[5].values,
            loss: .standalone, fusion: fusion, batchCapacity: 1)
        for (matrix, tensor) in zip(parameters.all, tensors) {
            matrix.assign(tensor.reshaped([matrix.rows, matrix.columns]))
        }
    }
}
