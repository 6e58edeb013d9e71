import Foundation
import Store

/// A recorder at work on a made-up run, for measuring what it costs the thread that trains.
public final class RecordingTrial {
    private let hub = EventHub()
    private let viewer: EventQueue
    private let recorder: RunRecorder?
    private var step = 0
    private let batchesPerEpoch: Int

    /// - Parameters:
    ///   - state: where the database is made; nil to record nothing.
    ///   - batchesPerEpoch: after so many batches comes an epoch.
    public init(state: StateDirectory?, batchesPerEpoch: Int) throws {
        self.batchesPerEpoch = batchesPerEpoch
        guard let state else {
            recorder = nil
            viewer = hub.subscribe()
            return
        }
        let database = try StateDatabase(state)
        let run = try RunTable(database).begin(name: nil)
        let recorder = RunRecorder(hub)
        viewer = hub.subscribe()
        let description = RunDescription(
            runID: run.id, dataset: "trial", model: "trial", method: "clip-adapter visual", shots: 4, seed: 1,
            classNames: ["a"], epochs: 1, batchesPerEpoch: batchesPerEpoch, batchSize: 64, trainCount: 64,
            validationCount: 64, testCount: 64, learningRate: 1e-3, folder: state.run(run.id))
        recorder.begin(
            .init(description: description, pictures: [], modelChecksum: ""),
            configuration: TrainingConfiguration(model: URL(filePath: "/"), data: URL(filePath: "/")),
            database: database)
        self.recorder = recorder
    }

    /// What a session does after a batch.
    public func emitBatch(loss: Double) {
        step += 1
        hub.push(
            .batch(
                BatchRecord(
                    step: step, epoch: (step - 1) / batchesPerEpoch + 1, batch: (step - 1) % batchesPerEpoch + 1,
                    loss: loss, learningRate: 1e-3, samplesPerSecond: 64_000)))
        guard step % batchesPerEpoch == 0 else { return }
        let epoch = step / batchesPerEpoch
        hub.push(
            .epoch(
                EpochRecord(
                    epoch: epoch, step: step, trainLoss: loss,
                    validation: Evaluation(loss: loss, top1: 0.5, top5: 0.9, count: 64), learningRate: 1e-3,
                    seconds: 0.02)))
        recorder?.note(step: step, isBest: epoch % 2 == 0) {
            SplitPredictions(split: .validation, epoch: epoch, answers: [])
        }
    }

    /// What a dashboard does now and then.
    public func drainViewer() { _ = viewer.drain() }

    /// Ends the run; answers how many batches the store has, nil where nothing is recorded.
    public func finish(state: StateDirectory?) throws -> Int? {
        guard let recorder, let state else { return nil }
        recorder.finish(RunResult(state: .done))
        let history = RunHistory(try StateDatabase(state))
        return try history.course(of: try history.summary("latest").id).batches.count
    }
}
