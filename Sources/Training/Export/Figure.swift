import FewShot
import Foundation

/// A figure of a run that has a place on its way.
public struct Figure: Sendable, Hashable {
    /// Its tag in TensorBoard (spec, datasets 9.2).
    public let tag: String

    /// Its column in a table: a name without a slash.
    public var column: String { tag.replacing("/", with: "_") }

    static let trainLoss = Figure(tag: "train/loss")
    static let learningRate = Figure(tag: "train/lr")
    static let picturesPerSecond = Figure(tag: "train/pictures_per_second")
    static let epochLoss = Figure(tag: "train/epoch_loss")
    static let validationLoss = Figure(tag: "val/loss")
    static let validationTop1 = Figure(tag: "val/top1")
    static let validationTop5 = Figure(tag: "val/top5")
    static let testLoss = Figure(tag: "test/loss")
    static let testTop1 = Figure(tag: "test/top1")
    static let testTop5 = Figure(tag: "test/top5")
    static let bestEpoch = Figure(tag: "best/epoch")
    static let bestTestLoss = Figure(tag: "best/test_loss")
    static let bestTestTop1 = Figure(tag: "best/test_top1")
    static let bestTestTop5 = Figure(tag: "best/test_top5")
    static let zeroShotValidationLoss = Figure(tag: "zero_shot/val_loss")
    static let zeroShotValidationTop1 = Figure(tag: "zero_shot/val_top1")
    static let zeroShotValidationTop5 = Figure(tag: "zero_shot/val_top5")
    static let zeroShotTestLoss = Figure(tag: "zero_shot/test_loss")
    static let zeroShotTestTop1 = Figure(tag: "zero_shot/test_top1")
    static let zeroShotTestTop5 = Figure(tag: "zero_shot/test_top5")

    /// A live setting's value; nil for the learning rate, which every batch has.
    static func setting(_ setting: LiveSetting) -> Figure? {
        setting == .learningRate ? nil : Figure(tag: "train/" + setting.title.replacing(" ", with: "_"))
    }

    /// All figures in the order of the columns.
    static let all: [Figure] =
        [trainLoss, learningRate, picturesPerSecond, epochLoss] + LiveSetting.all.compactMap(setting) + [
            validationLoss, validationTop1, validationTop5, testLoss, testTop1, testTop5, bestEpoch, bestTestLoss,
            bestTestTop1, bestTestTop5, zeroShotValidationLoss, zeroShotValidationTop1, zeroShotValidationTop5,
            zeroShotTestLoss, zeroShotTestTop1, zeroShotTestTop5,
        ]
}

/// The figures of one moment.
struct FigureRow: Equatable {
    /// When.
    var time: Date
    /// Steps trained, from 1; 0 before the first.
    var step: Int
    /// The epoch, from 1; 0 before the first.
    var epoch: Int
    /// In the order in which they are shown.
    var figures: [(Figure, Double)] = []
    /// What somebody did to the run at this moment, in words.
    var intervention: String?

    static func == (a: Self, b: Self) -> Bool {
        (a.time, a.step, a.epoch, a.intervention) == (b.time, b.step, b.epoch, b.intervention)
            && a.figures.elementsEqual(b.figures) { $0 == $1 }
    }
}

/// Turns events into figures, and knows where the run is for those that do not say it.
struct FigureReader {
    private var step = 0
    private var epoch = 0

    /// The figures of an event; nil for those without any.
    mutating func row(_ entry: TimedEvent) -> FigureRow? {
        switch entry.event {
        case .zeroShot(let validation?):
            return row(
                entry,
                Self.figures(validation, .zeroShotValidationLoss, .zeroShotValidationTop1, .zeroShotValidationTop5))
        case .batch(let record):
            (step, epoch) = (record.step, record.epoch)
            return row(
                entry,
                [
                    (.trainLoss, record.loss), (.learningRate, record.learningRate),
                    (.picturesPerSecond, record.samplesPerSecond),
                ])
        case .epoch(let record):
            (step, epoch) = (record.step, record.epoch)
            return row(
                entry,
                [(.epochLoss, record.trainLoss)]
                    + Self.figures(record.validation, .validationLoss, .validationTop1, .validationTop5))
        case .intervention(let intervention):
            var row = FigureRow(
                time: intervention.time, step: intervention.afterStep, epoch: max(epoch, intervention.afterEpoch),
                intervention: intervention.change.words(.exact, arrow: "->"))
            if case .set(let name, _, let to, _) = intervention.change, let figure = Figure.setting(.named(name)) {
                row.figures = [(figure, to)]
            }
            return row
        case .finished(let result):
            let figures =
                Self.figures(result.finalTest, .testLoss, .testTop1, .testTop5)
                + (result.bestEpoch.map { [(.bestEpoch, Double($0))] } ?? [])
                + Self.figures(result.bestTest, .bestTestLoss, .bestTestTop1, .bestTestTop5)
                + Self.figures(result.zeroShotTest, .zeroShotTestLoss, .zeroShotTestTop1, .zeroShotTestTop5)
            return figures.isEmpty ? nil : row(entry, figures)
        default: return nil
        }
    }

    private func row(_ entry: TimedEvent, _ figures: [(Figure, Double)]) -> FigureRow {
        FigureRow(time: entry.time, step: step, epoch: epoch, figures: figures)
    }

    private static func figures(
        _ evaluation: Evaluation?, _ loss: Figure, _ top1: Figure, _ top5: Figure
    ) -> [(Figure, Double)] {
        evaluation.map { [(loss, $0.loss), (top1, $0.top1), (top5, $0.top5)] } ?? []
    }
}
