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
    /// The last weights on the test pictures.
    public var finalTest: ClassificationMetrics?
    /// The weights of the epoch with the lowest validation loss, on the test pictures.
    public var bestTest: ClassificationMetrics?
    /// That epoch.
    public var best: EpochRecord?
    /// Every epoch that was completed.
    public var epochs: [EpochRecord]
    /// Optimiser steps taken.
    public var steps: Int
    /// Epochs that were planned in the end.
    public var plannedEpochs: Int
    /// What the user did.
    public var interventions: [Intervention]
    /// The last weights.
    public var parameters: [String: Tensor<Float>]
    /// Encoding of the data set.
    public var encoding: EncodingCounts
    /// Wall time of the encoding.
    public var encodingSeconds: Double
    /// Pictures that could not be used.
    public var unreadable: [UnreadablePicture]
    /// Wall time of the training, pauses excluded.
    public var trainSeconds: Double

    /// Whether the adapter is kept.
    public var isSaved: Bool {
        switch state {
        case .done, .diverged, .stopped(saved: true): true
        case .running, .paused, .stopped(saved: false), .failed: false
        }
    }

    /// The short form that viewers get.
    public var result: RunResult {
        RunResult(
            state: state, zeroShotTest: zeroShotTest.map(Evaluation.init), finalTest: finalTest.map(Evaluation.init),
            bestEpoch: best?.epoch, bestTest: bestTest.map(Evaluation.init), trainSeconds: trainSeconds)
    }
}

extension Evaluation {
    /// The figures that viewers get of `metrics`.
    init(_ metrics: ClassificationMetrics) {
        self.init(loss: metrics.loss, top1: metrics.top1, top5: metrics.top5, count: metrics.count)
    }
}
