import Foundation
import Tensors

/// The names of one side's parameters in an adapter file: those of the official code's state dict, and ours for what it
/// does not have (spec, datasets and files 10).
public struct ClipAdapterNames: Sendable {
    let first, second: String
    /// The number that a learned ratio is made of.
    public let ratio: String
    let ratioWeight, ratioBias: String

    /// The image side.
    public static let visual = ClipAdapterNames(
        first: "visual_adapter.fc.0.weight", second: "visual_adapter.fc.2.weight", ratio: "alpha",
        ratioWeight: "ratio_v.weight", ratioBias: "ratio_v.bias")
    /// The text side.
    public static let text = ClipAdapterNames(
        first: "text_adapter.fc.0.weight", second: "text_adapter.fc.2.weight", ratio: "beta",
        ratioWeight: "ratio_t.weight", ratioBias: "ratio_t.bias")
}

/// One trained matrix of a ``ClipAdapter`` with its gradient.
public struct TrainedMatrix<Scalar: TensorScalar> {
    /// Its name in an adapter file.
    public var name: String
    /// The parameter.
    public var value: Matrix<Scalar>
    /// Its gradient, of the last `lossAndGradients`.
    public var gradient: Matrix<Scalar>
    /// Whether it belongs to a residual ratio, which no weight decay pulls at.
    public var isRatio: Bool
    /// Whether an adapter file has it as a vector: `alpha` `[1]`, not `[1, 1]`.
    var isVector: Bool
}

extension ClipAdapter {
    /// Everything that is trained, image side first.
    public var trained: [TrainedMatrix<Scalar>] {
        [(visual, ClipAdapterNames.visual), (text, .text)].flatMap { adapter, names in
            (adapter?.parameters ?? []).map { suffix, value, gradient in
                switch suffix {
                case .first: TrainedMatrix(names.first, value, gradient)
                case .second: TrainedMatrix(names.second, value, gradient)
                case .ratio: TrainedMatrix(names.ratio, value, gradient, isRatio: true, isVector: true)
                case .ratioWeight: TrainedMatrix(names.ratioWeight, value, gradient, isRatio: true)
                case .ratioBias: TrainedMatrix(names.ratioBias, value, gradient, isRatio: true, isVector: true)
                }
            }
        }
    }

    /// Copies of everything that is trained, by name.
    public func parameters() -> [String: Tensor<Scalar>] {
        trained.reduce(into: [:]) { all, matrix in
            let tensor = matrix.value.tensor
            all[matrix.name] = matrix.isVector ? tensor.reshaped([tensor.count]) : tensor
        }
    }

    /// Sets parameters to copies taken before; those that are not among them stay.
    /// - Precondition: the sizes are those of the parameters.
    public func restore(_ parameters: [String: Tensor<Scalar>]) {
        for matrix in trained {
            guard let tensor = parameters[matrix.name] else { continue }
            matrix.value.assign(tensor.reshaped([matrix.value.rows, matrix.value.columns]))
        }
    }

    /// Freshly drawn layers for the sides that are adapted.
    public static func initialParameters(
        width: Int, configuration: ClipAdapterConfiguration, using generator: inout SeededGenerator
    ) -> [String: Tensor<Scalar>] {
        let hidden = max(width / configuration.reduction, 1)
        var parameters: [String: Tensor<Scalar>] = [:]
        let sides: [(ClipAdapterNames, Bool)] = [
            (.visual, configuration.branch.hasVisual), (.text, configuration.branch.hasText),
        ]
        for (names, exists) in sides where exists {
            parameters[names.first] = draw(hidden, width, configuration.initialisation, &generator)
            parameters[names.second] = draw(width, hidden, configuration.initialisation, &generator)
        }
        return parameters
    }

    private static func draw(
        _ rows: Int, _ columns: Int, _ initialisation: ClipAdapterConfiguration.Initialisation,
        _ generator: inout SeededGenerator
    ) -> Tensor<Scalar> {
        func uniform(_ bound: Double) -> Scalar { Scalar((2 * generator.uniform() - 1) * bound) }
        let values: [Scalar] = (0..<rows * columns).map { _ in
            switch initialisation {
            case .linear: uniform(1 / Double(columns).squareRoot())
            case .xavier: uniform((6 / Double(rows + columns)).squareRoot())
            case .kaiming:
                // Box and Muller; the logarithm's argument is never 0.
                Scalar(
                    (2 / Double(columns)).squareRoot() * (-2 * log(1 - generator.uniform())).squareRoot()
                        * cos(2 * .pi * generator.uniform()))
            }
        }
        return Tensor(values, shape: [rows, columns])
    }
}

extension TrainedMatrix {
    fileprivate init(
        _ name: String, _ value: Matrix<Scalar>, _ gradient: Matrix<Scalar>, isRatio: Bool = false,
        isVector: Bool = false
    ) {
        self.init(name: name, value: value, gradient: gradient, isRatio: isRatio, isVector: isVector)
    }
}

extension ClipAdapterConfiguration {
    /// Where one side's ratio comes from.
    func ratioSource<Scalar>(_ ratio: Double) -> ResidualRatio<Scalar>.Source {
        switch ratioMode {
        case .fixed, .sweep: .fixed(ratio)
        case .learnable: .learnable
        case .raw: .raw
        case .hyper: .hyper
        }
    }
}
