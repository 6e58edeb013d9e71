import FewShot
import Foundation

/// A figure of a run that has a place on its way, by its tag in TensorBoard (docs/runs.md).
struct Figure: Hashable, Sendable {
    /// The tag: `train/loss`.
    let tag: String

    /// The figure with this tag.
    init(_ tag: String) { self.tag = tag }

    /// Its column in a table: a name without a slash.
    var column: String { tag.replacing("/", with: "_") }

    static let trainLoss = Figure("train/loss")
    static let learningRate = Figure("train/lr")
    static let picturesPerSecond = Figure("train/pictures_per_second")
    static let epochLoss = Figure("train/epoch_loss")
    static let validationLoss = Figure("val/loss")
    static let validationTop1 = Figure("val/top1")
    static let validationTop5 = Figure("val/top5")
    static let testLoss = Figure("test/loss")
    static let testTop1 = Figure("test/top1")
    static let testTop5 = Figure("test/top5")
    static let testEpoch = Figure("test/epoch")
    static let bestEpoch = Figure("best/epoch")
    static let bestTestLoss = Figure("best/test_loss")
    static let bestTestTop1 = Figure("best/test_top1")
    static let bestTestTop5 = Figure("best/test_top5")
    static let zeroShotValidationLoss = Figure("zero_shot/val_loss")
    static let zeroShotValidationTop1 = Figure("zero_shot/val_top1")
    static let zeroShotValidationTop5 = Figure("zero_shot/val_top5")
    static let zeroShotTestLoss = Figure("zero_shot/test_loss")
    static let zeroShotTestTop1 = Figure("zero_shot/test_top1")
    static let zeroShotTestTop5 = Figure("zero_shot/test_top5")

    /// A live setting's value; nil for the learning rate, which every batch has.
    static func setting(_ setting: LiveSetting) -> Figure? {
        setting == .learningRate ? nil : Figure("train/" + setting.title.replacing(" ", with: "_"))
    }

    /// All figures in the order of a table's columns: those of batches and epochs as their fields say, what is set, then
    /// what is known at the end.
    static let all: [Figure] = {
        let (batches, epochs) = (BatchRecord.fields.compactMap(\.figure), EpochRecord.fields.compactMap(\.figure))
        let isOfTraining: (Figure) -> Bool = { $0.tag.hasPrefix("train/") }
        return batches + epochs.filter(isOfTraining) + LiveSetting.all.compactMap(setting)
            + epochs.filter { !isOfTraining($0) } + [
                .testLoss,
                .testTop1,
                .testTop5,
                .testEpoch,
                .bestEpoch,
                .bestTestLoss,
                .bestTestTop1,
                .bestTestTop5,
                .zeroShotValidationLoss,
                .zeroShotValidationTop1,
                .zeroShotValidationTop5,
                .zeroShotTestLoss,
                .zeroShotTestTop1,
                .zeroShotTestTop5,
            ]
    }()
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
                record.figures)
        case .epoch(let record):
            (step, epoch) = (record.step, record.epoch)
            return row(
                entry,
                record.figures)
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
