import Foundation
import Tensors

/// The names of one side's parameters in an adapter file: those of the official code's state dict, and ours for what it
/// does not have.
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

    /// Whether the parameter of this name belongs to a residual ratio, which no weight decay pulls at.
    public static func isRatio(_ name: String) -> Bool {
        [visual, text].contains { [$0.ratio, $0.ratioWeight, $0.ratioBias].contains(name) }
    }
}

extension ClipAdapter {
    /// Everything that is trained, image side first.
    public var trained: [Parameter<Scalar>] { (visual?.parameters ?? []) + (text?.parameters ?? []) }

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
