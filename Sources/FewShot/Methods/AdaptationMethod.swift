import Tensors

/// Something that answers image features with class logits: a method while it learns, or what it left in a file.
public protocol FeatureClassifier: AnyObject {
    /// Class logits `[n, classes]` for image features, any norm, `[n, width]`.
    func logits(_ features: Tensor<Float>) -> Tensor<Float>
}

/// A few-shot method on frozen features: what the session trains, without knowing which one it is.
///
/// A method works on image features `[batch, width]` and holds its own classifier. All calls come from one queue.
/// A new method is a folder with a class of this protocol and its ``MethodDescriptor``, and a line in ``MethodRegistry``.
public protocol AdaptationMethod: FeatureClassifier {
    /// What the method says about itself.
    static var descriptor: MethodDescriptor { get }

    /// Whether further steps would change nothing; the session ends the run then, before its last epoch.
    var isConverged: Bool { get }

    /// The step size a method derives from its data by itself, where the session's learning rate has no say (LP++), or
    /// 0 where there is no such thing (L-BFGS); nil for methods that take the session's.
    var ownLearningRate: Double? { get }

    /// Takes one optimiser step on a batch.
    ///
    /// A loss that is not finite leaves the parameters as they are.
    /// - Parameters:
    ///   - features: image features, any norm, `[n, width]`.
    ///   - rows: the rows of `features` that make up the batch.
    ///   - labels: the class of each row of `features`, `[n]`.
    ///   - learningRate: the rate of this step.
    ///   - step: the step's number, from 1; everything random in it is a function of the seed and this number.
    func trainBatch(
        features: Tensor<Float>, rows: ArraySlice<Int>, labels: [Int32], learningRate: Double, step: Int
    ) -> StepResult

    /// Warnings about the last batch, a line each; empty for most batches and most methods.
    func takeWarnings() -> [String]

    /// An epoch's last batch was trained; its validation pictures come next.
    func endEpoch()

    /// What is searched on the validation pictures once training is over; what is found is adopted.
    ///
    /// The session calls it with the weights that it is about to report on: the last ones, and again after
    /// ``restore(_:)`` with the best ones.
    /// - Parameter validation: nil where the run has none; nothing is searched then.
    /// - Returns: what was searched and found; nil for methods that search nothing.
    func selectHyperparameters(validation: LabelledFeatures?) -> SearchOutcome?

    /// Everything that its answers depend on, under the names PyTorch users expect; empty for a method that leaves nothing
    /// behind.
    var parameterTree: ParameterTree<Float> { get }

    /// The parameter tree was set to other weights than those that training has led to.
    func didRestore()

    /// What going on takes besides ``parameters()``. Restored after them in a method made from the same settings and
    /// pictures, training goes on bit by bit as if it had never stopped.
    func trainingState() -> TrainingState

    /// Sets what ``trainingState()`` returned back; the parameters are restored before.
    /// - Throws: `TrainingStateError` if it is the state of something else; the method must not be trained on then.
    func restore(_ state: TrainingState) throws

    /// The settings of the method itself that may change between two batches, with their values.
    var ownLiveValues: [LiveValue] { get }

    /// The optimisers that follow the configured update rule; empty for a method that is not trained by one.
    var optimisers: [Optimiser<Float>] { get }

    /// The logits with another residual ratio than the method's own, as if it had been trained with it; nil for methods
    /// without one.
    func logits(_ features: Tensor<Float>, residualRatio: Double) -> Tensor<Float>?

    /// What of ``parameters()`` an adapter file needs; all of it, for most.
    func adapterParameters() -> [String: Tensor<Float>]

    /// What an adapter file says about the method besides its parameters, with everything that was searched for set to
    /// what was found.
    var hyperParameters: HyperParameters { get }
}

/// What a step of training came to.
public struct StepResult: Sendable, Equatable {
    /// The mean cross-entropy of the batch before the update.
    public var loss: Double
    /// `‖∇L‖` over all trained parameters before the update; nil without a gradient.
    public var gradientNorm: Double?

    /// What a step came to.
    public init(loss: Double, gradientNorm: Double? = nil) {
        self.loss = loss
        self.gradientNorm = gradientNorm
    }

    /// The result of a method without training, from the logits of a batch `[n, classes]` and its labels.
    static func unchanged(_ logits: Tensor<Float>, _ labels: [Int32]) -> StepResult {
        StepResult(loss: ClassificationMetrics(logits: logits, labels: labels)?.loss ?? 0)
    }
}

extension AdaptationMethod {
    /// Copies of ``parameterTree``.
    public func parameters() -> [String: Tensor<Float>] { parameterTree.tensors }

    /// Sets the weights back to what ``parameters()`` returned; the optimiser's state is left alone.
    /// - Throws: `TrainingStateError` if they are those of another method or of other settings; nothing is changed then.
    public func load(_ parameters: [String: Tensor<Float>]) throws(TrainingStateError) {
        try parameterTree.restore(parameters)
        didRestore()
    }

    /// Sets the weights back to what ``parameters()`` of this method returned; what does not fit is passed over.
    public func restore(_ parameters: [String: Tensor<Float>]) { try? load(parameters) }

    /// How it wants the training pictures.
    public var batching: Batching { Self.descriptor.batching }
    /// Never, as most.
    public var isConverged: Bool { false }
    /// None: the session's rate is used.
    public var ownLearningRate: Double? { nil }
    /// Nothing.
    public func takeWarnings() -> [String] { [] }
    /// Nothing to do.
    public func endEpoch() {}
    /// Nothing is kept.
    public var parameterTree: ParameterTree<Float> { ParameterTree() }
    /// Nothing to do.
    public func didRestore() {}
    /// All of them.
    public func adapterParameters() -> [String: Tensor<Float>] { parameters() }
    /// Nothing, as of a method that is not trained.
    public func trainingState() -> TrainingState { TrainingState() }
    /// Nothing to restore.
    public func restore(_ state: TrainingState) throws {}
    /// None.
    public var ownLiveValues: [LiveValue] { [] }
    /// None.
    public var optimisers: [Optimiser<Float>] { [] }
    /// None.
    public func logits(_ features: Tensor<Float>, residualRatio: Double) -> Tensor<Float>? { nil }
    /// Nothing to search.
    public func selectHyperparameters(validation: LabelledFeatures?) -> SearchOutcome? { nil }
}
