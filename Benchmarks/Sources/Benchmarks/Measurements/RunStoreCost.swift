import FewShot
import Foundation
import Store
import Tensors
import Training

/// What storing the course of a run costs the thread that trains it, at a thousand batches a second.
///
/// Two threads in turns do the same steps at the same pace and tell of each; one of them is recorded. What counts is the
/// processor time of the thread itself: other cores write.
struct RunStoreCost: Measurement {
    let name = "run-store-cost"
    let purpose = "processor time of the training thread with and without the run store, 1,000 batches/s"
    let batchesPerSecond = 1000.0
    let batchesPerEpoch = 24

    private struct Turn {
        /// Processor time of the thread in microseconds a batch: all of it, and telling alone.
        var total, telling: Double
    }

    func measure(on bench: Workbench, into figures: inout Figures) throws {
        let batches = bench.isQuick ? 1500 : 4000
        var turns: [Bool: [Turn]] = [:]
        _ = try turn(isRecorded: true, batches: 300)
        for _ in 0..<bench.rounds {
            for isRecorded in [false, true] {
                turns[isRecorded, default: []].append(try turn(isRecorded: isRecorded, batches: batches))
            }
        }
        func middle(_ isRecorded: Bool, _ value: (Turn) -> Double) -> Double {
            median((turns[isRecorded] ?? []).map(value))
        }
        let extra = middle(true, \.telling) - middle(false, \.telling)
        figures["run_store_us_per_batch"] = .number(extra)
        figures["run_store_share_at_1000_per_second"] = .number(extra * batchesPerSecond / 1e6)
        figures["run_store_batch_us_without"] = .number(middle(false, \.total))
        figures["run_store_batch_us_with"] = .number(middle(true, \.total))
        figures["run_store_share_of_batch"] = .number(extra / middle(false, \.total))
    }

    /// One run on a thread of its own.
    private func turn(isRecorded: Bool, batches: Int) throws -> Turn {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cliptop-run-store-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let state = isRecorded ? StateDirectory(folder) : nil
        let trial = try RecordingTrial(state: state, batchesPerEpoch: batchesPerEpoch)
        let step = Self.makeStep()
        let (start, processorStart) = (ContinuousClock.now, Self.processorTime())
        var telling = 0.0
        for batch in 1...batches {
            let loss = step()
            let before = Self.processorTime()
            trial.emitBatch(loss: loss)
            telling += Self.processorTime() - before
            if batch % 80 == 0 { trial.drainViewer() }
            let due = start + .seconds(Double(batch) / batchesPerSecond)
            let left = (due - ContinuousClock.now) / .seconds(1)
            if left > 0 { Thread.sleep(forTimeInterval: left) }
        }
        let total = Self.processorTime() - processorStart
        if let stored = try trial.finish(state: state), stored != batches {
            throw Incomplete(stored: stored, told: batches)
        }
        return Turn(total: total / Double(batches), telling: telling / Double(batches))
    }

    private struct Incomplete: Error, LocalizedError {
        var stored, told: Int
        var errorDescription: String? { "the store has \(stored) of \(told) batches" }
    }

    /// Processor time of this thread in microseconds.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    /// A step of a small CLIP-Adapter.
    private static func makeStep() -> () -> Double {
        let (samples, width, classes) = (64, 256, 16)
        var generator = SeededGenerator(seed: 1, purpose: "run store")
        func random(_ shape: [Int]) -> Tensor<Float> {
            Tensor((0..<shape.reduce(1, *)).map { _ in Float(generator.uniform() - 0.5) }, shape: shape)
        }
        let features = random([samples, width])
        let method = ClipAdapterMethod(
            configuration: ClipAdapterConfiguration(["ratio": 0.4]), optimiser: .adam(),
            textFeatures: random([classes, width]), logitScale: 100, batchSize: samples, seed: 1)
        let labels = (0..<samples).map { Int32($0 % classes) }
        let rows = Array(0..<samples)
        var step = 0
        return {
            step += 1
            return method.trainBatch(
                features: features, rows: rows[...], labels: labels, learningRate: 1e-3, step: step
            ).loss
        }
    }
}
