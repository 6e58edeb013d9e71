import Safetensors
import Tensors

@testable import FewShot

/// TaskRes: loss, first gradient, residuals on the way and at the end, and logits.
enum TaskResCheck {
    private struct Settings: Decodable {
        var alpha: Double
        var logitScaleMultiplier: Double
        var optimiser: OptimiserSettings
        var batchSize: Int
    }

    static func run(_ test: MethodCase) throws -> [String] {
        let settings = try test.settings(Settings.self)
        guard let rule = settings.optimiser.rule else { return ["unknown optimiser"] }
        var comparison = try CaseComparison(test)
        let inputs = try test.inputs()
        let model = TaskRes<Float>(
            textFeatures: try inputs.tensor("text_features"), alpha: settings.alpha,
            logitScale: Float(settings.logitScaleMultiplier), batchCapacity: settings.batchSize)
        let optimiser = Optimiser(rule, [model.parameter])
        let (features, labels) = (try inputs.tensor("features"), try test.labels())
        var losses: [Float] = []
        for (index, batch) in try test.batches().enumerated() {
            losses.append(
                Float(model.lossAndGradient(features, rows: batch.rows[...], labels: batch.rows.map { labels[$0] })))
            if index == 0 { try comparison.compare("grad1.X", model.residualGradient.tensor) }
            optimiser.step(learningRate: batch.rate)
            try comparison.compare("step\(index + 1).X", model.residuals.tensor)
        }
        try comparison.compare("final.X", model.residuals.tensor)
        try comparison.compare("loss", Tensor(losses, shape: [losses.count]))
        try comparison.compare("logits_test", model.logits(try inputs.tensor("test_features")))
        return comparison.problems
    }
}
