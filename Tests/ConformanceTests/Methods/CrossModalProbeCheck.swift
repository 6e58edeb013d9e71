import CLIP
import Safetensors
import Tensors

@testable import FewShot

/// The cross-modal probe: start, loss, first gradient, weights on the way and at the end, and logits.
enum CrossModalProbeCheck {
    private struct Settings: Decodable {
        var logitScaleMultiplier: Double
        var optimiser: OptimiserSettings
        var promptsPerClass: Int
    }

    static func run(_ test: MethodCase) throws -> [String] {
        let settings = try test.settings(Settings.self)
        guard let rule = settings.optimiser.rule, settings.logitScaleMultiplier == 100 else {
            return ["unknown optimiser or multiplier"]
        }
        var comparison = try CaseComparison(test)
        let inputs = try test.inputs()
        let (prompts, promptLabels) = (try inputs.tensor("prompt_features"), try test.labels("prompt_labels"))
        let means = ClassTexts(
            features: prompts,
            counts: [Int](repeating: settings.promptsPerClass, count: prompts.rows / settings.promptsPerClass)
        ).means
        let (images, texts) = (try inputs.integers("image_batches"), try inputs.integers("text_batches"))
        let rates = try comparison.expected.doubleTensor("lr").values
        let (imageSize, textSize) = (images.count / rates.count, texts.count / rates.count)
        let probe = CrossModalProbe<Float>(
            textFeatures: means, prompts: prompts, promptLabels: promptLabels, batchCapacity: imageSize + textSize)
        try comparison.compare("W0", probe.weight.tensor)
        let optimiser = Optimiser(rule, [probe.parameter])
        let (features, labels) = (try inputs.tensor("features"), try test.labels())
        func batch(_ all: [Int], _ size: Int, _ index: Int) -> [Int] {
            all[index * size..<(index + 1) * size].filter { $0 >= 0 }
        }
        var losses: [Float] = []
        for (index, rate) in rates.enumerated() {
            let rows = batch(images, imageSize, index)
            losses.append(
                Float(
                    probe.lossAndGradient(
                        features, rows: rows[...], labels: rows.map { labels[$0] },
                        prompts: batch(texts, textSize, index))))
            if index == 0 { try comparison.compare("grad1.W", probe.weightGradient.tensor) }
            optimiser.step(learningRate: rate)
            try comparison.compare("step\(index + 1).W", probe.weight.tensor)
        }
        try comparison.compare("final.W", probe.weight.tensor)
        try comparison.compare("loss", Tensor(losses, shape: [losses.count]))
        try comparison.compare(
            "logits_test", CrossModalHead(probe.weight.tensor).logits(try inputs.tensor("test_features")))
        return comparison.problems
    }
}
