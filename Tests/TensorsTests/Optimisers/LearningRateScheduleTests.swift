import Foundation
import Tensors
import Testing

@Suite struct LearningRateScheduleTests {
    private func rates(_ schedule: LearningRateSchedule, epochs: Int, batches: Int) -> [Double] {
        (0..<epochs).flatMap { epoch in
            (0..<batches).map { batch in
                schedule.rate(
                    base: 1,
                    at: .init(epoch: epoch, batch: batch, batchesPerEpoch: batches, epochs: epochs))
            }
        }
    }

    private func agrees(_ rates: [Double], _ expected: [Double]) -> Bool {
        rates.count == expected.count && zip(rates, expected).allSatisfy { abs($0 - $1) < 1e-12 }
    }

    @Test func aCosineMovesAfterEveryBatchOrEveryEpoch() {
        let half = 0.5.squareRoot() / 2
        #expect(
            agrees(rates(LearningRateSchedule(.cosine), epochs: 2, batches: 2), [1, 0.5 + half, 0.5, 0.5 - half]))
        #expect(
            agrees(rates(LearningRateSchedule(.cosine, per: .epoch), epochs: 2, batches: 2), [1, 1, 0.5, 0.5]))
        #expect(agrees(rates(LearningRateSchedule(), epochs: 2, batches: 2), [1, 1, 1, 1]))
    }

    /// A warm-up is counted in epochs also where the rate moves with every batch.
    @Test func aWarmUpComesFirst() {
        let constant = LearningRateSchedule(.constant, warmUpEpochs: 1)
        #expect(agrees(rates(constant, epochs: 3, batches: 2), [1e-5, 1e-5, 1, 1, 1, 1]))
        let linear = LearningRateSchedule(.constant, warmUp: .linear, warmUpEpochs: 2)
        #expect(agrees(rates(linear, epochs: 3, batches: 2), [1e-5, 0.25, 0.5, 0.75, 1, 1]))
    }

    /// The figures of CoOp's setting (docs/methods.md#learning-rate-schedules).
    @Test func coOpsFigures() {
        let schedule = LearningRateSchedule(.cosine, per: .epoch, warmUpEpochs: 1)
        func rate(_ epoch: Int) -> Double {
            schedule.rate(base: 0.002, at: .init(epoch: epoch, batch: 0, batchesPerEpoch: 3, epochs: 50))
        }
        #expect(rate(0) == 1e-5 && rate(1) == 0.002)
        #expect(abs(rate(2) - 0.00199803) < 1e-8)
        #expect(abs(rate(49) - 7.8853e-6) < 1e-9)
    }
}
