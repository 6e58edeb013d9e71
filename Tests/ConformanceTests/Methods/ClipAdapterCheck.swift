import Safetensors
import Tensors
import TestSupport

@testable import FewShot

/// Losses, first gradients, parameters on the way and at the end, and logits of a CLIP-Adapter.
enum ClipAdapterCheck {
    private struct Settings: Decodable {
        var branch, ratio: String
        var alpha: Double?
        var secondRelu: Bool
        var dropout: Double
        var logitScaleMultiplier: Double
        var optimiser: OptimiserSettings
    }

    static func run(_ test: MethodCase) throws -> [String]? {
        let settings = try test.settings(Settings.self)
        guard settings.branch == "visual", settings.ratio == "fixed", let alpha = settings.alpha else { return nil }
        let (inputs, expected) = (try test.inputs(), try test.expected())
        guard let rule = settings.optimiser.rule else { return ["unknown optimiser"] }
        let scale = settings.logitScaleMultiplier
        let features = try inputs.tensor("features")
        let labels = try inputs.integers("labels").map { Int32($0) }
        let batches = try inputs.integers("batches")
        let rates = try expected.doubleTensor("lr").values
        let batchSize = batches.count / rates.count
        let (first, second) = (try inputs.tensor("init.W1"), try inputs.tensor("init.W2"))
        let adapter = ClipAdapter<Float>(
            configuration: ClipAdapterConfiguration(
                residualRatio: alpha, reduction: first.columns / first.rows, secondReLU: settings.secondRelu),
            first: first, second: second, textFeatures: try inputs.tensor("text_features"), logitScale: Float(scale),
            batchCapacity: batchSize)
        let masks = inputs.names.contains("dropout_masks") ? try inputs.integers("dropout_masks") : nil
        let kept = Float(1 / (1 - settings.dropout))
        let optimisers = (
            Optimiser<Float>(rule, rows: first.rows, columns: first.columns),
            Optimiser<Float>(rule, rows: second.rows, columns: second.columns)
        )

        var problems: [String] = []
        func compare(_ name: String, _ value: Tensor<Float>) throws {
            guard expected.names.contains(name) else { return }
            if let problem = try test.mismatch(name, value, expected) { problems.append(problem) }
        }
        var losses: [Float] = []
        for (index, rate) in rates.enumerated() {
            let rows = batches[index * batchSize..<(index + 1) * batchSize].filter { $0 >= 0 }
            let mask = masks.map { masks in
                let size = batchSize * features.columns
                let start = index * size
                return Matrix(
                    Tensor(
                        masks[start..<start + rows.count * features.columns].map { $0 == 0 ? 0 : kept },
                        shape: [rows.count, features.columns]))
            }
            losses.append(
                Float(
                    adapter.lossAndGradients(
                        features, rows: rows[...], labels: rows.map { labels[$0] }, mask: mask)))
            if index == 0 {
                try compare("grad1.W1", adapter.firstGradient.tensor)
                try compare("grad1.W2", adapter.secondGradient.tensor)
            }
            optimisers.0.update(adapter.first, gradient: adapter.firstGradient, learningRate: rate)
            optimisers.1.update(adapter.second, gradient: adapter.secondGradient, learningRate: rate)
            try compare("step\(index + 1).W1", adapter.first.tensor)
            try compare("step\(index + 1).W2", adapter.second.tensor)
        }
        try compare("loss", Tensor(losses, shape: [losses.count]))
        try compare("final.W1", adapter.first.tensor)
        try compare("final.W2", adapter.second.tensor)
        try compare("logits_test", adapter.logits(try inputs.tensor("test_features")))
        return problems
    }
}
