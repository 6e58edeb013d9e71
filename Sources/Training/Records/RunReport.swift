import FewShot
import Foundation
import Tensors

/// The figures of a run that has ended.
public struct RunReport: Sendable {
    /// The run.
    public var description: RunDescription
    /// Where model and data were read from.
    public var configuration: TrainingConfiguration
    /// How it ended.
    public var state: RunState
    /// Zero-shot on the validation pictures.
    public var zeroShotValidation: ClassificationMetrics?
    /// Zero-shot on the test pictures.
    public var zeroShotTest: ClassificationMetrics?
    /// The weights that the run ended with, after what was searched on the validation pictures.
    public var weights: MeasuredWeights
    /// Those weights on the validation pictures.
    public var finalValidation: ClassificationMetrics?
    /// Those weights on the test pictures.
    public var finalTest: ClassificationMetrics?
    /// The epoch with the lowest validation loss; nil where there were none, or no validation pictures.
    public var best: Best?
    /// Every epoch that was completed.
    public var epochs: [EpochRecord]
    /// Optimiser steps taken.
    public var steps: Int
    /// Epochs that were planned in the end.
    public var plannedEpochs: Int
    /// What the user did.
    public var interventions: [Intervention]
    /// The last weights; empty for a method that leaves nothing behind.
    public var parameters: [String: Tensor<Float>]
    /// The method's settings, with what was searched for set to what was found.
    public var hyperParameters: HyperParameters
    /// Encoding of the data set.
    public var encoding: EncodingCounts
    /// Wall time of the encoding.
    public var encodingSeconds: Double
    /// Pictures that could not be used.
    public var unreadable: [UnreadablePicture]
    /// Wall time of the training, pauses excluded.
    public var trainSeconds: Double

    /// The epoch that was best on the validation pictures.
    public struct Best: Sendable {
        /// Its figures.
        public var record: EpochRecord
        /// Its weights, with what was searched on the validation pictures.
        public var weights: MeasuredWeights
        /// Those weights on the validation pictures.
        public var validation: ClassificationMetrics?
        /// Those weights on the test pictures.
        public var test: ClassificationMetrics?
        /// Its weights.
        public var parameters: [String: Tensor<Float>]
        /// The method's settings with them.
        public var hyperParameters: HyperParameters
    }

    /// What was searched on the validation pictures after training, and adopted.
    public var search: SearchOutcome? { weights.search }

    /// Whether an adapter is kept.
    public var isSaved: Bool { isKept && !parameters.isEmpty }

    /// Whether the run is kept: its results, and its adapter if it has one.
    public var isKept: Bool {
        switch state {
        case .done, .diverged, .stopped(saved: true): true
        case .running, .paused, .halted, .stopped(saved: false), .failed: false
        }
    }

    /// The short form that viewers get.
    public var result: RunResult {
        var result = RunResult(
            state: state, zeroShotTest: zeroShotTest.map(Evaluation.init), finalTest: finalTest.map(Evaluation.init),
            bestEpoch: best?.record.epoch, bestTest: best?.test.map(Evaluation.init), trainSeconds: trainSeconds)
        result.weights = weights
        result.finalValidation = finalValidation.map(Evaluation.init)
        result.bestWeights = best?.weights
        result.bestValidation = best?.validation.map(Evaluation.init)
        return result
    }
}

extension Evaluation {
    /// The figures that viewers get of `metrics`.
    init(_ metrics: ClassificationMetrics) {
        self.init(loss: metrics.loss, top1: metrics.top1, top5: metrics.top5, count: metrics.count)
    }
}
