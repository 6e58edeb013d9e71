import Safetensors
import Tensors
import TestSupport

@testable import FewShot

/// Losses, first gradients, parameters on the way and at the end, and logits of a CLIP-Adapter.
enum ClipAdapterCheck {
    private struct Settings: Decodable {
        var branch, ratio: String
        var alpha, beta: Double?
        var secondRelu: Bool
        var dropout: Double
        var logitScaleMultiplier: Double
        var optimiser: OptimiserSettings
    }

    /// What the cases call our parameters.
    private static let names = [
        "W1": "visual_adapter.fc.0.weight", "W2": "visual_adapter.fc.2.weight", "T1": "text_adapter.fc.0.weight",
        "T2": "text_adapter.fc.2.weight", "a": "alpha", "b": "beta", "alpha": "alpha", "beta": "beta",
        "q_v": "ratio_v.weight", "c_v": "ratio_v.bias", "q_t": "ratio_t.weight", "c_t": "ratio_t.bias",
    ]

    static func run(_ test: MethodCase) throws -> [String] {
        let settings = try test.settings(Settings.self)
        guard let rule = settings.optimiser.rule else { return ["unknown optimiser"] }
        guard let branch = ClipAdapterConfiguration.Branch(rawValue: settings.branch),
            let mode = ClipAdapterConfiguration.RatioMode(rawValue: settings.ratio)
        else { return ["unknown branch \(settings.branch) or ratio \(settings.ratio)"] }
        let (inputs, expected) = (try test.inputs(), try test.expected())
        let features = try inputs.tensor("features")
        let labels = try inputs.integers("labels").map { Int32($0) }
        let batches = try inputs.integers("batches")
        let rates = try expected.doubleTensor("lr").values
        let batchSize = batches.count / rates.count
        var parameters: [String: Tensor<Float>] = [:]
        for (theirs, ours) in names where inputs.names.contains("init.\(theirs)") {
            parameters[ours] = try inputs.tensor("init.\(theirs)")
        }
        let adapter = ClipAdapter<Float>(
            configuration: ClipAdapterConfiguration(
                branch: branch, residualRatio: settings.alpha ?? 0.2, textRatio: settings.beta, ratioMode: mode,
                secondReLU: settings.secondRelu),
            parameters: parameters, textFeatures: try inputs.tensor("text_features"),
            logitScale: Float(settings.logitScaleMultiplier), batchCapacity: batchSize)
        let optimisers = adapter.trained.map {
            MatrixOptimiser<Float>(
                ClipAdapterNames.isRatio($0.name) ? rule.with(weightDecay: 0) : rule, rows: $0.value.rows,
                columns: $0.value.columns)
        }
        let masks = inputs.names.contains("dropout_masks") ? try inputs.integers("dropout_masks") : nil

        var problems: [String] = []
        func compare(_ name: String, _ value: Tensor<Float>) throws {
            if let problem = try test.mismatch(name, value, expected) { problems.append(problem) }
        }
        /// Compares all parameters (or gradients) that the case has at this point.
        func compareAll(_ point: String, _ value: (Parameter<Float>) -> Matrix<Float>) throws {
            for matrix in adapter.trained {
                let theirs = names.first { $0.value == matrix.name && expected.names.contains("\(point).\($0.key)") }
                guard let theirs else { problems.append("\(point): nothing to compare \(matrix.name) with"); continue }
                try compare("\(point).\(theirs.key)", value(matrix).tensor)
            }
        }
        var losses: [Float] = []
        for (index, rate) in rates.enumerated() {
            let rows = batches[index * batchSize..<(index + 1) * batchSize].filter { $0 >= 0 }
            let mask = masks.map { masks in
                let start = index * batchSize * features.columns
                let kept = Float(1 / (1 - settings.dropout))
                let part = masks[start..<start + rows.count * features.columns]
                return Matrix(Tensor(part.map { $0 == 0 ? 0 : kept }, shape: [rows.count, features.columns]))
            }
            losses.append(
                Float(
                    adapter.lossAndGradients(
                        features, rows: rows[...], labels: rows.map { labels[$0] }, mask: mask)))
            if index == 0 { try compareAll("grad1") { $0.gradient } }
            for (matrix, optimiser) in zip(adapter.trained, optimisers) {
                optimiser.update(matrix.value, gradient: matrix.gradient, learningRate: rate)
            }
            if index == 0 || index == 9 { try compareAll("step\(index + 1)") { $0.value } }
        }
        try compareAll("final") { $0.value }
        try compare("loss", Tensor(losses, shape: [losses.count]))
        try compare("logits_test", adapter.logits(try inputs.tensor("test_features")))
        return problems
    }
}
