import Foundation

/// How the learning rate moves over a run (docs/methods.md#learning-rate-schedules).
///
/// A schedule is a function of the base rate and of how far the run is; it has no state. A rate that the user sets while
/// the run is live replaces the base rate: the schedule's shape goes on from where it is. Epochs that are added or cut
/// change the total, and with it the cosine from then on.
public struct LearningRateSchedule: Sendable, Equatable, Codable {
    /// What follows the warm-up.
    public enum Shape: String, CaseIterable, Sendable, Codable {
        /// The base rate throughout.
        case constant
        /// `η_min + ½(η₀ − η_min)(1 + cos(π(t − w)/T))` with T the total including the warm-up.
        case cosine
    }

    /// What is counted.
    public enum Unit: String, CaseIterable, Sendable, Codable {
        /// The rate changes after the last batch of an epoch (CoOp, CLIP-Adapter).
        case epoch
        /// The rate changes after every batch (Tip-Adapter-F, CLIP-LoRA).
        case iteration
    }

    /// The beginning, if it has one.
    public enum WarmUp: String, CaseIterable, Sendable, Codable {
        /// ``warmUpRate`` throughout.
        case constant
        /// ``warmUpRate`` first, then `η₀ · t/w`.
        case linear
    }

    /// What follows the warm-up.
    public var shape: Shape
    /// What is counted.
    public var unit: Unit
    /// The kind of warm-up.
    public var warmUp: WarmUp
    /// Length of the warm-up in epochs; 0 for none.
    public var warmUpEpochs: Int
    /// The rate a warm-up begins with, whatever the base rate is.
    public var warmUpRate: Double
    /// What a cosine ends at.
    public var minimum: Double

    /// A schedule.
    public init(
        _ shape: Shape = .constant, per unit: Unit = .iteration, warmUp: WarmUp = .constant, warmUpEpochs: Int = 0,
        warmUpRate: Double = 1e-5, minimum: Double = 0
    ) {
        self.shape = shape
        self.unit = unit
        self.warmUp = warmUp
        self.warmUpEpochs = warmUpEpochs
        self.warmUpRate = warmUpRate
        self.minimum = minimum
    }

    /// Where a run is before a batch.
    public struct Position: Sendable, Equatable {
        /// Epochs completed, and batches of the next one.
        public var epoch, batch: Int
        /// Batches per epoch.
        public var batchesPerEpoch: Int
        /// Epochs planned.
        public var epochs: Int

        /// Where a run is.
        public init(epoch: Int, batch: Int, batchesPerEpoch: Int, epochs: Int) {
            self.epoch = epoch
            self.batch = batch
            self.batchesPerEpoch = batchesPerEpoch
            self.epochs = epochs
        }
    }

    /// The rate of the next batch.
    /// - Parameter base: `η₀`.
    public func rate(base: Double, at position: Position) -> Double {
        switch unit {
        case .epoch: rate(base: base, index: position.epoch, total: position.epochs, warmUp: warmUpEpochs)
        case .iteration:
            rate(
                base: base, index: position.epoch * position.batchesPerEpoch + position.batch,
                total: position.epochs * position.batchesPerEpoch, warmUp: warmUpEpochs * position.batchesPerEpoch)
        }
    }

    /// The rate of epoch or iteration `index` = 0 … total − 1 with a warm-up of `length` of them.
    public func rate(base: Double, index: Int, total: Int, warmUp length: Int) -> Double {
        if index < length {
            return warmUp == .constant || index == 0 ? warmUpRate : base * Double(index) / Double(length)
        }
        switch shape {
        case .constant: return base
        case .cosine:
            let progress = Double(index - length) / Double(max(total, 1))
            return minimum + 0.5 * (base - minimum) * (1 + cos(.pi * progress))
        }
    }

    /// Whether the rate of a batch may differ from the base rate.
    public var isMoving: Bool { shape != .constant || warmUpEpochs > 0 }

    /// For people: `cosine`, `cosine per epoch, warm-up 1 epoch`.
    public var title: String {
        let warming = warmUpEpochs == 0 ? "" : ", warm-up \(warmUpEpochs) epoch\(warmUpEpochs == 1 ? "" : "s")"
        return shape.rawValue + (shape == .cosine && unit == .epoch ? " per epoch" : "") + warming
    }
}
