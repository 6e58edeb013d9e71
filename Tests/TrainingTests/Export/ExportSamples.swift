import Foundation

@testable import Training

/// A short run with everything that exports have to cope with.
enum ExportSamples {
    static let start = Date(timeIntervalSince1970: 1_700_000_000)

    static func description(name: String? = "mine, \"twice\"", id: String = "7f3a91c2") -> RunDescription {
        RunDescription(
            runID: id, name: name, dataset: "Samples", model: "tiny", method: "clip-adapter visual", shots: 4, seed: 1,
            classNames: ["a", "b"], epochs: 2, batchesPerEpoch: 2, batchSize: 5, trainCount: 8, validationCount: 4,
            testCount: 4, learningRate: 1e-3, settings: ["ratio": 0.2], folder: URL(filePath: "/nowhere"))
    }

    static let configuration = TrainingConfiguration(model: URL(filePath: "/model"), data: URL(filePath: "/data"))

    static func evaluation(_ loss: Double, _ top1: Double) -> Evaluation {
        Evaluation(loss: loss, top1: top1, top5: 1, count: 4)
    }

    static func batch(_ step: Int, epoch: Int, batch: Int, loss: Double) -> TrainingEvent {
        .batch(
            BatchRecord(step: step, epoch: epoch, batch: batch, loss: loss, learningRate: 1e-3, samplesPerSecond: 100))
    }

    static let events: [TrainingEvent] = [
        .prepared(description(), pictures: []), .zeroShot(validation: evaluation(1.5, 0.25)),
        batch(1, epoch: 1, batch: 1, loss: 2.5), batch(2, epoch: 1, batch: 2, loss: .nan),
        .epoch(
            EpochRecord(
                epoch: 1, step: 2, trainLoss: .infinity, validation: evaluation(1.25, 0.5), learningRate: 1e-3,
                seconds: 0.5)),
        .intervention(
            Intervention(
                change: .set(name: "lr", from: 1e-3, to: 2e-3), afterStep: 2, afterEpoch: 1,
                time: start.addingTimeInterval(4.5))),
        .log(LogEntry("line\u{1b}[2J \"quoted\" \\ ü\u{2028}", level: .warning, time: start.addingTimeInterval(4.75))),
        batch(3, epoch: 2, batch: 1, loss: 0.5), batch(4, epoch: 2, batch: 2, loss: 0.125),
        .epoch(
            EpochRecord(epoch: 2, step: 4, trainLoss: 0.3, validation: nil, learningRate: 1e-3, seconds: 0.5)),
        .finished(
            RunResult(
                state: .done, zeroShotTest: evaluation(1.5, 0.5), finalTest: evaluation(0.75, 0.75), bestEpoch: 1,
                bestTest: evaluation(1, 0.5), trainSeconds: 1)),
    ]

    /// One event a second.
    static func course(
        _ events: [TrainingEvent] = events, description: RunDescription = description()
    ) -> ExportedRun {
        ExportedRun(description: description, configuration: configuration, startedAt: start) { body in
            for (index, event) in events.enumerated() {
                try body(TimedEvent(event, at: start.addingTimeInterval(Double(index))))
            }
        }
    }
}
