import FewShot
import Foundation
import Store
import Testing

@testable import Training

/// Every figure of a run says of which weights and which pictures it is, and says the same everywhere.
@Suite struct MeasuredWeightsTests {
    private static let chosen = SearchOutcome(
        searched: "the epoch", tried: 300, found: ["epoch": 49], epoch: 49, validationTop1: 0.797, validationCount: 64)
    private static let share = SearchOutcome(
        searched: "share of the head", tried: 21, found: ["fusion": 0.3], validationTop1: 0.6875, validationCount: 64)

    @Test(arguments: [
        (MeasuredWeights(.zeroShot), "zero-shot", "zero-shot"),
        (MeasuredWeights(.last, epoch: 50, epochs: 50), "epoch 50, last", "epoch 50, the last"),
        (MeasuredWeights(.last, epoch: 6, step: 13, epochs: 6), "step 13, last", "step 13, in epoch 7"),
        (
            MeasuredWeights(.last, epoch: 5, epochs: 5, search: share), "epoch 5, last",
            "epoch 5, the last, fusion 0.3 searched on 64 validation pictures (top-1 68.8 %)"
        ),
        (
            MeasuredWeights(.chosen, epoch: 49, epochs: 300, search: chosen), "epoch 49, chosen",
            "epoch 49 of 300, chosen on 64 validation pictures (top-1 79.7 %)"
        ),
        (
            MeasuredWeights(.lowestLoss, epoch: 9, epochs: 20), "epoch 9, best",
            "epoch 9 of 20, lowest validation loss"
        ),
        (
            MeasuredWeights(.notRecorded), "last weights",
            "last weights (an earlier version did not record of which epoch)"
        ),
    ])
    func wordsNameTheWeights(_ weights: MeasuredWeights, _ title: String, _ words: String) {
        #expect(weights.title == title && weights.words == words)
    }

    @Test func theBestEpochIsTheFirstOfTheLowestFiniteLosses() {
        func epoch(_ loss: Double?) -> EpochRecord {
            EpochRecord(
                epoch: 1, step: 1, trainLoss: 0,
                validation: loss.map { Evaluation(loss: $0, top1: 0, top5: 0, count: 1) }, learningRate: 0, seconds: 0)
        }
        #expect(epoch(0.5).isBest(after: nil) && epoch(0.5).isBest(after: 0.6))
        #expect(!epoch(0.5).isBest(after: 0.5) && !epoch(.nan).isBest(after: nil) && !epoch(nil).isBest(after: nil))
    }

    @Test(arguments: [MethodName.clipAdapter, .lpPlusPlus, .linearProbe, .channelHead, .tipAdapter])
    func everyPlaceShowsTheSameFigures(_ name: MethodName) throws {
        let harness = try SessionHarness(change: {
            if name != .clipAdapter { $0.use(name) }
            $0.epochs = 20
            $0.learningRate = name == .clipAdapter ? 0.1 : $0.learningRate
        })
        let result = try #require(try harness.follow())
        let report = try #require(harness.session.report)
        let epochs = report.epochs.count
        switch name {
        case .clipAdapter:
            #expect(report.weights == MeasuredWeights(.last, epoch: 20, epochs: 20))
            #expect(try #require(report.best).record.epoch < 20, "the best epoch is another than the last")
        case .lpPlusPlus:
            #expect(report.weights.choice == .chosen && report.weights.epochs == 20)
            #expect(report.weights.epoch.map(Double.init) == report.search?.found["epoch"])
        case .linearProbe: #expect(report.weights.choice == .fittedAnew && report.weights.epoch == nil)
        case .channelHead: #expect(report.weights.choice == .last && report.search?.found["fusion"] != nil)
        default: #expect(report.weights.choice == .untrained && epochs == 0)
        }
        let zeroShot = MeasuredWeights(.zeroShot)
        var expected: [ResultFigure] = []
        for split in [Split.validation, .test] {
            let isTest = split == .test
            for (weights, metrics) in [
                (zeroShot, isTest ? report.zeroShotTest : report.zeroShotValidation),
                (report.weights, isTest ? report.finalTest : report.finalValidation),
                (report.best?.weights, isTest ? report.best?.test : report.best?.validation),
            ] {
                if let weights, let metrics { expected.append(ResultFigure(split, weights, Evaluation(metrics))) }
            }
        }
        let summary = try RunHistory(StateDatabase(harness.state)).summary("latest")
        var shown = summary.figures
        // The line to beat on validation is a column of the list, which has neither top-5 nor a count.
        expected[0] = ResultFigure(.validation, zeroShot, top1: expected[0].top1, loss: expected[0].loss)
        #expect(shown == expected)
        shown.removeAll { $0.weights.choice == .zeroShot }
        #expect(summary.record.finalTop1 == shown[0].top1 && summary.record.testTop1 == report.finalTest?.top1)
        #expect(summary.record.bestTop1 == report.best?.validation?.top1)
        #expect(result.weights == report.weights && result.bestWeights == report.best?.weights)

        let file = try JSONSerialization.jsonObject(
            with: Data(contentsOf: summary.folder.appending(path: "results.json")))
        let weights = (file as? [String: Any])?["weights"] as? [String: Any]
        #expect(weights?["words"] as? String == report.weights.words)
        let jsonl = harness.folder.appending(path: "run.jsonl")
        try RunExport(.jsonl).write(
            [ExportedRun("latest", in: RunHistory(StateDatabase(harness.state)))], to: OutputFile(jsonl.path))
        #expect(try String(contentsOf: jsonl, encoding: .utf8).contains("\"text\":\"\(report.weights.words)\""))
    }

    @Test func weightsOfAStepWithinAnEpochAreNotCalledAnEpochs() throws {
        let harness = try SessionHarness()
        try harness.steps(stopAfter: 3)
        #expect(harness.session.report?.weights == MeasuredWeights(.last, epoch: 1, step: 3, epochs: 1))
    }

    @Test func aRunOfAnEarlierVersionSaysWhatIsNotKnown() {
        var record = RunRecord(number: 1, id: "a", startedAt: 0, state: "done")
        (record.endedAt, record.finalTop1, record.testTop1, record.epochs) = (1, 0.5, 0.6, 3)
        let summary = RunSummary(record: record, process: nil, folder: URL(filePath: "/"))
        #expect(
            summary.figures == [
                ResultFigure(.validation, MeasuredWeights(.notRecorded, epochs: 3), top1: 0.5),
                ResultFigure(.test, MeasuredWeights(.notRecorded, epochs: 3), top1: 0.6),
            ])
    }
}
