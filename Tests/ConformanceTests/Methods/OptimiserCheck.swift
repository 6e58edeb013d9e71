import Foundation
import Safetensors
import Tensors
import TestSupport

/// Every update rule on two functions.
enum OptimiserCheck {
    private struct Settings: Decodable {
        var runs: [String: OptimiserSettings]
    }

    static func run(_ test: MethodCase) throws -> [String] {
        let (inputs, expected) = (try test.inputs(), try test.expected())
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
        for (name, settings) in try test.settings(Settings.self).runs {
            guard let rule = settings.rule else {
                problems.append("unknown rule in \(name)")
                continue
            }
            let rates = try expected.doubleTensor("lr.\(name)").values
            for (function, gradient) in gradients {
                let start = try inputs.tensor("\(function).init")
                let parameter = Matrix(start.reshaped([1, start.count]))
                let optimiser = MatrixOptimiser<Float>(rule, rows: 1, columns: start.count)
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
