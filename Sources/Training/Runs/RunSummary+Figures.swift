extension RunSummary {
    /// How it ended; nil for a run that goes on, and for one whose end was not recorded.
    public var result: RunResult? { record.result.flatMap { try? WireFormat.decode(from: $0) } }

    /// Every figure that is known of the run, validation first; what the run ended with, or has come to, after zero-shot,
    /// and then its best epoch. Lists, `runs show`, `runs compare` and the Runs screen all show these.
    public var figures: [ResultFigure] {
        let result = result
        let best = result?.bestWeights ?? MeasuredWeights(.lowestLoss, epoch: record.bestEpoch, epochs: record.epochs)
        let weights = weights(result)
        let zeroShot = MeasuredWeights(.zeroShot)
        func figure(
            _ split: Split, _ weights: MeasuredWeights, _ known: Evaluation?, _ top1: Double?, _ loss: Double? = nil
        ) -> ResultFigure? {
            known.map { ResultFigure(split, weights, $0) }
                ?? top1.map { ResultFigure(split, weights, top1: $0, loss: loss) }
        }
        return [
            figure(.validation, zeroShot, nil, record.zeroShotTop1, record.zeroShotLoss),
            figure(.validation, weights, result?.finalValidation, record.finalTop1, record.finalLoss),
            figure(.validation, best, result?.bestValidation, record.bestTop1, record.bestLoss),
            figure(.test, zeroShot, result?.zeroShotTest, record.zeroShotTestTop1),
            figure(.test, weights, result?.finalTest, record.testTop1),
            figure(.test, best, result?.bestTest, nil),
        ].compactMap { $0 }
    }

    /// The weights that the run ended with, or has come to.
    private func weights(_ result: RunResult?) -> MeasuredWeights {
        if let weights = result?.weights { return weights }
        if record.endedAt != nil { return MeasuredWeights(.notRecorded, epochs: record.epochs) }
        return MeasuredWeights(.last, epoch: record.epochs, epochs: record.epochs)
    }
}
