import Safetensors
import Tensors

@testable import FewShot

/// The channel re-weighting head: gradients, trajectories and both logits, stand-alone and joint.
enum ChannelHeadCheck {
    private struct Settings: Decodable {
        var mode: String
        var lambda: Double
        var logitScaleMultiplier: Double
        var optimiser: OptimiserSettings
        var batchSize: Int
    }

    static func run(_ test: MethodCase) throws -> [String] {
        let settings = try test.settings(Settings.self)
        guard let rule = settings.optimiser.rule else { return ["unknown optimiser"] }
        var comparison = try CaseComparison(test)
        let inputs = try test.inputs()
        let head = ChannelHead<Float>(
            textFeatures: try inputs.tensor("text_features"), logitScale: Float(settings.logitScaleMultiplier),
            weight: try inputs.tensor("init.H"), bias: try inputs.tensor("init.h").values,
            loss: settings.mode == "joint" ? .joint : .standalone, fusion: settings.lambda,
            batchCapacity: settings.batchSize)
        let names = ["gamma_v", "delta_v", "gamma_t", "delta_t", "H", "h"]
        for (name, parameter) in zip(names, head.parameters.all) {
            parameter.assign(
                Tensor(try inputs.tensor("init.\(name)").values, shape: [parameter.rows, parameter.columns]))
        }
        let optimisers = head.parameters.all.map { MatrixOptimiser<Float>(rule, rows: $0.rows, columns: $0.columns) }
        let (features, labels) = (try inputs.tensor("features"), try test.labels())
        func compareAll(_ prefix: String, _ tensors: [Matrix<Float>]) throws {
            for (name, tensor) in zip(names, tensors) { try comparison.compare("\(prefix).\(name)", tensor.tensor) }
        }
        var losses: [Float] = []
        for (index, batch) in try test.batches().enumerated() {
            losses.append(
                Float(head.lossAndGradients(features, rows: batch.rows[...], labels: batch.rows.map { labels[$0] })))
            if index == 0 {
                try compareAll("grad1", head.gradients.all)
                try comparison.compare("grad1.text_features", head.textGradient.tensor)
            }
            for (position, optimiser) in optimisers.enumerated() {
                optimiser.update(
                    head.parameters.all[position], gradient: head.gradients.all[position], learningRate: batch.rate)
            }
            try compareAll("step\(index + 1)", head.parameters.all)
        }
        try compareAll("final", head.parameters.all)
        try comparison.compare("loss", Tensor(losses, shape: [losses.count]))
        let testFeatures = try inputs.tensor("test_features")
        try comparison.compare("logits_test_head", head.headLogits(testFeatures))
        try comparison.compare("logits_test_similarity", head.similarityLogits(testFeatures))
        try comparison.compare("logits_test", head.logits(testFeatures))
        return comparison.problems
    }
}
