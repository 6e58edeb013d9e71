import Tensors
import TestSupport
import Training

/// Every schedule over a whole run.
enum ScheduleCheck {
    private struct Settings: Decodable {
        var kind: String
        var lr: Double
        var total: Int
        var warm: Int?
        var etaMin: Double?
        var warmLr: Double?
    }

    static func run(_ test: MethodCase) throws -> [String] {
        let expected = try test.expected()
        var problems: [String] = []
        for (name, settings) in try test.settings([String: Settings].self) {
            var schedule = LearningRateSchedule(per: .epoch, warmUpEpochs: settings.warm ?? 0)
            schedule.minimum = settings.etaMin ?? 0
            if let rate = settings.warmLr { schedule.warmUpRate = rate }
            switch settings.kind {
            case "constant": break
            case "cosine", "warmup-cosine": schedule.shape = .cosine
            case "linear-warmup-cosine": (schedule.shape, schedule.warmUp) = (.cosine, .linear)
            default: problems.append("unknown schedule \(settings.kind)")
            }
            let wanted = try expected.doubleTensor(name).values
            guard let tolerance = test.description.expected[name]?.atol else { return ["\(name) has no tolerance"] }
            for (epoch, rate) in wanted.enumerated() {
                let ours = schedule.rate(
                    base: settings.lr,
                    at: .init(epoch: epoch, batch: 0, batchesPerEpoch: 7, epochs: settings.total))
                // The same formula over iterations: an epoch of one batch.
                var byIteration = schedule
                byIteration.unit = .iteration
                let other = byIteration.rate(
                    base: settings.lr, at: .init(epoch: epoch, batch: 0, batchesPerEpoch: 1, epochs: settings.total))
                if abs(ours - rate) > tolerance || ours != other {
                    problems.append("\(name), epoch \(epoch): \(ours) or \(other) instead of \(rate)")
                }
            }
        }
        return problems
    }
}
