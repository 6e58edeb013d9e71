import FewShot
import Foundation
import Tensors

/// The results of `train` as one JSON object, for programs (docs/programs.md#json-results).
///
/// `weights` and `best.weights` say which weights were measured, in words and figures; `search` and `best.search` what was
/// searched on the validation pictures after training, and what was adopted.
/// Fractions are 0...1. `zero_shot`, `final`, `per_class` and `best.test` count test pictures; `epochs`,
/// `best.validation`, `final_validation` and `zero_shot_validation` count validation pictures. What does not exist is left out.
public struct ResultsFile: Encodable, Sendable {
    struct Accuracy: Encodable {
        var top1, top5: Double
        var loss: Double?

        init?(_ metrics: ClassificationMetrics?, withLoss: Bool = true) {
            guard let metrics else { return nil }
            top1 = metrics.top1
            top5 = metrics.top5
            loss = withLoss && metrics.loss.isFinite ? metrics.loss : nil
        }

        init?(_ evaluation: Evaluation?) {
            guard let evaluation else { return nil }
            top1 = evaluation.top1
            top5 = evaluation.top5
            loss = evaluation.loss.isFinite ? evaluation.loss : nil
        }
    }

    struct Weights: Encodable {
        var words, choice: String
        var epoch, step: Int?

        init(_ weights: MeasuredWeights) {
            (words, choice) = (weights.words, weights.choice.rawValue)
            (epoch, step) = (weights.epoch, weights.step)
        }
    }

    struct Best: Encodable {
        var epoch: Int
        var weights: Weights
        var validation: Accuracy?
        var test: Accuracy?
        var search: SearchOutcome?
    }

    struct Epoch: Encodable {
        var epoch: Int
        var trainLoss: Double?
        var validationLoss, top1, top5: Double?
        var lr, seconds: Double
    }

    struct PerClass: Encodable {
        var name: String
        var count: Int
        var zeroShotTop1, finalTop1: Double?
    }

    struct Encoding: Encodable {
        var images: Int
        var seconds: Double
        var skipped, fromCache: Int
    }

    struct Change: Encodable {
        var afterStep: Int
        var setting: String
        var from, to: Double
    }

    var run, state, model, precision, data, method: String
    var name: String?
    var classes, shots, seed: Int
    var trainImages, validationImages, testImages: Int
    /// The name of the split and a checksum of the pictures of each part.
    var split: SplitIdentity?
    var epochsPlanned, batchSize: Int
    var lr: Double
    var schedule, optimiser: String
    var patience: Int?
    var ratio: Double?
    var hyper: HyperParameters
    var augment: Bool
    var zeroShot, final, finalValidation, zeroShotValidation: Accuracy?
    var weights: Weights
    var search: SearchOutcome?
    var best: Best?
    var epochs: [Epoch]
    var perClass: [PerClass]
    var interventions: [Change]
    var encode: Encoding
    var unreadable: [UnreadablePicture]
    var trainSeconds: Double
    var openblasCore: String

    /// The results of a run.
    public init(_ report: RunReport) {
        let description = report.description
        run = description.runID
        name = description.name
        state = report.state.word
        model = report.configuration.model.path
        precision = report.configuration.precision.rawValue
        data = report.configuration.data.path
        method = report.configuration.method.name.rawValue
        classes = description.classNames.count
        shots = description.shots
        seed = description.seed
        trainImages = description.trainCount
        validationImages = description.validationCount
        testImages = description.testCount
        split = description.split
        epochsPlanned = report.plannedEpochs
        batchSize = description.batchSize
        lr = report.configuration.learningRate
        schedule = report.configuration.schedule.title
        optimiser = report.configuration.method.optimiser.title
        patience = report.configuration.patience
        ratio = description.settings[LiveSetting.residualRatio.name]
        hyper = report.hyperParameters
        augment = description.augment
        zeroShot = Accuracy(report.zeroShotTest)
        final = Accuracy(report.finalTest)
        finalValidation = Accuracy(report.finalValidation)
        weights = Weights(report.weights)
        search = report.search
        zeroShotValidation = Accuracy(report.zeroShotValidation)
        best = report.best.map {
            Best(
                epoch: $0.record.epoch, weights: Weights($0.weights), validation: Accuracy($0.validation),
                test: Accuracy($0.test), search: $0.weights.search)
        }
        epochs = report.epochs.map {
            Epoch(
                epoch: $0.epoch, trainLoss: $0.trainLoss.isFinite ? $0.trainLoss : nil,
                validationLoss: $0.validation?.loss, top1: $0.validation?.top1, top5: $0.validation?.top5,
                lr: $0.learningRate, seconds: $0.seconds)
        }
        perClass = description.classNames.enumerated().map { label, name in
            func share(_ metrics: ClassificationMetrics?) -> Double? {
                guard let entry = metrics?.perClass[label], entry.count > 0 else { return nil }
                return Double(entry.correct) / Double(entry.count)
            }
            return PerClass(
                name: name, count: report.finalTest?.perClass[label].count ?? 0,
                zeroShotTop1: share(report.zeroShotTest), finalTop1: share(report.finalTest))
        }
        interventions = report.interventions.map { intervention in
            let setting = intervention.setting
            return Change(afterStep: intervention.afterStep, setting: setting.name, from: setting.from, to: setting.to)
        }
        encode = Encoding(
            images: report.encoding.total - report.encoding.unreadable, seconds: report.encodingSeconds,
            skipped: report.encoding.unreadable, fromCache: report.encoding.fromCache)
        unreadable = report.unreadable
        trainSeconds = report.trainSeconds
        openblasCore = OpenBLAS.coreName
    }

    /// Writes the file; it appears whole or not at all.
    /// - Throws: ``OutputFileError``.
    public func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try OutputFile(path).write(try encoder.encode(self) + Data("\n".utf8))
    }
}
