import FewShot
import Tensors

/// Published ways to train a CLIP-Adapter, and ours (spec, few-shot 19).
public enum AdapterPreset: String, CaseIterable, Sendable {
    /// Ours: converges on cached features.
    case `default`
    /// The paper as printed: its learning rate of 1e-5 hardly moves the weights; the ratio is swept.
    case paper = "paper-001"
    /// The official code.
    case official
    /// The re-implementation in LP++'s benchmark.
    case lppBenchmark = "lppp-bench"
    /// The competition report, with the dropout its text speaks of.
    case report = "report-000"
    /// The competition report as its code ran: there the dropout was never switched on.
    case reportExact = "report-000-exact"

    /// Sets what the preset is about; shots, seed and data stay. The defaults of the method come first.
    public func apply(to configuration: inout TrainingConfiguration) {
        configuration.use(.clipAdapter)
        var adapter = ClipAdapterConfiguration()
        let dassl = OptimiserRule.sgd(momentum: 0.9, weightDecay: 5e-4)
        let warmedCosine = LearningRateSchedule(.cosine, per: .epoch, warmUpEpochs: 1)
        switch self {
        case .default: break
        case .paper:
            adapter.ratioMode = .sweep
            configuration.train(dassl, rate: 1e-5, warmedCosine, batch: 32, epochs: 200)
        case .official:
            configuration.train(
                dassl, rate: 0.002, warmedCosine, batch: 32, epochs: Self.epochs(shots: configuration.shots))
        case .lppBenchmark:
            adapter.residualRatio = 0.5
            configuration.train(.sgd(momentum: 0), rate: 0.01, warmedCosine, batch: 32, epochs: 300)
        case .report, .reportExact:
            adapter.residualRatio = 0.9
            adapter.dropout = self == .report ? 0.1 : 0
            adapter.logitScale = 100
            configuration.pick = .random
            configuration.validation = .fifthOfTraining
            configuration.train(.adam(), rate: 1e-4, LearningRateSchedule(.constant), batch: 64, epochs: 20)
        }
        configuration.method.clipAdapter = adapter
    }

    /// CoOp's epochs, which the official code inherits (spec 9).
    static func epochs(shots: Int) -> Int {
        switch shots {
        case ...1: 50
        case ...4: 100
        default: 200
        }
    }
}

extension TrainingConfiguration {
    fileprivate mutating func train(
        _ optimiser: OptimiserRule, rate: Double, _ schedule: LearningRateSchedule, batch: Int, epochs: Int
    ) {
        method.optimiser = optimiser
        learningRate = rate
        self.schedule = schedule
        batchSize = batch
        self.epochs = epochs
    }
}
