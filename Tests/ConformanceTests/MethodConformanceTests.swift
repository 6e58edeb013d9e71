import Foundation
import Safetensors
import Tensors
import TestSupport
import Testing

@testable import FewShot

/// The few-shot methods against trajectories of the reference implementations.
@Suite struct MethodConformanceTests {
    /// The checks there are so far, by method; a case of another method is skipped by name.
    private static func check(for test: MethodCase) -> ((MethodCase) throws -> [String])? {
        let settings = test.description.hyperParameters
        switch test.description.method {
        case "clip-adapter" where settings.branch == "visual" && settings.ratio == "fixed": return clipAdapter
        case "optimisers": return optimisers
        default: return nil
        }
    }

    @Test func trajectoriesAgree() throws {
        let cases = try MethodCase.all()
        #expect(!cases.isEmpty, "no cases under \(Fixtures.reference.path)/methods")
        var checked = 0
        for test in cases {
            guard let check = Self.check(for: test) else {
                print("conformance: skipped \(test.description.case), its method is not built yet")
                continue
            }
            checked += 1
            for problem in try check(test) { Issue.record("\(test.description.case): \(problem)") }
        }
        #expect(checked > 0, "no case could be checked")
        print("conformance: \(checked) of \(cases.count) method cases checked")
    }

    /// Losses, first gradients, parameters on the way and at the end, and logits of a CLIP-Adapter.
    private static func clipAdapter(_ test: MethodCase) throws -> [String] {
        let settings = test.description.hyperParameters
        let (inputs, expected) = (
            try test.inputs(), try SafetensorsFile(test.folder.appending(path: "expected.safetensors"))
        )
        guard let rule = settings.optimiser?.rule, let scale = settings.logitScaleMultiplier, let alpha = settings.alpha
        else { return ["settings are missing"] }
        let features = try inputs.tensor("features")
        let labels = try inputs.integers("labels").map { Int32($0) }
        let batches = try inputs.integers("batches")
        let rates = try expected.doubleTensor("lr").values
        let batchSize = batches.count / rates.count
        let (first, second) = (try inputs.tensor("init.W1"), try inputs.tensor("init.W2"))
        let adapter = ClipAdapter<Float>(
            configuration: ClipAdapterConfiguration(
                residualRatio: alpha, reduction: first.columns / first.rows, secondReLU: settings.secondRelu ?? true),
            first: first, second: second, textFeatures: try inputs.tensor("text_features"), logitScale: Float(scale),
            batchCapacity: batchSize)
        let masks = inputs.names.contains("dropout_masks") ? try inputs.integers("dropout_masks") : nil
        let kept = Float(1 / (1 - (settings.dropout ?? 0)))
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

    /// Every update rule on two functions.
    private static func optimisers(_ test: MethodCase) throws -> [String] {
        let (inputs, expected) = (
            try test.inputs(), try SafetensorsFile(test.folder.appending(path: "expected.safetensors"))
        )
        let a = try inputs.doubleTensor("quadratic.A")
        let b = try inputs.doubleTensor("quadratic.b").values
        let gradients: [String: ([Double]) -> [Double]] = [
            "quadratic": { x in
                (0..<b.count).map { i in (0..<b.count).reduce(-b[i]) { $0 + a[i, $1] * x[$1] } }
            },
            "nonconvex": { x in
                x.indices.map { i in
                    let left = i > 0 ? x[i - 1] : 0
                    let right = i + 1 < x.count ? x[i + 1] : 0
                    return x[i] * x[i] * x[i] - x[i] + 0.9 * cos(3 * x[i]) + 0.1 * (left + right)
                }
            },
        ]
        var problems: [String] = []
        for (name, settings) in test.description.hyperParameters.runs ?? [:] {
            guard let rule = settings.rule else {
                problems.append("unknown rule in \(name)")
                continue
            }
            let rates = try expected.doubleTensor("lr.\(name)").values
            for (function, gradient) in gradients {
                let start = try inputs.tensor("\(function).init")
                let parameter = Matrix(start.reshaped([1, start.count]))
                let optimiser = Optimiser<Float>(rule, rows: 1, columns: start.count)
                var trajectory: [Float] = []
                for rate in rates {
                    let g = gradient(parameter.tensor.values.map(Double.init)).map(Float.init)
                    optimiser.update(
                        parameter, gradient: Matrix(Tensor(g, shape: [1, g.count])), learningRate: rate)
                    trajectory += parameter.tensor.values
                }
                let key = "\(function).\(name).theta"
                let value = Tensor(trajectory, shape: [rates.count, start.count])
                if let problem = try test.mismatch(key, value, expected) { problems.append(problem) }
            }
        }
        return problems
    }
}
