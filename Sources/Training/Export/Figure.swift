import Foundation

/// A figure of a run that has a place on its way; the raw value is its tag in TensorBoard (spec, datasets 9.2).
public enum Figure: String, Sendable, CaseIterable {
    case trainLoss = "train/loss"
    case learningRate = "train/lr"
    case picturesPerSecond = "train/pictures_per_second"
    case epochLoss = "train/epoch_loss"
    case residualRatio = "train/residual_ratio"
    case dropout = "train/dropout"
    case validationLoss = "val/loss"
    case validationTop1 = "val/top1"
    case validationTop5 = "val/top5"
    case testLoss = "test/loss"
    case testTop1 = "test/top1"
    case testTop5 = "test/top5"
    case testEpoch = "test/epoch"
    case bestEpoch = "best/epoch"
    case bestTestLoss = "best/test_loss"
    case bestTestTop1 = "best/test_top1"
    case bestTestTop5 = "best/test_top5"
    case zeroShotValidationLoss = "zero_shot/val_loss"
    case zeroShotValidationTop1 = "zero_shot/val_top1"
    case zeroShotValidationTop5 = "zero_shot/val_top5"
    case zeroShotTestLoss = "zero_shot/test_loss"
    case zeroShotTestTop1 = "zero_shot/test_top1"
    case zeroShotTestTop5 = "zero_shot/test_top5"

    /// Its column in a table: a name without a slash.
    public var column: String { rawValue.replacing("/", with: "_") }
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
                intervention: intervention.change.sentence)
            switch intervention.change {
            case .residualRatio(_, let to): row.figures = [(.residualRatio, to)]
            case .dropout(_, let to): row.figures = [(.dropout, to)]
            default: break
            }
            return row
        case .finished(let result):
            let figures =
                Self.figures(result.finalTest, .testLoss, .testTop1, .testTop5)
                + (result.weights?.epoch.map { [(.testEpoch, Double($0))] } ?? [])
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
