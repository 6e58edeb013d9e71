import Safetensors
import Tensors

@testable import FewShot

/// LP++: what is derived from the data, the trajectory of all three parameters, and the epoch that is selected.
enum LPPlusPlusCheck {
    private struct Settings: Decodable {
        var epochs: Int
        var alphaGradient: String
    }

    static func run(_ test: MethodCase) throws -> [String] {
        let settings = try test.settings(Settings.self)
        var comparison = try CaseComparison(test)
        let inputs = try test.inputs()
        let method = LPPlusPlus<Float>(
            features: try inputs.tensor("features"), labels: try test.labels(),
            textFeatures: try inputs.tensor("text_features"), bias: try inputs.tensor("init.b").values,
            multiplierGradient: settings.alphaGradient.hasPrefix("accumulated") ? .accumulated : .current)
        try comparison.compare("V0", method.prototypes.tensor)
        try comparison.compare("alpha0", Double(method.multipliers.elements[0]))
        try comparison.compare("eta_w", method.prototypeRate)
        try comparison.compare("eta_alpha", method.multiplierRate)
        try comparison.compare("lambda_max", method.largestEigenvalue)

        let (validation, labels) = (try inputs.tensor("val_features"), try test.labels("val_labels"))
        let testFeatures = try inputs.tensor("test_features")
        var losses: [Float] = []
        var multipliers: [Float] = []
        var correct: [Int] = []
        var selected = (epoch: 0, logits: Tensor<Float>(shape: [0]))
        for epoch in 1...settings.epochs {
            losses.append(Float(method.step()))
            if epoch == 1 {
                try comparison.compare("grad1.V", method.prototypeGradient.tensor)
                try comparison.compare("grad1.b", method.biasGradient.tensor)
                try comparison.compare("grad1.alpha", method.multiplierGradient.tensor)
            }
            let name = epoch == settings.epochs ? "final" : "step\(epoch)"
            try comparison.compare("\(name).V", method.prototypes.tensor)
            try comparison.compare("\(name).b", method.bias.tensor)
            try comparison.compare("\(name).alpha", method.multipliers.tensor)
            if epoch.isMultiple(of: 10) { multipliers += method.multipliers.tensor.values }
            let metrics = ClassificationMetrics(logits: method.logits(validation), labels: labels)
            correct.append(metrics?.perClass.reduce(0) { $0 + $1.correct } ?? -1)
            if correct[epoch - 1] == correct.max() { selected = (epoch, method.logits(testFeatures)) }
        }
        try comparison.compare("loss", Tensor(losses, shape: [losses.count]))
        try comparison.compare("alpha_after_10_20", Tensor(multipliers, shape: [multipliers.count]))
        try comparison.compare("logits_test", method.logits(testFeatures))
        try comparison.compare("val_correct", correct)
        try comparison.compare("selected_epoch", [selected.epoch])
        try comparison.compare("selected_logits_test", selected.logits)
        return comparison.problems
    }
}
